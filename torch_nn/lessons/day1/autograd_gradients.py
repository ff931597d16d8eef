"""The gradient of any function of three numbers, by autograd.

Day 4 of the first week found the slopes of f(x, y, z) = (x + y) * z by hand. PyTorch finds those of
any f: make tensors that require a gradient, compute, and call `backward`. An input that f does not
use has the slope 0.
"""

import torch


def autograd_gradients(f, x, y, z):
    """Return the value f(x, y, z) and the three slopes (df/dx, df/dy, df/dz), as plain numbers.

    `f` takes three tensors and returns one; `x`, `y` and `z` are numbers, whole ones too.
    """
    # <solution>
    inputs = [torch.tensor(float(number), requires_grad=True) for number in (x, y, z)]
    value = f(*inputs)
    value.backward()
    slopes = [0.0 if one.grad is None else one.grad.item() for one in inputs]
    return value.item(), tuple(slopes)
    # </solution>
