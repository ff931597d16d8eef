"""Backpropagation through time: the gradients of a recurrent layer over a whole sequence.

Go through the steps from the last to the first. A state counts twice: it is an output, at which
`dstates[:, t]` arrives, and the step after it read it. The weights were used at every step.
"""

import numpy as np

from rnn.lessons.day1.rnn_backward_step import rnn_backward_step


def rnn_backward(dstates, x, h, states, W, U):
    """Return the gradients `dx` (N, T, D), `dh` (N, H), `dW`, `dU` and `db`.

    `dstates` (N, T, H) is the gradient that arrives at each of the `states` (N, T, H), which
    `rnn_forward` returned for the sequences `x` (N, T, D) and the state `h` (N, H) to begin with;
    the result's `dh` is the gradient of that. `W` is (D, H), `U` is (H, H). Use
    `rnn_backward_step`.
    """
    # <solution>
    dx, dh = np.zeros(x.shape), np.zeros(h.shape)
    dW, dU, db = np.zeros(W.shape), np.zeros(U.shape), np.zeros(len(U))
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t > 0 else h
        dh = dh + dstates[:, t]
        dx[:, t], dh, dW_t, dU_t, db_t = rnn_backward_step(dh, x[:, t], before, states[:, t], W, U)
        dW += dW_t
        dU += dU_t
        db += db_t
    return dx, dh, dW, dU, db
    # </solution>
