"""One step of a recurrent layer, backwards.

The step was `rnn_step`: `x` and the state `h_before` went in, the state `h` came out. Given is
`dh`, the whole gradient of `h`; the gradients are wanted of everything that the step was made of.
Its pre-activation was not kept, and is not needed: the slope of tanh follows from `h`.
"""

import numpy as np


def rnn_backward_step(dh, x, h_before, h, W, U):
    """Return the gradients `dx`, `dh_before`, `dW`, `dU`, `db`, each of the shape of what it is of.

    `dh`, `h_before` and `h` are (N, H), `x` is (N, D), `W` is (D, H), `U` is (H, H). The bias had
    the shape (H,).
    """
    # <solution>
    da = dh * (1 - np.square(h))
    dx = da @ W.T
    dh_before = da @ U.T
    dW = x.T @ da
    dU = h_before.T @ da
    db = da.sum(axis=0)
    return dx, dh_before, dW, dU, db
    # </solution>
