"""Softmax turns each row of scores into probabilities: all positive, with the sum 1.

    p[k] = e^z[k] / (e^z[0] + e^z[1] + ...)

It must work for large scores, too. e^1000 is too large for a computer's numbers, and inf / inf is
no number. But the probabilities stay the same when one number is subtracted from all scores of a
row: subtract the row's largest, and no exponential is above 1.
"""

import numpy as np


def softmax(z):
    """Return the probabilities, of shape (N, K), for the scores `z` of N samples and K classes.

    Each row is a sample, and each row of the result has the sum 1.
    """
    # <solution>
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # </solution>
