"""Weights to begin with, of the right size for ReLU: He's rule.

Each weight is drawn from a normal distribution with the mean 0 and the standard deviation

    sqrt(2 / fan_in)

fan_in being how many inputs feed one unit. A signal then keeps its size on its way through many
layers; a little larger or smaller, and it explodes or fades.
"""

import numpy as np


def he_initialisation(fan_in, fan_out):
    """Return random weights of shape (fan_in, fan_out), drawn anew at each call."""
    # <solution>
    return np.random.randn(fan_in, fan_out) * np.sqrt(2 / fan_in)
    # </solution>
