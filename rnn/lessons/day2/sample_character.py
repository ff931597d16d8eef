"""Drawing a character: logits, a temperature and a random number give the id of one character.

Softmax of the logits at this temperature gives the probabilities; it must not overflow for large
logits. Then the characters share the stretch from 0 to 1 by their probabilities, in the order of
their ids, and the one in whose share the number u lies is drawn. With the probabilities 0.2, 0.5
and 0.3 the shares end at 0.2, 0.7 and 1: u = 0.4 draws character 1. A number where one share ends
and the next begins belongs to the next; the last share ends at 1, also where rounding leaves a
little less.

The number u is passed in, so that the result is no matter of chance.
"""

import numpy as np


def sample_character(logits, temperature, u):
    """Return the id of a character, an integer: `logits` is (V,), 0 <= u < 1, the temperature above
    0.
    """
    # <solution>
    z = logits / temperature
    e = np.exp(z - z.max())
    shares = np.cumsum(e / e.sum())
    return min(int(np.sum(shares <= u)), len(logits) - 1)  # the last may end at 0.9999...
    # </solution>
