"""Pictures that need no file, and small networks for them: for tests of what a network sees."""

from __future__ import annotations

import numpy as np

from brain import spec
from brain.data import Dataset
from brain.randomness import generator

CLASSES = ("across", "upright", "corner")
SIDE = 12


def shapes(channels: int = 1, train: int = 96, test: int = 36, seed: int = 0) -> Dataset:
    """A bright bar across, an upright one, or a corner, somewhere on a dark noisy ground.

    Pictures `(12, 12, channels)`; with three channels each has a colour of its own.
    """
    random = generator(seed, "shapes")
    count = train + test
    y = np.arange(count) % len(CLASSES)
    x = random.uniform(0, 0.2, (count, SIDE, SIDE, channels))
    for image, label in zip(x, y, strict=True):
        row, column = random.integers(1, SIDE - 6, 2)
        colour = random.uniform(0.6, 1, channels)
        if label != 1:
            image[row, column : column + 5] = colour
        if label != 0:
            image[row : row + 5, column] = colour
    x = x.astype(np.float32)
    parts = x[:train], y[:train], x[train:], y[train:]
    return Dataset("shapes", *parts, "classification", CLASSES, "Bars and corners, 12x12")


def plain(channels: int = 1) -> spec.Model:
    """Two convolutions, one padded and with a stride, tanh and mean pooling: smooth throughout."""
    layers = (
        spec.Conv2D(4, kernel=5, padding="same"),
        spec.Tanh(),
        spec.AvgPool2D(2),
        spec.Conv2D(5, kernel=3, stride=2, padding=1),
        spec.Tanh(),
        spec.Flatten(),
        spec.Dense(7),
        spec.Tanh(),
        spec.Dense(len(CLASSES)),
    )
    return spec.Model("plain", (SIDE, SIDE, channels), layers, spec.SoftmaxCrossEntropy())


def residual(channels: int = 3) -> spec.Model:
    """A stem, a block that narrows and one that holds a chain, with BatchNorm and ReLU."""
    norm = (spec.BatchNorm(), spec.ReLU())
    narrower = spec.Residual(
        (spec.Conv2D(6, stride=2, padding=1, bias=False), *norm, spec.Conv2D(6, padding=1)),
        (spec.Conv2D(6, kernel=1, stride=2),),
    )
    same = spec.Residual((spec.Sequential((spec.Conv2D(6, padding="same"), spec.ReLU())),))
    layers = (
        spec.Conv2D(4, padding=1, bias=False),
        *norm,
        narrower,
        spec.ReLU(),
        same,
        spec.MaxPool2D(2),
        spec.GlobalAvgPool2D(),
        spec.Dense(len(CLASSES)),
    )
    return spec.Model("residual", (SIDE, SIDE, channels), layers, spec.SoftmaxCrossEntropy())
