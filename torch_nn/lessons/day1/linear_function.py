"""A layer with a backward pass of your own.

Autograd knows the slopes of PyTorch's operations. For an operation of your own you tell it: an
`autograd.Function` has a `forward`, which keeps what the way back needs, and a `backward`, which
gets dZ, the gradient of the result, and returns one gradient for each argument of `forward`. Here
it is a dense layer: Z = X W + b.
"""

import torch


class LinearFunction(torch.autograd.Function):
    """Z = X W + b, with X (N, D), W (D, H) and b (H,); used as `LinearFunction.apply(x, w, b)`."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        """Return Z (N, H); keep for `backward` what it needs, by `ctx.save_for_backward`."""
        # <solution>
        ctx.save_for_backward(x, weight)
        return x @ weight + bias
        # </solution>

    @staticmethod
    def backward(ctx, dz):
        """Return dX (N, D), dW (D, H) and db (H,), given dZ (N, H)."""
        # <solution>
        x, weight = ctx.saved_tensors
        dx = dz @ weight.T
        d_weight = x.T @ dz
        d_bias = dz.sum(dim=0)
        return dx, d_weight, d_bias
        # </solution>
