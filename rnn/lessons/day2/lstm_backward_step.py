"""One step of an LSTM, backwards, as far as the four pre-activations.

The step was `lstm_step`. Two gradients come in: `dh`, the whole one of the hidden state, and `dc`,
what comes back to the cell from the step after. That is only a part of the cell's gradient, for the
hidden state was made from the cell.

From the pre-activations on it is an RNN: their gradients go to W, U, b, x and the state before.
"""

import numpy as np


def lstm_backward_step(dh, dc, i, f, g, o, c_before, c):
    """Return `da` (N, 4H), the gradient of the pre-activations in the order i, f, g, o, and
    `dc_before` (N, H).

    All arguments are (N, H): the gradients, i, f, g and o after their activations, the cell before
    and after the step. None of them is changed.
    """
    # <solution>
    tanh_c = np.tanh(c)
    dc = dc + dh * o * (1 - np.square(tanh_c))
    da_i = dc * g * i * (1 - i)
    da_f = dc * c_before * f * (1 - f)
    da_g = dc * i * (1 - np.square(g))
    da_o = dh * tanh_c * o * (1 - o)
    return np.concatenate([da_i, da_f, da_g, da_o], axis=1), dc * f
    # </solution>
