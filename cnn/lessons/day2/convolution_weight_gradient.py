"""The gradient of a convolution's weights and biases, from that of its answers.

A convolution is Z = A W + b, with A the matrix of windows that `im2col` makes. So its weights learn
as those of a dense layer do: a weight collects, over all windows of all images, what it was
multiplied with times the gradient of what came out. A bias was added to every answer of its filter.
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
