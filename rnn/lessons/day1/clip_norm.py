"""Clipping: gradients that are too long are shortened, all together.

Through many steps a gradient can grow without bounds. Take all gradients as one long vector. Where
it is longer than the limit, it is shortened to the limit, and its direction stays.
"""

import numpy as np


def clip_norm(gradients, limit):
    """Return the gradients, a list of arrays, no longer than `limit` when taken together.

    Those that are short enough, zeros among them, come back as they are. The arrays passed in are
    not changed.
    """
    # <solution>
    norm = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    scale = limit / norm if norm > limit else 1.0
    return [scale * g for g in gradients]
    # </solution>
