"""One step of an LSTM, backwards, as far as the four sums.

The step was c = f c_before + i g and h = o tanh(c). Two gradients come in: `dh`, the whole one of
the state h, and `dc`, what comes back to the cell c from the step after. The cell gets a second
part, since h was made from it. From the cell's whole gradient follow those of i, f and g, and that
of the cell before; from dh follows that of o. At last each passes its bend.

From there on it is an RNN: the sums' gradients go to W, U, b, x and the state before.
"""

import numpy as np


def lstm_backward_step(dh, dc, i, f, g, o, c_before, c):
    """Return `da` (N, 4H), the gradient of the sums in the order i, f, g, o, and `dc_before` (N,
    H).

    All arguments are (N, H): the gradients, the gates after their bends, the cell before and after
    the step. None of them is changed.
    """
    # <solution>
    bent = np.tanh(c)
    dc = dc + dh * o * (1 - np.square(bent))
    da_i = dc * g * i * (1 - i)
    da_f = dc * c_before * f * (1 - f)
    da_g = dc * i * (1 - np.square(g))
    da_o = dh * bent * o * (1 - o)
    return np.concatenate([da_i, da_f, da_g, da_o], axis=1), dc * f
    # </solution>
