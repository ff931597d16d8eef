"""The figures that several demos and experiments share: regions, loss surfaces, weights, confusion.

In the style of `brain.plots`: these fill axes or make a figure, and whoever asks saves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain.pictures import COLOURS, MARKERS
from brain.plots import CLASSES, STYLE, figure, legend_below

Array = NDArray[Any]

DASHES = ("-", "--", "-.", ":")
BLUES = LinearSegmentedColormap.from_list("blues", ("#FFFFFF", "#0072B2", "#001A2B"))
STONE = LinearSegmentedColormap.from_list("stone", ("#727C8C", "#F6F5F1"))
PATHS = (COLOURS[4], COLOURS[0], COLOURS[2], COLOURS[3], COLOURS[1], COLOURS[6], COLOURS[7])
"""Colours of paths on a surface of stone: no two neighbours in the list are alike to anyone."""
PALE = 0.45
"""How strong the colour of a region is; its points have the full one."""


def grid_over(x: Array, side: int = 100, margin: float = 0.08) -> Array:
    """The points of a grid over the rectangle that holds `x (N, 2)`: `(side * side, 2)`."""
    low, high = x.min(axis=0), x.max(axis=0)
    room = margin * (high - low)
    lines = [np.linspace(a, b, side) for a, b in zip(low - room, high + room, strict=True)]
    return np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, 2)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def moments_of(
    frames: int, draw: Callable[[Axes, int], None], title: str, height: float = 6.4
) -> Figure:
    """Six frames of a film from the first to the last, each drawn by `draw(axes, number)`."""
    fig, axes = figure(9, height, nrows=2, ncols=3)
    for axis, number in zip(axes.flat, np.linspace(0, frames - 1, 6).astype(int), strict=True):
        draw(axis, int(number))
    legend_below(fig, axes.flat[0])
    fig.suptitle(title)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def regions(
    axes: Axes,
    x: Array,
    y: Array,
    grid: Array,
    probabilities: Array,
    classes: Sequence[str],
    title: str,
) -> None:
    """Points `x (N, 2)` of `classes`, over the probabilities `(S * S, K)` at the points of `grid`.

    The colour of a place is the mean of the classes' colours, weighted by their probabilities; a
    black line stands where the answer changes.
    """
    side = round(np.sqrt(len(grid)))
    across, up = grid[:side, 0], grid[::side, 1]
    paint = np.array([to_rgb(colour) for colour in COLOURS[: len(classes)]])  # (K, 3)
    mixed = 1 - PALE * (1 - probabilities @ paint)  # (S * S, 3)
    extent = (across[0], across[-1], up[0], up[-1])
    image = np.clip(mixed, 0, 1).reshape(side, side, 3)
    axes.imshow(image, origin="lower", extent=extent, aspect="auto", interpolation="bilinear")
    for label, name in enumerate(classes):
        others = np.delete(probabilities, label, axis=1).max(axis=1)
        lead = (probabilities[:, label] - others).reshape(side, side)
        if lead.min() < 0 < lead.max():
            axes.contour(across, up, lead, levels=[0], colors="black", linewidths=1)
        x1, x2 = x[y == label].T
        look: dict[str, Any] = {"color": COLOURS[label], "marker": MARKERS[label]}
        axes.scatter(x1, x2, s=22, edgecolor="white", linewidth=0.5, label=name, **look)
    axes.plot([], [], color="black", linewidth=1, label="the answer changes")
    axes.set(title=title, xlabel="x1", ylabel="x2", xlim=extent[:2], ylim=extent[2:])
    axes.grid(False)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def landscape(
    across: Array,
    up: Array,
    loss: Array,
    paths: Mapping[str, Array],
    names: tuple[str, str, str],
    title: str,
) -> Figure:
    """A loss over two weights, in 3D and as contours, with the paths that descend on it.

    `loss (U, A)` stands over `up (U,)` and `across (A,)`; a path is `(T, 3)`: both weights and the
    loss at each step. `names` are those of the axes: across, up, loss. Contours are logarithmic.
    """
    fig, (flat, right) = figure(11.5, 5.4, ncols=2)
    place = flat.get_subplotspec()
    flat.remove()
    solid = fig.add_subplot(place, projection="3d", computed_zorder=False)
    low = max(float(loss.min()), float(loss.max()) * 1e-4)
    norm = LogNorm(low, float(loss.max()))
    mesh = np.meshgrid(across, up)
    solid.plot_surface(*mesh, loss, cmap=STONE, norm=norm, alpha=0.7, linewidth=0)
    levels = np.geomspace(low, float(loss.max()), 18)
    filled = right.contourf(across, up, np.maximum(loss, low), levels, cmap=STONE, norm=norm)
    right.contour(across, up, loss, levels, colors="white", linewidths=0.4, alpha=0.6)
    ends = np.array([[across[0], up[0]], [across[-1], up[-1]]])
    for number, (name, path) in enumerate(paths.items()):
        colour, dash = PATHS[number % len(PATHS)], DASHES[number // 2 % len(DASHES)]
        look: dict[str, Any] = {"color": colour, "linestyle": dash}
        inside = (np.clip(path[:, :2], ends[0], ends[1]) == path[:, :2]).all(axis=1)
        right.plot(*path[:, :2].T, linewidth=1.8, label=name, **look)
        right.plot(*path[-1, :2], marker="o", color=look["color"], markeredgecolor="black")
        solid.plot(*np.where(inside, path.T, np.nan), linewidth=2, zorder=10, **look)
    start = next(iter(paths.values()))[0]
    right.plot(*start[:2], "k*", markersize=13, markeredgecolor="white", label="start")
    solid.plot(*start[:, None], "k*", markersize=11, markeredgecolor="white", zorder=11)
    solid.set(xlabel=names[0], ylabel=names[1], zlabel=names[2])
    solid.locator_params(nbins=6)
    solid.view_init(elev=38, azim=-62)
    solid.set_box_aspect(None, zoom=0.88)
    right.set(xlabel=names[0], ylabel=names[1], xlim=across[[0, -1]], ylim=up[[0, -1]])
    right.grid(False)
    ticks = 10.0 ** np.arange(np.ceil(np.log10(low)), np.floor(np.log10(loss.max())) + 1)
    fig.colorbar(filled, ax=right, label=names[2], ticks=ticks, format="%g")
    fig.suptitle(title)
    fig.legend(loc="outside lower center", ncols=min(len(paths) + 1, 8), frameon=False)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def weight_images(images: Array, titles: Sequence[str], title: str, columns: int = 5) -> Figure:
    """Weights `(K, H, W)` as pictures: orange counts for, blue against, white not at all."""
    rows = -(-len(images) // columns)
    inches = 1.7 * columns + 1, 1.8 * rows + 0.7
    fig, grid = figure(*inches, nrows=rows, ncols=columns, squeeze=False)
    limit = float(np.abs(images).max())
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, name in zip(grid.flat, images, titles, strict=False):
        shown = axes.imshow(image, cmap=CLASSES, vmin=-limit, vmax=limit, interpolation="nearest")
        axes.set_title(name, fontsize=10)
    fig.colorbar(shown, ax=grid, label="weight", shrink=0.8)
    fig.suptitle(title)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def confusion(axes: Axes, truth: Array, answers: Array, classes: Sequence[str], title: str) -> None:
    """How often each class (rows) was taken for each (columns), from labels `(N,)`."""
    table = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(table, (truth, answers), 1)
    axes.imshow(table, cmap=BLUES, vmin=0, vmax=table.max())
    for (row, column), count in np.ndenumerate(table):
        if count:
            colour = "white" if count > table.max() / 2 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour)
    axes.set(title=title, xlabel="answer", ylabel="truth")
    axes.set_xticks(range(len(classes)), classes)
    axes.set_yticks(range(len(classes)), classes)
    axes.grid(False)
