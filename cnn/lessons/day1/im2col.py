"""Windows as rows of a matrix, so that a convolution becomes a matrix product (image to columns).

Every window of every image becomes one row: its cells are written one after the other, row by row
of the window, and all channels of a cell side by side. The rows are in the order of the windows:
first those of the first image, in the order in which one reads a page. A number of the image that
lies in several windows is copied into each of their rows.
"""

import numpy as np

from cnn.lessons.day1.output_size import output_size


def im2col(x, kh, kw, stride=1):
    """Return the windows of images `x` (N, H, W, C), `kh` by `kw` cells each.

    The result has the shape (N P Q, kh kw C): P windows down and Q across for each image.
    """
    # <solution>
    _, h, w, _ = x.shape
    rows = output_size(h, kh, stride)
    columns = output_size(w, kw, stride)
    patches = []
    for image in x:
        for p in range(rows):
            for q in range(columns):
                top, left = p * stride, q * stride
                window = image[top : top + kh, left : left + kw]  # (kh, kw, C)
                patches.append(window.reshape(-1))
    return np.array(patches)
    # </solution>
