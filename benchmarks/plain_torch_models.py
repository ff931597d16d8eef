"""The workloads' modules in PyTorch, one factory a family, and how their parameters lie."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from brain import spec

Layout = tuple[Callable[[torch.Tensor], torch.Tensor], Callable[[torch.Tensor], torch.Tensor]]
"""From the canonical form to PyTorch's, and back."""


def mlp(model: spec.Model) -> nn.Module:
    """Linear layers with ReLU between them."""
    (width,) = model.input_shape
    layers: list[nn.Module] = []
    for units in (layer.units for layer in model.layers if isinstance(layer, spec.Dense)):
        layers += [nn.Linear(width, units), nn.ReLU()]
        width = units
    return nn.Sequential(*layers[:-1])


class Flattened(nn.Linear):
    """A linear layer behind `nn.Flatten`; `image` is what was flattened, (C, H, W)."""

    def __init__(self, image: tuple[int, int, int], units: int) -> None:
        channels, height, width = image
        super().__init__(channels * height * width, units)
        self.image = image


def cnn(model: spec.Model) -> nn.Module:
    """Convolutions, each with ReLU and pooling; a linear layer at the end."""
    size, _, channels = model.input_shape
    layers: list[nn.Module] = []
    for filters in (layer.filters for layer in model.layers if isinstance(layer, spec.Conv2D)):
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels, size = filters, size // 2
    units = model.output_shape[-1]
    return nn.Sequential(*layers, nn.Flatten(), Flattened((channels, size, size), units))


class Block(nn.Module):
    """Two convolutions with BatchNorm around a shortcut, which is one more where it narrows."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        narrows = nn.Conv2d(channels, filters, 1, stride=stride, bias=False)
        parts = (narrows, nn.BatchNorm2d(filters)) if stride > 1 else ()
        self.shortcut = nn.Sequential(*parts)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return self.relu(y + self.shortcut(x))


def resnet(model: spec.Model) -> nn.Module:
    """A stem, three stages of one block each, the mean over the image, a linear layer."""
    stem = next(layer for layer in model.layers if isinstance(layer, spec.Conv2D))
    bodies = [layer.body for layer in model.layers if isinstance(layer, spec.Residual)]
    channels = stem.filters
    layers: list[nn.Module] = [
        nn.Conv2d(model.input_shape[-1], channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
    ]
    for body in bodies:
        first = next(layer for layer in body if isinstance(layer, spec.Conv2D))
        layers.append(Block(channels, first.filters, first.stride))
        channels = first.filters
    end = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, model.output_shape[-1]))
    return nn.Sequential(*layers, *end)


class Reader(nn.Module):
    """Characters in, logits for the next one out, at each step."""

    def __init__(self, characters: int, width: int, memory: nn.RNNBase) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, width)
        self.memory = memory
        self.out = nn.Linear(memory.hidden_size, characters)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden, _ = self.memory(self.embedding(x))
        return self.out(hidden)


def recurrent(model: spec.Model) -> nn.Module:
    """PyTorch has two biases where RNN and LSTM need one: the second stays zero, untrained."""
    embedding, reading, _ = model.layers
    assert isinstance(embedding, spec.Embedding)
    assert isinstance(reading, spec.RNN | spec.LSTM | spec.GRU)
    kind = {spec.RNN: nn.RNN, spec.LSTM: nn.LSTM, spec.GRU: nn.GRU}[type(reading)]
    memory: nn.RNNBase = kind(embedding.dim, reading.units, batch_first=True)
    if not isinstance(reading, spec.GRU):
        nn.init.zeros_(memory.bias_hh_l0)
        memory.bias_hh_l0.requires_grad_(False)
    return Reader(embedding.vocab, embedding.dim, memory)


MODULES: dict[str, Callable[[spec.Model], nn.Module]] = {
    "mlp": mlp,
    "cnn": cnn,
    "resnet": resnet,
    "recurrent": recurrent,
}


def layout(part: nn.Module, parameter: nn.Parameter) -> Layout:
    """How a parameter of a module lies, against the canonical form."""
    if isinstance(part, Flattened) and parameter.dim() == 2:
        channels, height, width = part.image
        return (
            lambda w: w.reshape(height, width, channels, -1).permute(3, 2, 0, 1).flatten(1),
            lambda w: w.unflatten(1, part.image).permute(2, 3, 1, 0).flatten(0, 2),
        )
    if parameter.dim() == 4:
        return lambda w: w.permute(3, 2, 0, 1), lambda w: w.permute(2, 3, 1, 0)
    if parameter.dim() == 2 and not isinstance(part, nn.Embedding):
        return torch.t, torch.t
    return torch.clone, torch.clone
