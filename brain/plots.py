"""Every figure of the project, in one style: titles, axes with units, colours told apart by all.

The colours are Okabe and Ito's (2008), safe for colour-blind readers; lines differ in dash too.
Figures are drawn off screen, so that no display is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from brain.outputs import replacing

Array = NDArray[Any]

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#E69F00", "#009E73", "#666666"
CLASS_COLOURS = ("#003A5C", "#7A4F00")  # dark enough to be seen on their own region
CLASSES = LinearSegmentedColormap.from_list("classes", (BLUE, "#FFFFFF", ORANGE))
ENGINE_LINES = {
    "numpy": {"color": BLUE, "linewidth": 3.2, "alpha": 0.55},
    "torch": {"color": ORANGE, "linewidth": 1.6, "linestyle": "--"},
    "tensorflow": {"color": GREEN, "linewidth": 1.6, "linestyle": ":"},
}
STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "figure.dpi": 110,
}


def figure(width: float, height: float, **grid: Any) -> tuple[Figure, Any]:
    """A figure (size in inches) with its axes, in the project's style."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        fig = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(fig)
        return fig, fig.subplots(**grid)


def save(fig: Figure, path: Path) -> Path:
    """Write a figure as PNG; its path."""
    with replacing(path) as partial:
        fig.savefig(partial)
    return path


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def training_curves(
    losses: Sequence[float],
    epochs: Sequence[Mapping[str, float]],
    title: str,
    unit: str = "nats",
) -> Figure:
    """Loss of every step, with its running mean, and the test metrics after each epoch."""
    fig, (top, bottom) = figure(7, 5.2, nrows=2)
    steps = np.arange(1, len(losses) + 1)
    per_epoch = len(losses) / max(len(epochs), 1)
    top.plot(steps, losses, color=BLUE, alpha=0.3, linewidth=0.8, label="each batch")
    top.plot(*_running_mean(np.asarray(losses)), color=BLUE, label="running mean")
    after = (np.arange(len(epochs)) + 1) * per_epoch
    look: dict[str, Any] = {"color": ORANGE, "marker": "o", "markersize": 3}  # one epoch is no line
    top.plot(after, [m["loss"] for m in epochs], linestyle="--", label="test", **look)
    top.set(title=title, xlabel="training step", ylabel=f"loss ({unit})", yscale="log")
    top.legend()
    name = next(k for k in epochs[0] if k != "loss")
    bottom.plot(np.arange(1, len(epochs) + 1), [m[name] for m in epochs], **look)
    bottom.xaxis.set_major_locator(MaxNLocator(integer=True))
    bottom.set(xlabel="epoch", ylabel=f"test {name}", ylim=(None, 1.02))
    return fig


def _running_mean(values: Array, share: float = 0.02) -> tuple[Array, Array]:
    width = max(int(len(values) * share), 1)
    mean = np.convolve(values, np.ones(width) / width, mode="valid")
    return np.arange(len(mean)) + (width + 1) / 2, mean


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def engine_curves(
    path: Path,
    losses: Mapping[str, Sequence[float]],
    noise: Sequence[float] | Array,
    title: str,
    unit: str = "nats",
    compared: int = 100,
) -> Path:
    """The loss curves of several engines on top of each other; below, how far they are apart.

    The difference is taken from NumPy's curve, step by step; `noise` is how far NumPy's float32
    and float64 are apart, which is what rounding alone does. `unit` is that of the loss; a line
    stands at step `compared`, up to which a verdict looks at the difference.
    """
    fig, (top, bottom) = figure(8, 6.4, nrows=2)
    reference = np.asarray(losses["numpy"])
    for engine, values in losses.items():
        top.plot(*_running_mean(np.asarray(values)), label=engine, **ENGINE_LINES.get(engine, {}))
    top.set(title=title, ylabel=f"training loss ({unit}),\nrunning mean", yscale="log")
    top.legend()
    bottom.axvline(compared, color="black", linewidth=1, linestyle="-.", label=f"step {compared}")
    floor = _running_mean(np.asarray(noise))
    bottom.fill_between(*floor, color=GREY, alpha=0.25, label="rounding alone")
    for engine, values in losses.items():
        if engine != "numpy":
            steps = min(len(values), len(reference))
            gap = np.abs(np.asarray(values)[:steps] - reference[:steps])
            line = ENGINE_LINES.get(engine, {})
            bottom.plot(*_running_mean(gap), label=f"{engine} against numpy", **line)
    bottom.set(
        xlabel="training step",
        ylabel=f"difference of the losses\n({unit}), running mean",
        yscale="log",
    )
    top.sharex(bottom)
    bottom.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2)
    return save(fig, path)


def boundary(
    axes: Axes,
    x: Array,
    y: Array,
    grid: Array,
    values: Array,
    title: str,
    classes: Sequence[str] = ("arm 0", "arm 1"),
) -> None:
    """Points of two classes over the probability of the second, with the line where it is 1/2.

    `x (N, 2)`, `y (N,)`; `values (S * S,)` are those at the points `grid (S * S, 2)` of a square.
    """
    side = round(np.sqrt(len(values)))
    across, up, p = (a.reshape(side, side) for a in (grid[:, 0], grid[:, 1], values))
    axes.contourf(across, up, p, levels=np.linspace(0, 1, 21), cmap=CLASSES, alpha=0.75)
    axes.contour(across, up, p, levels=[0.5], colors="black", linewidths=1.2)
    for label, colour in enumerate(CLASS_COLOURS):
        across, up = x[y == label].T
        name = classes[label]
        axes.scatter(across, up, s=9, color=colour, edgecolor="white", linewidth=0.4, label=name)
    axes.plot([], [], color="black", linewidth=1.2, label="undecided, p = 1/2")
    axes.set(title=title, xticks=[], yticks=[], aspect="equal", xlabel="x1", ylabel="x2")
    axes.grid(False)


def legend_below(fig: Figure, axes: Axes, columns: int | None = None) -> None:
    """One legend for a figure whose panels all show what `axes` shows; in one row unless asked."""
    handles, labels = axes.get_legend_handles_labels()
    columns = columns or len(labels)
    fig.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)


def animate(
    path: Path, frames: int, draw: Callable[[Axes, int], None], fps: int = 6, height: float = 5.2
) -> Path:
    """A GIF of `frames` pictures, each drawn by `draw(axes, number)`; the last stands longer.

    It is 4.6 inches wide; a `height` of 5.2 inches has room for a square and the legend below.
    """
    fig, axes = figure(4.6, height)
    draw(axes, 0)
    legend_below(fig, axes, columns=2)

    def one(number: int) -> list[Any]:
        axes.clear()
        draw(axes, number)
        return []

    order = [*range(frames), *[frames - 1] * (2 * fps)]
    with replacing(path) as partial:
        FuncAnimation(fig, one, frames=order).save(partial, writer=PillowWriter(fps=fps))
    return path
