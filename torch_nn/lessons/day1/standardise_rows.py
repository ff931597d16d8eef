"""Bring each row of a tensor to mean 0 and standard deviation 1.

Each row has its own mean and its own standard deviation. Both are over D numbers: divide by D, not
by D - 1. No epsilon is added.
"""

import torch


def standardise_rows(x):
    """Return `x`, a tensor (N, D), with each row at mean 0 and standard deviation 1.

    `x` stays as it is. The result is a tensor of the dtype of `x`.
    """
    # <solution>
    mean = torch.mean(x, dim=1, keepdim=True)  # (N, 1)
    std = torch.std(x, dim=1, correction=0, keepdim=True)  # (N, 1)
    return (x - mean) / std  # (N, D)
    # </solution>
