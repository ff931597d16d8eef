"""The gradient of a convolution's weights and biases, from that of its outputs.

With the windows as rows of a matrix, which `im2col` makes, a convolution is a dense layer, and its
gradients are those of a dense layer. A weight was used in every window of every image, and a bias
was added to every output of its filter.
"""

from cnn.lessons.day1.im2col import im2col


def convolution_weight_gradient(x, dz, kh, kw, stride=1):
    """Return `dweight` (kh, kw, C, F) and `dbias` (F,).

    `x` are the images (N, H, W, C) that went in, `dz` is the gradient (N, P, Q, F) of what came
    out, `kh` and `kw` are the height and the width of the filters. There was no padding.
    """
    # <solution>
    channels, filters = x.shape[3], dz.shape[3]
    patches = im2col(x, kh, kw, stride)  # (N P Q, kh kw C)
    rows = dz.reshape(-1, filters)  # (N P Q, F)
    dweight = patches.T @ rows
    dbias = rows.sum(axis=0)
    return dweight.reshape(kh, kw, channels, filters), dbias
    # </solution>
