"""Batch normalisation of images, as in training: each channel is brought to mean 0 and variance 1.

The statistics of a channel are taken over all cells of all images of the batch. The variance is the
plain mean of the squared differences. `eps` keeps a channel of equal numbers from a division by 0.
`gamma` is the scale that each channel is given afterwards, `beta` its shift.
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """Return the normalised images and the batch's statistics: `y`, `mean`, `variance`.

    `x` and `y` have the shape (N, H, W, C), all others (C,).
    """
    # <solution>
    mean = x.mean(axis=(0, 1, 2))
    variance = x.var(axis=(0, 1, 2))
    normal = (x - mean) / np.sqrt(variance + eps)
    return gamma * normal + beta, mean, variance
    # </solution>
