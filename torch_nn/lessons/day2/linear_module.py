"""A dense layer as an `nn.Module`.

`nn.Linear` keeps its weight as (out, in). Here the layer is built with the weight as it stands on
the pages, (D, H), so that Z = X W + b. A module finds its own parameters: every `nn.Parameter` that
is an attribute of it is one, and is what `layer.parameters()` gives to an optimizer.
"""

import torch
from torch import nn


class LinearModule(nn.Module):
    """Z = X W + b. Made from NumPy arrays of float64, a weight (D, H) and a bias (H,).

    It keeps them as the parameters `weight` and `bias`, of dtype float32.
    """

    def __init__(self, weight, bias):
        # <solution>
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight, dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor(bias, dtype=torch.float32))
        # </solution>

    def forward(self, x):
        """Return Z (N, H) for a tensor `x` (N, D) of float32."""
        # <solution>
        return x @ self.weight + self.bias
        # </solution>
