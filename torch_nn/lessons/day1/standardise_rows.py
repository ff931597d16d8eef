"""Bring each row of a tensor to mean 0 and deviation 1.

From each row of x, of shape (N, D), its own mean is taken, and the rest is divided by its own
deviation: the root of the mean of the squared differences from the mean. The mean is one over D
numbers: divide by D.
"""

import torch


def standardise_rows(x):
    """Return `x`, a tensor (N, D), with each row at mean 0 and deviation 1. `x` stays as it is."""
    # <solution>
    mean = torch.mean(x, dim=1, keepdim=True)  # (N, 1)
    deviation = torch.std(x, dim=1, correction=0, keepdim=True)  # (N, 1)
    return (x - mean) / deviation  # (N, D)
    # </solution>
