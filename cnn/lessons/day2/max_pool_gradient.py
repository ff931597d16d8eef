"""The gradient of max pooling: it goes to the winners.

If the largest number of a window changes a little, the output changes as much; if another one
changes a little, nothing happens. So the gradient of an output goes to the cell that won, and the
other cells of the window get nothing from it. Of several equal largest the first wins, reading row
by row. Where windows overlap, a cell may win several times.
"""

import numpy as np


def max_pool_gradient(x, dy, size, stride):
    """Return `dx`, of the shape (N, H, W, C) of the images `x` that went in.

    `dy` is the gradient (N, P, Q, C) of what came out.
    """
    # <solution>
    dx = np.zeros(x.shape)
    for n, p, q, c in np.ndindex(dy.shape):
        top, left = p * stride, q * stride
        window = x[n, top : top + size, left : left + size, c]
        i, j = np.unravel_index(np.argmax(window), window.shape)
        dx[n, top + i, left + j, c] += dy[n, p, q, c]
    return dx
    # </solution>
