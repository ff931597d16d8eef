"""A recurrent layer over a whole sequence: the state is carried from step to step.

The state that a step makes is the old state of the next one. The first step gets the state that is
passed in: zeros at the beginning of a text, or what another piece of it ended with.
"""

import numpy as np

from rnn.lessons.day1.rnn_step import rnn_step


def rnn_forward(x, h, W, U, b):
    """Return the states after each step, (N, T, H).

    `x` are sequences (N, T, D), `h` is the state to begin with (N, H), which is not changed; `W` is
    (D, H), `U` is (H, H), `b` is (H,). Use `rnn_step`.
    """
    # <solution>
    steps = x.shape[1]
    states = np.zeros((len(x), steps, len(b)))
    for t in range(steps):
        h = rnn_step(x[:, t], h, W, U, b)
        states[:, t] = h
    return states
    # </solution>
