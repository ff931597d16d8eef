"""A convolution by loops: many images, channels, filters, a stride and a bias.

Two things are new against one image and one filter. A window has channels, so a filter has weights
for each of them, and the products of all channels are added up into one number. And there are
several filters, each with a bias: the feature map of filter f is channel f of the output. The
window's corner moves `stride` cells from one place to the next.
"""

import numpy as np

from cnn.lessons.day1.output_size import output_size


def convolution_loops(x, weight, bias, stride=1):
    """Return the convolution of images with filters.

    `x` are images (N, H, W, C), `weight` filters (kh, kw, C, F), `bias` has the shape (F,). The
    result is (N, P, Q, F): P places down and Q across. There is no padding.
    """
    # <solution>
    kh, kw, _, filters = weight.shape
    rows = output_size(x.shape[1], kh, stride)
    columns = output_size(x.shape[2], kw, stride)
    z = np.zeros((len(x), rows, columns, filters))
    for n, p, q, f in np.ndindex(z.shape):
        top, left = p * stride, q * stride
        window = x[n, top : top + kh, left : left + kw]  # (kh, kw, C)
        z[n, p, q, f] = np.sum(window * weight[:, :, :, f]) + bias[f]
    return z
    # </solution>
