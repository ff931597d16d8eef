"""What a data set looks like: one figure for each kind of set, as `brain data show` draws it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from brain import data
from brain.data import Dataset
from brain.plots import BLUE, GREEN, GREY, ORANGE, STYLE, figure, save
from brain.randomness import generator

# Okabe and Ito's colours, the yellow darkened, and markers, one fewer: a ninth class has the first
# one's colour, and another marker.
COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#D55E00", "#56B4E9", "#000000", "#B8A800")
MARKERS = "os^Dv<P"

PICTURES = 10  # of each class
SEQUENCES = 4

# How the columns of a set of rows are called; those of another set are numbered.
COLUMNS = {"iris": ("sepal length", "sepal width", "petal length", "petal width")}


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def contact_sheet(path: Path, dataset: Dataset, seed: int) -> Path:
    """Ten training pictures of each class, a class a row; the seed decides which."""
    random = generator(seed, f"show {dataset.name}")
    height, width, channels = dataset.input_shape
    gap = 1 + height // 16  # pixels
    tall, wide = height + gap, width + gap
    sheet = np.ones((tall * len(dataset.classes) - gap, wide * PICTURES - gap, channels))
    for label in range(len(dataset.classes)):
        of_class = np.flatnonzero(dataset.y_train == label)
        for place, row in enumerate(random.permutation(of_class)[:PICTURES]):
            top, left = label * tall, place * wide
            sheet[top : top + height, left : left + width] = dataset.x_train[row]
    fig, axes = figure(4.4, 4.4)
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_yticks(tall * np.arange(len(dataset.classes)) + (height - 1) / 2, dataset.classes)
    axes.set(title=dataset.title, xticks=[], xlabel="training pictures, drawn at random")
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return save(fig, path)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def plane(path: Path, dataset: Dataset, seed: int) -> Path:
    """Points in the plane, coloured by class or by value; the test rows ringed."""
    fig, axes = figure(6.4, 5.2)
    x = np.concatenate([dataset.x_train, dataset.x_test])
    y = np.concatenate([dataset.y_train, dataset.y_test])
    if dataset.classes:
        _by_class(axes, x[:, 0], x[:, 1], y, dataset.classes, size=22)
    else:
        shown = axes.scatter(*x.T, c=y[:, 0], s=22, cmap="cividis")
        fig.colorbar(shown, ax=axes, label="target y")
    axes.scatter(
        *dataset.x_test.T, s=60, facecolor="none", edgecolor=GREY, linewidth=0.8, label="test row"
    )
    axes.set(title=dataset.title, xlabel="x1", ylabel="x2", aspect="equal")
    axes.margins(0.08)
    fig.legend(loc="outside lower center", ncols=6, frameon=False)
    return save(fig, path)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def scatter_matrix(path: Path, dataset: Dataset, seed: int) -> Path:
    """Every column against every other, and its histogram, coloured by class."""
    x = np.concatenate([dataset.x_train, dataset.x_test])
    y = np.concatenate([dataset.y_train, dataset.y_test])
    columns = x.shape[1]
    names = COLUMNS.get(dataset.name, tuple(f"x{column + 1}" for column in range(columns)))
    fig, grid = figure(8, 7.4, nrows=columns, ncols=columns, sharex="col", squeeze=False)
    for row, column in np.ndindex(columns, columns):
        axes = grid[row, column]
        if column > row:
            axes.remove()
        elif column == row:
            _histogram(axes, x[:, column], y, len(dataset.classes))
        else:
            _by_class(axes, x[:, column], x[:, row], y, dataset.classes, size=9)
        if row == columns - 1:
            axes.set_xlabel(names[column])
        if column == 0:
            axes.set_ylabel("rows" if row == 0 else names[row])
    fig.suptitle(dataset.title)
    handles, labels = grid[1, 0].get_legend_handles_labels()
    fig.legend(
        handles, labels, loc="upper right", bbox_to_anchor=(0.95, 0.9), markerscale=2, frameon=False
    )
    return save(fig, path)


def _histogram(axes: Axes, values: NDArray[Any], y: NDArray[Any], classes: int) -> None:
    bins = np.histogram_bin_edges(values, bins=20).tolist()
    for label in range(classes):
        colour = COLOURS[label % len(COLOURS)]
        axes.hist(values[y == label], bins=bins, color=colour, alpha=0.6)


def _by_class(
    axes: Axes,
    across: NDArray[Any],
    up: NDArray[Any],
    y: NDArray[Any],
    classes: tuple[str, ...],
    size: float,
) -> None:
    for label, name in enumerate(classes):
        chosen = y == label
        axes.scatter(
            across[chosen],
            up[chosen],
            s=size,
            color=COLOURS[label % len(COLOURS)],
            marker=MARKERS[label % len(MARKERS)],
            linewidth=0,
            label=name,
        )


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def curve(path: Path, dataset: Dataset, seed: int) -> Path:
    """A series in its own unit over time, its training and its test part."""
    whole = data.series(dataset.name, seed=seed)
    # The first test target, which the gap's values follow within the test part.
    cut = len(whole.values) - len(dataset.y_test) - (dataset.gap or 0)
    fig, axes = figure(9, 3.6)
    train = {"color": BLUE, "label": "training part"}
    axes.plot(whole.times[: cut + 1], whole.values[: cut + 1], linewidth=0.9, **train)
    test = {"color": ORANGE, "label": "test part"}
    axes.plot(whole.times[cut:], whole.values[cut:], linewidth=0.9, **test)
    dated = whole.times.dtype.kind == "M"
    axes.set(title=whole.title, xlabel="year" if dated else "time t")
    axes.set_ylabel(whole.unit or "value x(t)")
    axes.margins(x=0.01)
    fig.legend(loc="outside lower center", ncols=2, frameon=False)
    return save(fig, path)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def samples(path: Path, dataset: Dataset, seed: int) -> Path:
    """The first training sequences: numbers as bars, those that are marked apart; ids as cells."""
    fig, grid = figure(9, 6, nrows=SEQUENCES, sharex=True)
    draw = _cells if dataset.x_train.dtype == np.int64 else _bars
    for axes, x, y in zip(grid, dataset.x_train, dataset.y_train, strict=False):
        draw(axes, x, y, dataset.classes)
        axes.grid(False)
    fig.suptitle(f"{dataset.title} (the first {SEQUENCES} training rows)")
    grid[-1].set_xlabel("step")
    fig.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=10)
    return save(fig, path)


def _bars(axes: Axes, x: NDArray[Any], y: NDArray[Any], classes: tuple[str, ...]) -> None:
    """Numbers x[:, 0], coloured where the mark x[:, 1] is 1."""
    marked = x[:, 1] == 1
    steps = np.arange(len(x))
    axes.bar(steps[~marked], x[~marked, 0], color="#BBBBBB", label="number")
    axes.bar(steps[marked], x[marked, 0], color=ORANGE, label="marked number")
    axes.set(ylim=(0, 1), ylabel="value")
    axes.set_title(f"target {y[0]:.3f}", loc="right", fontsize=10)


def _cells(axes: Axes, x: NDArray[Any], y: NDArray[Any], classes: tuple[str, ...]) -> None:
    """The ids of x above those of y: letters, and a cell for each blank and marker."""
    both = np.stack([x, y])  # (2, T)
    for (line, step), index in np.ndenumerate(both):
        if len(classes[index]) == 1:
            axes.text(step, line, classes[index], ha="center", va="center", weight="bold")
    for name, colour in (("blank", "#E6E6E6"), ("marker", ORANGE)):
        line, step = np.nonzero(both == classes.index(name))
        axes.scatter(step, line, marker="s", s=60, color=colour, label=name)
    axes.set(ylim=(1.6, -0.6), yticks=[0, 1], yticklabels=["input x", "target y"])


PICTURES_OF: dict[str, Callable[[Path, Dataset, int], Path]] = {
    "images": contact_sheet,
    "points": plane,
    "rows": scatter_matrix,
    "series": curve,
    "sequences": samples,
}
"""How each kind of set is drawn: `draw(path, dataset, seed)`; a text is not, it is read."""
