"""One step of a recurrent layer: from what comes in and the old state to the new state.

W is the weight of a dense layer that reads the input, U that of one that reads the old state. The
two have one bias, b, and one activation, tanh, between them: every number of the new state lies
between -1 and 1.
"""

import numpy as np


def rnn_step(x, h, W, U, b):
    """Return the new state (N, H).

    `x` is what comes in at this step (N, D), `h` the old state (N, H); `W` is (D, H), `U` is (H,
    H), `b` is (H,).
    """
    # <solution>
    return np.tanh(x @ W + h @ U + b)
    # </solution>
