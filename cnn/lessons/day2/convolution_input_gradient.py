"""The gradient of what went into a convolution, so that the layer before can learn too.

An answer was made from one window: a cell of it counted as much as the weight that lay on it. So
the gradient of the answer goes back to that cell, times that weight, summed over the filters. A
cell lies in several windows, and collects what comes back from all of them. The way back from Z = A
W is dA = dZ W^T; what is left is to add each window's piece of dA to the cells that the window was
cut from.
"""

import numpy as np


def convolution_input_gradient(dz, weight, shape, stride=1):
    """Return `dx`, of the `shape` (N, H, W, C) of the images that went in.

    `dz` is the gradient (N, P, Q, F) of what came out, `weight` are the filters (kh, kw, C, F).
    There was no padding.
    """
    # <solution>
    kh, kw, channels, filters = weight.shape
    back = dz @ weight.reshape(-1, filters).T  # (N, P, Q, kh kw C)
    dx = np.zeros(shape)
    for p in range(dz.shape[1]):
        for q in range(dz.shape[2]):
            top, left = p * stride, q * stride
            window = back[:, p, q].reshape(-1, kh, kw, channels)
            dx[:, top : top + kh, left : left + kw] += window
    return dx
    # </solution>
