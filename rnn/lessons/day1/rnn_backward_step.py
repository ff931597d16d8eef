"""One step of a recurrent layer, backwards.

The step was h = tanh(a) with the sum a = x W + h_before U + b. Given is `dh`, the whole gradient of
the state that the step made. First it passes tanh, whose slope is 1 - h^2; then it goes to
everything that the sum was made of, as in a dense layer.
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
