"""Occlusion: cover a part of the picture, and see what the score loses.

M. D. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks" (2014), section
4.2. It asks nothing of the network but its answers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks
from brain.engine import Network
from brain.errors import UserError
from cnn.places import image_shape
from scratch.seeing import picked, scores

Array = NDArray[Any]


def occlusion(
    net: Network,
    x: Array,
    labels: ArrayLike,
    size: int | None = None,
    stride: int | None = None,
    fill: ArrayLike | None = None,
) -> Array:
    """What the score of each picture's class loses where a square is laid over it: `(N, H, W)`.

    The loss at a pixel is the mean over all squares that cover it. A square has `size` pixels a
    side, a quarter of the shorter side by default; they lie `stride` apart, half their size. `fill`
    is what is laid there, a number or one for each channel: by default the picture's mean colour.
    `x (N, H, W, C)`; `labels` is one class for all, or `(N,)`. UserError for a size that does not
    fit.
    """
    height, width, _ = image_shape(net.model)
    shorter = min(height, width)
    size = max(shorter // 4, 1) if size is None else size
    stride = max(size // 2, 1) if stride is None else stride
    if not 1 <= size <= shorter:
        raise UserError(
            f"a square of {size} pixels does not fit on pictures of {height} by {width}: choose a "
            f"size from 1 to {shorter}."
        )
    if not 1 <= stride <= size:
        raise UserError(
            f"squares of {size} pixels cannot lie {stride} pixels apart: choose from 1 to {size}, "
            "so that they cover the picture."
        )
    x = checks.inputs(net.model, x, np.dtype("float64"))
    before = scores(net, x, labels)  # (N,)
    chosen = picked(net.model, labels, len(x))
    places = [(r, c) for r in _starts(height, size, stride) for c in _starts(width, size, stride)]
    lost, covered = np.zeros((len(x), height, width)), np.zeros((height, width))
    for number, image in enumerate(x):
        after = net.predict(_covered(image, places, size, fill)) @ chosen[number]  # (places,)
        for (row, column), score in zip(places, after, strict=True):
            square = np.s_[row : row + size, column : column + size]
            lost[number][square] += before[number] - score  # theory/seeing.md (9)
            covered[square] += number == 0
    return lost / covered


def _starts(cells: int, size: int, stride: int) -> list[int]:
    """Where squares begin along one side, so that the last ends with it."""
    return sorted({*range(0, cells - size, stride), cells - size})


def _covered(
    image: Array, places: list[tuple[int, int]], size: int, fill: ArrayLike | None
) -> Array:
    """Copies of one picture `(H, W, C)`, each with a square at one of the places."""
    colour = image.mean(axis=(0, 1)) if fill is None else fill
    copies = np.repeat(image[None], len(places), axis=0)
    for copy, (row, column) in zip(copies, places, strict=True):
        copy[row : row + size, column : column + size] = colour
    return copies
