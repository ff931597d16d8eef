"""The gradient of a convolution's input, so that the layer before can learn too.

Each output was computed from one window. A cell of the input lies in several windows, in each of
them under another weight, and all filters read it. Its gradient is what comes back from all of
these.
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
