"""Is backward right? Every slope that it takes, held against central differences.

A step at the learning rate 1 moves the weights by exactly their gradient: so before minus after is
what backward believes. What is true, `numerical_gradient` finds by trying. For each of the four
arrays the two, g and t, are compared by

    |g - t| / (|g| + |t|)        |.| being np.linalg.norm

which is near 0 where they agree, below 1e-6 say, and 1 where they have nothing in common.
"""

import numpy as np

from scratch.week1.day3.cross_entropy import cross_entropy
from scratch.week1.day4.numerical_gradient import numerical_gradient
from scratch.week1.day6.neural_net import NeuralNetwork

NAMES = ("W1", "b1", "W2", "b2")


def loss_with(network, name, values, X, y):
    """Return the loss that `network` would have if its array `name` were `values`."""
    kept = getattr(network, name)
    setattr(network, name, values)
    loss = cross_entropy(network.forward(X), y)
    setattr(network, name, kept)
    return loss


def gradient_check(network, X, y):
    """Return a dictionary: the error of each of W1, b1, W2 and b2. The network stays as it was.

    `X` is a batch, (N, D), and `y` its one-hot targets, (N, K).
    """
    before = {name: getattr(network, name).copy() for name in NAMES}
    errors = {}
    # <solution>
    network.forward(X)
    network.backward(X, y, 1.0)
    believed = {name: before[name] - getattr(network, name) for name in NAMES}
    for name in NAMES:
        setattr(network, name, before[name])
    for name in NAMES:
        g = believed[name]
        t = numerical_gradient(lambda v, name=name: loss_with(network, name, v, X, y), before[name])
        errors[name] = np.linalg.norm(g - t) / (np.linalg.norm(g) + np.linalg.norm(t))
    # </solution>
    return errors


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((6, 4)), np.eye(3)[[0, 2, 1, 1, 0, 2]]
    print(gradient_check(NeuralNetwork(4, 5, 3), X, y))
