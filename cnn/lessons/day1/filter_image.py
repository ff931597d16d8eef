"""One image, one filter: the feature map of a kernel of weights.

The kernel is laid on the image, with its upper left cell on cell (p, q). Each of its weights is
multiplied with the cell that lies under it, and the products are added up: one number. That is done
at every place where the whole kernel lies on the image. The kernel is not rotated.
"""

import numpy as np

from cnn.lessons.day1.output_size import output_size


def filter_image(image, kernel):
    """Return the feature map, one number for each place of the kernel.

    `image` has the shape (H, W), `kernel` (kh, kw), the result (H - kh + 1, W - kw + 1).
    """
    # <solution>
    kh, kw = kernel.shape
    rows = output_size(image.shape[0], kh)
    columns = output_size(image.shape[1], kw)
    feature_map = np.zeros((rows, columns))
    for p in range(rows):
        for q in range(columns):
            window = image[p : p + kh, q : q + kw]
            feature_map[p, q] = np.sum(window * kernel)
    return feature_map
    # </solution>
