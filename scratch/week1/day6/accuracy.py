"""From probabilities to predicted classes, and how often they are right."""

import numpy as np


def predict(network, X):
    """Return the most likely class of each sample, an array of N whole numbers.

    `network.forward(X)` gives probabilities of shape (N, K).
    """
    # <solution>
    return np.argmax(network.forward(X), axis=1)
    # </solution>


def accuracy(network, X, labels):
    """Return the share of samples whose prediction is their label, a number from 0 to 1.

    `labels` are the right classes, N whole numbers.
    """
    # <solution>
    return np.mean(predict(network, X) == labels)
    # </solution>
