"""Max pooling: of every window the largest number, channel by channel.

Windows are `size` by `size` cells, and begin `stride` cells apart. There is no padding: what is
left over at the end, too short for a window, is not used.
"""

import numpy as np

from cnn.lessons.day1.output_size import output_size


def max_pool(x, size, stride):
    """Return the largest number of each window: images `x` (N, H, W, C) to (N, P, Q, C)."""
    # <solution>
    n, h, w, channels = x.shape
    rows, columns = output_size(h, size, stride), output_size(w, size, stride)
    y = np.zeros((n, rows, columns, channels))
    for p in range(rows):
        for q in range(columns):
            top, left = p * stride, q * stride
            window = x[:, top : top + size, left : left + size]  # (N, size, size, C)
            y[:, p, q] = window.max(axis=(1, 2))
    return y
    # </solution>
