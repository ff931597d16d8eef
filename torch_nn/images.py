"""Convolution and pooling in PyTorch, on images `(N, H, W, C)`.

PyTorch calls images (N, C, H, W). What it is shown here is the canonical array seen in that order,
a `channels_last` tensor: its kernels read it as it lies, and nothing is copied. Only where padding
is uneven, or more than PyTorch's pooling takes, the padded images are made first.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from brain import spec
from brain.spec.images import windows

Sides = tuple[int, int, int, int]
"""Padding at the left, right, top and bottom: the order of `functional.pad`."""


def channels_first(x: torch.Tensor) -> torch.Tensor:
    """(N, H, W, C) seen as (N, C, H, W)."""
    return x.permute(0, 3, 1, 2)


def channels_last(x: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) seen as (N, H, W, C)."""
    return x.permute(0, 2, 3, 1)


def padded(x: torch.Tensor, sides: Sides, value: float) -> torch.Tensor:
    """`x` itself where nothing is to be padded."""
    return functional.pad(x, sides, mode="constant", value=value) if any(sides) else x


def divided(
    layer: spec.Conv2D | spec.MaxPool2D | spec.AvgPool2D,
    node: spec.Node,
    size: int,
    stride: int,
    dilation: int = 1,
    most: int | None = None,
) -> tuple[tuple[int, int], Sides]:
    """The padding that PyTorch does itself, (rows, columns), and what is padded beforehand.

    PyTorch pads both ends alike, by no more than `most` cells.
    """
    height, width, _ = node.input_shape
    _, top, bottom = windows(height, size, stride, layer.padding, dilation)
    _, left, right = windows(width, size, stride, layer.padding, dilation)
    even = left == right and top == bottom
    if even and (most is None or max(top, left) <= most):
        return (top, left), (0, 0, 0, 0)
    return (0, 0), (left, right, top, bottom)


class Conv2D(nn.Conv2d):
    """`nn.Conv2d` on (N, H, W, C), padded beforehand by `extra`."""

    extra: Sides = (0, 0, 0, 0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return channels_last(super().forward(padded(channels_first(x), self.extra, 0.0)))


def conv2d(layer: spec.Conv2D, node: spec.Node) -> nn.Module:
    # never padding="same": PyTorch refuses that with a stride
    padding, extra = divided(layer, node, layer.kernel, layer.stride, layer.dilation)
    made = Conv2D(
        node.input_shape[-1],
        layer.filters,
        kernel_size=layer.kernel,
        stride=layer.stride,
        padding=padding,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias,
        padding_mode="zeros",
    )
    made.extra = extra
    # (out, in, k, k) seen as channels_last: as the images lie, so that nothing is rearranged
    return made.to(memory_format=torch.channels_last)


class Pool(nn.Module):
    """What the two poolings share."""

    def __init__(self, layer: spec.MaxPool2D | spec.AvgPool2D, node: spec.Node) -> None:
        super().__init__()
        self.size, self.stride = layer.size, layer.step
        self.padding, self.extra = divided(
            layer, node, layer.size, layer.step, most=layer.size // 2
        )


class MaxPool2D(Pool):
    """The largest value of each window; padding is -inf, a tie goes to the first, row by row."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.max_pool2d(
            padded(channels_first(x), self.extra, -torch.inf),
            kernel_size=self.size,
            stride=self.stride,
            padding=self.padding,
            dilation=1,
            ceil_mode=False,
            return_indices=False,
        )
        return channels_last(y)


class AvgPool2D(Pool):
    """The mean of each window's real cells: where padded beforehand, their sum by their number."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = channels_first(x)
        if not any(self.extra):
            return channels_last(self.pool(x, divisor=None))
        real = padded(torch.ones_like(x[:1, :1]), self.extra, 0.0)
        total = self.pool(padded(x, self.extra, 0.0), divisor=1)
        return channels_last(total / self.pool(real, divisor=1))

    def pool(self, x: torch.Tensor, divisor: int | None) -> torch.Tensor:
        return functional.avg_pool2d(
            x,
            kernel_size=self.size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=False,
            count_include_pad=False,
            divisor_override=divisor,
        )


class GlobalAvgPool2D(nn.Module):
    """The mean over the whole image."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=(1, 2))  # (N, H, W, C) to (N, C)


def filters_first(weight: torch.Tensor) -> torch.Tensor:
    """The canonical (k, k, in, out) as `nn.Conv2d` keeps it, (out, in, k, k)."""
    return weight.permute(3, 2, 0, 1)


def filters_last(weight: torch.Tensor) -> torch.Tensor:
    """The way back from `filters_first`."""
    return weight.permute(2, 3, 1, 0)
