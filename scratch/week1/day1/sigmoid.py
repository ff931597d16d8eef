"""The activation function of a sigmoid neuron: from any number to one between 0 and 1.

    sigmoid(x) = 1 / (1 + e^-x)

Write it so that it takes a single number and a whole array alike: `np.exp` does both.
"""

import numpy as np


def sigmoid(x):
    """Return 1 / (1 + e^-x) for each number of `x`, a number or an array of any shape."""
    # <solution>
    return 1 / (1 + np.exp(-x))
    # </solution>
