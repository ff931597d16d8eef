"""The mean squared error of a network with one output.

The network gives a column, (N, 1); the targets of a data set are mostly a plain row of N numbers,
(N,). The loss is the mean squared error over the N samples. Targets may also come as a column
(N, 1): it is the same loss.
"""

import torch


def regression_loss(outputs, targets):
    """Return the mean squared error, a tensor without axes, of `outputs` (N, 1) against `targets`.

    `targets` has the shape (N,) or (N, 1).
    """
    # <solution>
    differences = outputs - targets.reshape(-1, 1)  # (N, 1)
    return torch.mean(differences**2)
    # </solution>
