"""One step of a GRU: one state, and two gates for it.

There are two arrays of pre-activations, each with a bias of its own: one of the input, one of the
old state. Both have 3H columns, in the order r, z, n. The reset gate r says how much of the state's
part goes into the candidate n, the new value: it comes after the product with U. The update gate z
says how much of the old state stays; what does not stay is replaced by the candidate. Gates are
between 0 and 1, the candidate is between -1 and 1.
"""

import numpy as np


def sigmoid(a):
    """Return 1 / (1 + e^-a) for each number."""
    return 1 / (1 + np.exp(-a))


def gru_step(x, h, W, U, b, q):
    """Return the new state (N, H).

    `x` is what comes in at this step (N, D), `h` the old state (N, H), which is not changed; `W` is
    (D, 3H), `U` is (H, 3H); `b` (3H,) is the bias of the input's part, `q` (3H,) that of the
    state's.
    """
    # <solution>
    units = h.shape[1]
    a = x @ W + b  # (N, 3H)
    s = h @ U + q  # (N, 3H)
    r = sigmoid(a[:, :units] + s[:, :units])
    z = sigmoid(a[:, units : 2 * units] + s[:, units : 2 * units])
    n = np.tanh(a[:, 2 * units :] + r * s[:, 2 * units :])
    return (1 - z) * n + z * h
    # </solution>
