"""ReLU, the activation of most hidden layers: what is negative becomes 0, the rest passes.

relu(z) = max(z, 0)      for each number by itself
"""

import numpy as np


def relu(z):
    """Return max(z, 0) for each number of the array `z`, in an array of the same shape.

    `z` itself stays as it was.
    """
    # <solution>
    return np.maximum(z, 0)
    # </solution>
