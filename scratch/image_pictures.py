"""Figures of images and of what a network makes of them, in the style of `brain.plots`.

An image is `(H, W, 1)`, grey, or `(H, W, 3)`, in colours, with values from 0 to 1; other channels
are shown by their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain.plots import CLASSES, STYLE, figure

Array = NDArray[Any]

GREYS: dict[str, Any] = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}


def picture(axes: Axes, image: Array, title: str = "") -> None:
    """One image, without axes."""
    colours = image.shape[-1] == 3
    axes.imshow(np.clip(image if colours else image.mean(axis=-1), 0, 1), **GREYS)
    axes.set_title(title, fontsize=9)
    axes.set_axis_off()


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def wrongest(
    images: Array, truth: Array, p: Array, classes: Sequence[str], title: str, article: str = ""
) -> Figure:
    """Images `(N, H, W, C)` with the probability of their true class, and of its rival.

    `truth (N,)`, `p (N, K)`. `article` stands before a class: "a ".
    """
    rows = -(-len(images) // 5)
    fig, grid = figure(8, 2.15 * rows + 0.4, nrows=rows, ncols=5, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, label, given in zip(grid.flat, images, truth, p, strict=False):
        second, first = np.argsort(given)[-2:]
        rival = second if first == label else first
        is_one = f"is {article}{classes[label]}: {given[label]:.1%}"
        picture(axes, image, f"{is_one}\nor {article}{classes[rival]}: {given[rival]:.1%}")
    fig.suptitle(title)
    return fig


@dataclass(frozen=True)
class Row:
    """One way to look at several images: maps `(N, H, W)` and what their values are."""

    name: str
    maps: Array
    unit: str
    signed: bool = False
    over: bool = False  # laid over the image, which shows through

    def colours(self) -> dict[str, Any]:
        """For `imshow`: orange for and blue against, or dark to bright."""
        limit = float(np.abs(self.maps).max()) or 1.0
        low = -limit if self.signed else 0.0
        return {"cmap": CLASSES if self.signed else "cividis", "vmin": low, "vmax": limit}


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def side_by_side(images: Array, titles: Sequence[str], rows: Sequence[Row], title: str) -> Figure:
    """Images in a row, and below each what every way to look makes of it."""
    count = len(images)
    size = 1.45 * count + 1.9, 1.6 * (len(rows) + 1) + 0.6
    fig, grid = figure(*size, nrows=len(rows) + 1, ncols=count, squeeze=False)
    for axes, image, name in zip(grid[0], images, titles, strict=True):
        picture(axes, image, name)
    for row, line in zip(rows, grid[1:], strict=True):
        for axes, image, heat in zip(line, images, row.maps, strict=True):
            if row.over:
                axes.imshow(np.clip(image, 0, 1).mean(axis=-1), **GREYS)
            seen = 0.55 if row.over else 1.0
            drawn = axes.imshow(heat, alpha=seen, interpolation="nearest", **row.colours())
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            axes.spines[:].set_visible(False)
        line[0].set_ylabel(row.name, fontsize=9)
        fig.colorbar(drawn, ax=line, label=row.unit, shrink=0.9)
    fig.suptitle(title)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def filters(image: Array, kernels: Array, answers: Array, title: str, most: int = 12) -> Figure:
    """Kernels `(K, k, k, C)` of a first convolution, and what each makes of an image.

    `answers (H, W, K)`; of more than `most` kernels, the first.
    """
    count = min(len(kernels), most)
    limit = float(np.abs(kernels).max())
    fig, grid = figure(1.05 * count + 2, 3.2, nrows=2, ncols=count + 1)
    picture(grid[0, 0], image, "input")
    grid[1, 0].set_axis_off()
    for column in range(count):
        above, below = grid[:, column + 1]
        weights = _kernel(above, kernels[column], limit)
        look: dict[str, Any] = {"cmap": "cividis", "vmin": answers.min(), "vmax": answers.max()}
        seen = below.imshow(answers[..., column], interpolation="nearest", **look)
        above.set_title(f"filter {column + 1}", fontsize=9)
        above.set_axis_off()
        below.set_axis_off()
    if kernels.shape[-1] == 3:
        title += "\n(weights as colours, grey is 0)"
    else:
        fig.colorbar(weights, ax=grid[0], label="weight")
    fig.colorbar(seen, ax=grid[1], label="output")
    fig.suptitle(title)
    return fig


def _kernel(axes: Axes, kernel: Array, limit: float) -> Any:
    """One kernel `(k, k, C)`: in colours where it has three channels, else for and against."""
    if kernel.shape[-1] == 3:
        return axes.imshow(0.5 + kernel / (2 * limit), interpolation="nearest")
    look: dict[str, Any] = {"cmap": CLASSES, "vmin": -limit, "vmax": limit}
    return axes.imshow(kernel.mean(axis=-1), interpolation="nearest", **look)
