"""A dummy network: random numbers through one layer, to see the shapes at work.

Draw with `np.random.randn`, which takes the lengths of the axes:

    X    a batch of 3 samples with 4 features
    W    the weights of 5 neurons that look at those features
    B    their biases

and compute Z = X W + B. Which shapes have X, W, B and Z?
"""

import numpy as np

from scratch.week1.day2.dense import dense


def dummy_network():
    """Return `(X, W, B, Z)`: X, W and B freshly drawn in every call, B of one axis only."""
    # <solution>
    X = np.random.randn(3, 4)
    W = np.random.randn(4, 5)
    B = np.random.randn(5)
    Z = dense(X, W, B)
    return X, W, B, Z
    # </solution>
