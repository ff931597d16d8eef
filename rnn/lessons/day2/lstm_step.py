"""One step of an LSTM, with two states: the cell, which is added to, and what is shown of it.

The four pre-activations stand side by side in one array of 4H columns, in the order i, f, g, o,
each H wide. The gates are numbers between 0 and 1: the input gate i says how much is written, the
forget gate f how much of the cell is kept, the output gate o how much of it is shown. The candidate
g, between -1 and 1, is what may be written.
"""

import numpy as np


def sigmoid(a):
    """Return 1 / (1 + e^-a) for each number."""
    return 1 / (1 + np.exp(-a))


def lstm_step(x, h, c, W, U, b):
    """Return the new hidden state and the new cell, each (N, H).

    `x` is what comes in at this step (N, D), `h` and `c` are the old hidden state and cell (N, H),
    which are not changed; `W` is (D, 4H), `U` is (H, 4H), `b` is (4H,).
    """
    # <solution>
    units = h.shape[1]
    a = x @ W + h @ U + b  # (N, 4H)
    i = sigmoid(a[:, :units])
    f = sigmoid(a[:, units : 2 * units])
    g = np.tanh(a[:, 2 * units : 3 * units])
    o = sigmoid(a[:, 3 * units :])
    cell = f * c + i * g
    return o * np.tanh(cell), cell
    # </solution>
