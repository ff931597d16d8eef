"""Writing: read a character, draw the next one, read that, and so on, the state carried along.

The network is a recurrent layer with a dense layer on top. A character goes in as a row of zeros
with a 1 at its id. The state that comes out of the step, times `V` plus `c`, is the logits of the
next character. That one is drawn, written down, and read in the next step, with the state that this
step made.
"""

import numpy as np

from rnn.lessons.day1.rnn_step import rnn_step
from rnn.lessons.day2.sample_character import sample_character


def write_characters(first, h, draws, temperature, W, U, b, V, c):
    """Return the ids of the characters that are written, a list: one for each number of `draws`.

    `first` is the id of the character that is read first, which is not written; `h` the state to
    begin with (1, H); `draws` are numbers from 0 to 1, one for each character. `W` is (K, H) for K
    characters, `U` is (H, H), `b` is (H,), `V` is (H, K), `c` is (K,). Use `rnn_step` and
    `sample_character`.
    """
    # <solution>
    written = []
    read = first
    for u in draws:
        x = np.zeros((1, len(W)))
        x[0, read] = 1.0
        h = rnn_step(x, h, W, U, b)
        logits = h @ V + c  # (1, K)
        read = sample_character(logits[0], temperature, u)
        written.append(read)
    return written
    # </solution>
