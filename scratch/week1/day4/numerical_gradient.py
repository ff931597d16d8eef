"""The gradient of any function, by trying: central differences.

Move one number of x a little up and a little down, and look how far f moves:

    df/dx_i  is nearly  (f(x with x_i + h) - f(x with x_i - h)) / (2 h)

It is slow, two calls of f for each number, but it needs no formula. So it is what every gradient
that is worked out by hand is held against.
"""

import numpy as np


def numerical_gradient(f, x, h=1e-5):
    """Return the slopes of `f` at `x`, an array of the same shape.

    `f` takes an array like `x`, of any shape, and returns one number. `x` itself is left as it is.
    """
    x = np.array(x, dtype=float)  # a copy, which may be changed
    gradient = np.zeros_like(x)
    # <solution>
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + h
        above = f(x)
        x[i] = middle - h
        below = f(x)
        x[i] = middle
        gradient[i] = (above - below) / (2 * h)
    # </solution>
    return gradient
