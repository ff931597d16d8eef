"""Weights from the pages' layout to PyTorch's.

A dense weight is (in, out) on the pages and (out, in) in `nn.Linear`. A convolution's is
(height, width, in, out) on the pages and (out, in, height, width) in `nn.Conv2d`. And images are
(N, H, W, C) on the pages and (N, C, H, W) in PyTorch, so that a flattened image has its numbers in
another order, and the dense layer behind it has to have its weight's rows in that order too.
"""

import torch


def dense_weight(weight):
    """Return the tensor for `nn.Linear` from `weight` (D, H), a NumPy array."""
    # <solution>
    return torch.tensor(weight.T)
    # </solution>


def conv_weight(weight):
    """Return the tensor for `nn.Conv2d` from `weight` (K, L, C, F), a NumPy array."""
    # <solution>
    return torch.tensor(weight.transpose(3, 2, 0, 1))
    # </solution>


def weight_after_flatten(weight, height, width, channels):
    """Return the tensor for `nn.Linear` behind `nn.Flatten`, from `weight`, a NumPy array.

    `weight` is (height * width * channels, H): its rows belong to the numbers of an image
    (height, width, channels), flattened row by row. PyTorch flattens (channels, height, width).
    """
    # <solution>
    image = weight.reshape(height, width, channels, -1)
    return torch.tensor(image.transpose(3, 2, 0, 1).reshape(image.shape[-1], -1))
    # </solution>
