"""One step of a recurrent layer: from what comes in and the old state to the new state.

The input is multiplied with W and the old state with U; both products and the bias b are added up,
and the sum is bent by tanh, which keeps every number of the state between -1 and 1.
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
