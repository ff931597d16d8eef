"""The convolution as one matrix product.

`im2col` makes each window a row of a matrix. With the filters read as a matrix too, the convolution
is a dense layer. Mind in which order the numbers of a window come, and the shape that is wanted.
"""

from cnn.lessons.day1.im2col import im2col
from cnn.lessons.day1.output_size import output_size
from cnn.lessons.day1.zero_padding import zero_padding


def convolution_columns(x, weight, bias, stride=1, padding=0):
    """Return the convolution of images with filters, with `padding` cells of zeros around each
    image.

    `x` are images (N, H, W, C), `weight` filters (kh, kw, C, F), `bias` has the shape (F,). The
    result is (N, P, Q, F). Use `zero_padding`, `output_size` and `im2col`, and no loop.
    """
    # <solution>
    kh, kw, _, filters = weight.shape
    x = zero_padding(x, padding)
    rows = output_size(x.shape[1], kh, stride)
    columns = output_size(x.shape[2], kw, stride)
    z = im2col(x, kh, kw, stride) @ weight.reshape(-1, filters) + bias  # (N P Q, F)
    return z.reshape(len(x), rows, columns, filters)
    # </solution>
