"""Figures of what is read one step after another: characters, states and how well they foretell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from brain.plots import BLUE, CLASSES, STYLE, figure

Array = NDArray[Any]

NAMES = {" ": "␣", "\n": "⏎"}
"""What stands in a figure for a character that is not seen."""
READ = "character that is read (␣ space, ⏎ new line)"


def letters(text: str) -> list[str]:
    """The characters of a text, one by one, as a figure shows them."""
    return [NAMES.get(letter, letter) for letter in text]


def steps_below(axes: Axes, steps: Sequence[str] | int) -> None:
    """The steps under the lowest panel: the characters that are read, or the steps' numbers."""
    if isinstance(steps, int):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel="step", xlim=(-0.5, steps - 0.5))
        return
    axes.set_xticks(np.arange(len(steps)), steps, fontsize=9 if len(steps) <= 80 else 6)
    axes.set(xlabel=READ, xlim=(-0.5, len(steps) - 0.5))


def heat(
    axes: Axes, values: Array, title: str, label: str, cmap: Any = CLASSES, low: float = -1
) -> None:
    """Values `(T, H)` of each unit (rows) at each step (columns), from `low` to 1."""
    shown = axes.imshow(
        values.T, cmap=cmap, vmin=low, vmax=1, aspect="auto", interpolation="nearest"
    )
    axes.set(title=title, xticks=[])
    axes.grid(False)
    axes.figure.colorbar(shown, ax=axes, label=label, pad=0.01)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def state_heatmap(
    states: Array, steps: Sequence[str] | int, title: str, foretold: Array | None = None
) -> Figure:
    """The states `(T, H)` of all units, step by step.

    Below, where it is given, how much probability (0 to 1) was given to what came next, `(T,)`.
    """
    rows = 1 if foretold is None else 2
    heights = {"height_ratios": [4, 1][:rows]}
    size = 12, 5 + 1.4 * (rows - 1)
    fig, grid = figure(*size, nrows=rows, gridspec_kw=heights, squeeze=False)
    heat(grid[0, 0], states, "State of each unit after each step", "state")
    grid[0, 0].set_ylabel("hidden unit")
    if foretold is not None:
        below = grid[1, 0]
        below.bar(np.arange(len(foretold)), 100 * foretold, color=BLUE)
        below.set(ylim=(0, 100), ylabel="probability given to\nthe one after it (%)")
    steps_below(grid[-1, 0], steps)
    fig.suptitle(title)
    return fig
