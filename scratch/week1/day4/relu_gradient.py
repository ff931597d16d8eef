"""Backward through ReLU.

Forward, A = max(Z, 0), number by number. Backward, the gradient dA arrives, by how much the loss
rises with each number of A, and dZ is asked for. Where Z was positive, A moved just as Z did, and
the gradient passes. Where Z was not positive, A is 0 whatever Z does, and nothing passes:

    dZ = dA where Z > 0, else 0
"""

import numpy as np


def relu_gradient(dA, Z):
    """Return dZ. `dA` and `Z`, what went into ReLU on the way forward, have the same shape."""
    # <solution>
    return np.where(Z > 0, dA, 0.0)
    # </solution>
