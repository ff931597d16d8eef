"""Global average pooling, and its gradient: an image becomes one number for each channel.

It often stands between the last convolution and the last dense layer: whatever the size of the
image, C numbers come out. Every cell counts alike in the mean, so on the way back every cell gets
the same.
"""

import numpy as np


def global_average_pool(x):
    """Return the mean of each channel of each image: `x` (N, H, W, C) to (N, C)."""
    # <solution>
    return x.mean(axis=(1, 2))
    # </solution>


def global_average_pool_gradient(dy, shape):
    """Return `dx`, of the `shape` (N, H, W, C) of the images that went in.

    `dy` is the gradient (N, C) of what came out.
    """
    # <solution>
    _, h, w, _ = shape
    dx = np.zeros(shape)
    dx += dy[:, np.newaxis, np.newaxis, :] / (h * w)
    return dx
    # </solution>
