"""How the axes of a user's own PyTorch layers lie, and how they are led to the canonical order."""

from __future__ import annotations

import torch
from torch import nn

RECURRENT = (nn.RNN, nn.LSTM, nn.GRU)
CELLS = (nn.RNNCell, nn.LSTMCell, nn.GRUCell)
CONVOLUTIONS = (
    *(nn.Conv1d, nn.Conv2d, nn.Conv3d),
    *(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
)
ALWAYS_FIRST = (
    *CONVOLUTIONS,
    *(nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d),
    *(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
    *(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
    *(nn.LPPool1d, nn.LPPool2d, nn.FractionalMaxPool2d, nn.FractionalMaxPool3d),
    *(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm),
    *(nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d),
    *(nn.GroupNorm, nn.LocalResponseNorm),
    *(nn.Upsample, nn.PixelShuffle, nn.PixelUnshuffle, nn.Softmax2d),
)
"""Layers that take axis 1 for the channels."""

LAST_AXIS = (nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.Embedding)

# The order of axes


def axes(layout: str, ndim: int) -> tuple[int, ...]:
    """Where the canonical array's axes are in the framework's; `last` is the canonical order.

    `first` is channels first, `time` is (T, N, ...).
    """
    order = tuple(range(ndim))
    if layout == "first" and ndim > 2:
        return (0, *order[2:], 1)
    if layout == "time" and ndim > 1:
        return (1, 0, *order[2:])
    return order


def canonical(raw: torch.Tensor, layout: str) -> torch.Tensor:
    """A tensor of the model's, its axes in the canonical order; `pooled` has none of length 1."""
    if layout == "pooled":
        return raw.flatten(1)
    return raw.permute(axes(layout, raw.ndim))


def led_back(array: torch.Tensor, layout: str, ndim: int) -> torch.Tensor:
    """The way back from `canonical`, as a copy; `ndim` is that of the model's tensor.

    Its strides are those of a new tensor, also where an axis of length 1 leaves them open: PyTorch
    reads from them whether the channels lie last, and lays out what it computes accordingly.
    """
    if layout == "pooled":
        turned = array.reshape(*array.shape, *[1] * (ndim - array.ndim))
    else:
        order = axes(layout, array.ndim)
        turned = array.permute([order.index(i) for i in range(array.ndim)])
    return turned.clone(memory_format=torch.contiguous_format)


def layouts(module: nn.Module, ndim: int) -> tuple[str, ...]:
    """The orders in which a layer may be given its input; the last is the one to fall back on."""
    if isinstance(module, ALWAYS_FIRST):
        return ("first",) if ndim > 2 else ("last",)
    if isinstance(module, (*RECURRENT, nn.MultiheadAttention)):
        return ("last",) if module.batch_first or ndim < 3 else ("time",)
    if isinstance(module, nn.PReLU) and module.num_parameters > 1:
        return ("first",) if ndim > 2 else ("last",)
    if isinstance(module, LAST_AXIS):
        return ("time", "last") if ndim > 2 or isinstance(module, nn.Embedding) else ("last",)
    if isinstance(module, nn.Softmax) and ndim > 3 and module.dim != 1:
        return "time", "first", "last"
    return orders(ndim)


def orders(ndim: int) -> tuple[str, ...]:
    """All orders that there are; the last is the one to fall back on."""
    if ndim < 3:
        return ("last",)
    return ("time", "last", "first") if ndim > 3 else ("time", "first", "last")


def usual(ndim: int) -> str:
    """The order of axes where nothing tells: images have their channels first."""
    return orders(ndim)[-1]


def class_name(module: nn.Module) -> str:
    """The class of a layer; not the one that PyTorch makes for a parametrized one."""
    return type(module).__name__.removeprefix("Parametrized")
