"""Figures of what a recurrent network remembers: gates over what is read, gradients over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain.pictures import COLOURS
from brain.plots import CLASSES, STYLE, figure, legend_below
from rnn.reading import Reading, check_unit
from scratch.pictures import BLUES, DASHES
from scratch.sequences import heat, steps_below

Array = NDArray[Any]

GATES = {
    "i": "input gate i: how much is written",
    "f": "forget gate f: how much is kept",
    "g": "g: what would be written",
    "o": "output gate o: how much is shown",
    "r": "reset gate r: how much of the state is asked",
    "z": "update gate z: how much is kept",
    "n": "n: what would be written",
}
"""What each gate of an LSTM and of a GRU does, as its panel says."""


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def gate_heatmaps(
    reading: Reading, steps: Sequence[str] | int, unit: int, title: str, sample: int = 0
) -> Figure:
    """Each gate of all units (rows) at each step (columns); below, those of one unit as lines."""
    check_unit(reading.states.shape[-1], unit, reading.layer)
    names = list(reading.gates)
    heights = {"height_ratios": [*[2] * len(names), 2]}
    rows = len(names) + 1
    fig, grid = figure(12, 1.9 * rows + 0.8, nrows=rows, gridspec_kw=heights)
    for axes, name in zip(grid, names, strict=False):
        signed = name in "gn"
        how = {"cmap": CLASSES if signed else BLUES, "low": -1 if signed else 0}
        label = "-1 to 1" if signed else "0 shut, 1 open"
        heat(axes, reading.gates[name][sample], GATES[name], label, **how)  # type: ignore[arg-type]
        axes.set_ylabel("unit")
    _one_unit(grid[-1], reading, unit, sample)
    steps_below(grid[-1], steps)
    fig.suptitle(title)
    return fig


def _one_unit(axes: Axes, reading: Reading, unit: int, sample: int) -> None:
    """One unit's gates, and what it remembers, as lines."""
    lines = {name: gate[sample, :, unit] for name, gate in reading.gates.items()}
    lines["h" if reading.cells is None else "tanh c"] = reading.memory[sample, :, unit]
    for number, (name, values) in enumerate(lines.items()):
        last = number == len(lines) - 1
        look: dict[str, Any] = {"color": "black", "linewidth": 2} if last else {}
        look.setdefault("color", COLOURS[number])
        axes.plot(values, DASHES[0 if last else number % len(DASHES)], label=name, **look)
    axes.set(title=f"unit {unit} alone: its gates and what it remembers", ylim=(-1.05, 1.05))
    axes.set_ylabel("value")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


class Left(NamedTuple):
    """What is left of a gradient, `(T,)` each, the first step first.

    `norms` is measured; `bound` is what theory allows a plain RNN; `kept` is what the gates alone
    let through.
    """

    norms: Array
    bound: Array | None = None
    kept: Array | None = None


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def gradients_left(panels: Mapping[str, Mapping[str, Left]], title: str) -> Figure:
    """How long the gradient of the last step's loss is at each step before: a panel a moment.

    Each is divided by the measured one at the last step.
    """
    fig, grid = figure(5.6 * len(panels) + 1, 5.4, ncols=len(panels), sharey=True, squeeze=False)
    every = [left.norms / left.norms[-1] for lines in panels.values() for left in lines.values()]
    floor = max(float(min(shares.min() for shares in every)), 1e-20)
    for axes, (heading, lines) in zip(grid[0], panels.items(), strict=True):
        for number, (name, left) in enumerate(lines.items()):
            back = np.arange(len(left.norms))[::-1]
            colour, end = COLOURS[number], left.norms[-1]
            axes.plot(back, left.norms / end, color=colour, linewidth=2, label=f"{name}, measured")
            if left.bound is not None:
                label = f"{name}: no more than this, by the singular values"
                axes.plot(back, left.bound / end, "--", color=colour, label=label)
            if left.kept is not None:
                label = f"{name}: kept by the gates alone, mean of units"
                axes.plot(back, left.kept, ":", color=colour, linewidth=1.6, label=label)
        axes.set(title=heading, yscale="log", xlabel="steps before the last one")
        axes.invert_xaxis()
    bounded = any(left.bound is not None for lines in panels.values() for left in lines.values())
    room = 1e4 if bounded else 5  # a bound may be far above all that is measured
    grid[0, 0].set_ylim(floor / 5, room * max(float(shares.max()) for shares in every))
    grid[0, 0].set_ylabel("|dL/dx| at that step, share of the last step's")
    if len({tuple(lines) for lines in panels.values()}) == 1:
        legend_below(fig, max(grid[0], key=lambda axes: len(axes.lines)), columns=2)
    else:  # other lines in each panel
        for axes in grid[0]:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), fontsize=9)
    fig.suptitle(title)
    return fig
