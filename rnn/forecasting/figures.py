"""Figures of forecasts: with intervals beside the truth, one step ahead, errors by horizon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from brain.data import Series
from brain.pictures import COLOURS, MARKERS
from brain.plots import BLUE, GREY, STYLE, figure, legend_below
from rnn.forecasting.backtest import Array, Backtest
from rnn.forecasting.measures import mae
from rnn.forecasting.records import Record, Row
from rnn.forecasting.study import Trial
from rnn.forecasting.tables import groups
from scratch.pictures import DASHES

BACK = 3  # horizons of history that are shown before a forecast
ALPHA = {0.95: 0.15, 0.8: 0.35}
LEVEL_LINES: tuple[Literal["-", "--"], ...] = ("-", "--")
"""The lines of the intervals' levels, the lower first."""


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def fans(series: Series, trials: Sequence[Trial]) -> Figure:
    """Each trial's forecasts from the first and the last origin, with intervals, and the truth."""
    places = (0, -1) if len(trials[0].test.origins) > 1 else (0,)
    shape = {"nrows": len(trials), "ncols": len(places), "squeeze": False}
    fig, grid = figure(5.5 * len(places), 3.1 * len(trials) + 0.6, **shape)
    for line, trial in zip(grid, trials, strict=True):
        for axes, place in zip(line, places, strict=True):
            _fan(axes, series, trial.test, place)
            origin = trial.test.origins[place]
            axes.set_title(f"{_called(trial)}, after {series.times[origin - 1]}", fontsize=10)
    legend_below(fig, grid[0, 0])
    fig.suptitle(f"{series.title}: forecasts and truth")
    return fig


def _fan(axes: Axes, series: Series, test: Backtest, place: int) -> None:
    origin, horizon = int(test.origins[place]), test.truth.shape[1]
    past = slice(max(origin - BACK * horizon, 0), origin)
    since = slice(origin - 1, origin + horizon)  # from the last known value on
    axes.plot(series.times[past], series.values[past], color="black", linewidth=1, label="known")
    truth: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 3, "linestyle": ":"}
    known = series.values[origin - 1]
    came = [known, *test.truth[place]]
    axes.plot(series.times[since], came, label="truth", markevery=range(1, horizon + 1), **truth)
    for level in sorted(test.bands, reverse=True):
        lower, upper = (end[place] for end in test.bands[level])
        look: dict[str, Any] = {"color": BLUE, "linewidth": 0, "alpha": ALPHA.get(level, 0.2)}
        ends = ([known, *lower], [known, *upper])
        axes.fill_between(series.times[since], *ends, label=f"{level:.0%} interval", **look)
    axes.plot(series.times[since], [known, *test.forecast[place]], color=BLUE, label="forecast")
    _dated(axes, series)


def _dated(axes: Axes, series: Series) -> None:
    """The axes of a series: its dates and its unit."""
    dated = series.times.dtype.kind == "M"
    axes.set(xlabel="date" if dated else "time t", ylabel=series.unit or "value x(t)")
    axes.margins(x=0.01)
    if dated:
        locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
        formatter = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(formatter)


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def one_step(series: Series, trials: Sequence[Trial]) -> Figure:
    """What each trial foretold of every value one step before it came: a panel each."""
    columns = 2 if len(trials) > 2 else 1
    rows = -(-len(trials) // columns)
    grid: dict[str, Any] = {"nrows": rows, "ncols": columns, "sharex": True, "sharey": True}
    fig, panels = figure(11, 2.1 * rows + 1.2, squeeze=False, **grid)
    test = trials[0].test
    times, truth = series.times[test.origins], test.truth[:, 0]
    for number, (axes, trial) in enumerate(zip(panels.flat, trials, strict=False)):
        colour, said = COLOURS[number % len(COLOURS)], trial.test.forecast[:, 0]
        axes.fill_between(times, truth, said, color=colour, alpha=0.25, linewidth=0)
        axes.plot(times, truth, ".-", color="black", linewidth=1, markersize=4)
        axes.plot(times, said, ".-", color=colour, linewidth=1.4, markersize=4)
        error = float(mae(truth, said, axis=None))
        axes.set_title(f"{_called(trial)}: mean error {error:.3g}", fontsize=10)
        _dated(axes, series)
        axes.label_outer()
    for axes in panels.flat[len(trials) :]:
        axes.set_axis_off()
    for axes in panels[-2][len(trials) - columns * (rows - 1) :] if rows > 1 else ():
        axes.tick_params(labelbottom=True)  # nothing is below it
        axes.set_xlabel(panels[-1, 0].get_xlabel())
    handles = [
        Line2D([], [], color="black", marker=".", label="truth"),
        Line2D([], [], color=GREY, marker=".", label="forecast, in the panel's colour"),
        Patch(color=GREY, alpha=0.25, linewidth=0, label="the error"),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=3)
    fig.suptitle(f"{series.title}: foretold one step ahead, from {len(times)} origins")
    return fig


def _called(trial: Trial) -> str:
    return trial.label if trial.seed is None else f"{trial.label} (seed {trial.seed})"


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def by_horizon(found: Record) -> Figure:
    """The error of every forecaster by the step ahead, and the share that its intervals hold.

    The lines of the errors are labelled at their ends; each forecaster with intervals has a panel.
    """
    together = groups(found)
    held = {label: rows for label, rows in together.items() if rows[0].coverage}
    colours = dict(zip(together, cycle(COLOURS), strict=False))
    fig, panels = figure(13 if held else 8, 5.2, ncols=2 if held else 1, squeeze=False)
    left = panels[0, 0]
    steps = np.arange(1, len(found.rows[0].steps["mase"]) + 1)
    ends = {}
    for number, (label, rows) in enumerate(together.items()):
        look: dict[str, Any] = {
            "color": colours[label],
            "linestyle": "-" if rows[0].seed is not None else DASHES[1 + number % 3],
            "marker": MARKERS[number % len(MARKERS)],
            "markersize": 4,
        }
        errors = np.mean([row.steps["mase"] for row in rows], axis=0)
        left.plot(steps, errors, **look)
        ends[label] = float(errors[-1])
    season = found.series["season"]
    scale = f"the value {season} before" if season > 1 else "the value before"
    left.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
    left.set(title=f"Error, in errors of {scale}", xlabel="steps ahead", ylabel="MASE")
    left.set_ylim(bottom=0)
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    _label_ends(left, ends, colours)
    if held:
        _intervals(panels[0, 1], steps, held, colours)
    fig.suptitle(f"{found.series['title']}: {found.series['origins']} origins")
    return fig


def _label_ends(axes: Axes, ends: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Write beside the end of each line what it is; labels that would touch are moved apart."""
    low, high = axes.get_ylim()
    gap = 0.055 * (high - low)
    order = sorted(ends, key=lambda label: ends[label])
    places: list[float] = []
    for label in order:
        places.append(max(ends[label], places[-1] + gap if places else low + gap / 2))
    for below in range(len(places) - 1, -1, -1):  # those pushed out at the top come back
        most = places[below + 1] - gap if below + 1 < len(places) else high - gap / 2
        places[below] = min(places[below], most)
    for label, place in zip(order, places, strict=True):
        look: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(1.01, place, label, color=colours[label], fontsize=9, **look)


def _intervals(
    axes: Axes, steps: Array, held: Mapping[str, Sequence[Row]], colours: Mapping[str, str]
) -> None:
    """In place of `axes` a panel for each forecaster: the shares that its intervals hold."""
    place, fig = axes.get_subplotspec(), axes.get_figure()
    assert place is not None
    assert fig is not None
    axes.remove()
    columns = 2 if len(held) > 1 else 1
    lines = -(-len(held) // columns)
    grid = place.subgridspec(lines, columns)
    for number, (label, rows) in enumerate(held.items()):
        line, column = divmod(number, columns)
        panel = fig.add_subplot(grid[line, column])
        for level, dash in zip(rows[0].coverage, LEVEL_LINES, strict=False):
            share = 100 * np.mean([row.coverage[level] for row in rows], axis=0)
            wanted = 100 * float(level)
            colour = colours[label]
            panel.plot(steps, share, dash, color=colour, label=f"{wanted:g} % intervals")
            panel.axhline(wanted, color="black", linewidth=0.8, linestyle=dash)
            right: dict[str, Any] = {"transform": panel.get_yaxis_transform(), "va": "center"}
            panel.text(1.01, wanted, f"{wanted:g}", fontsize=8, **right)
        panel.set(ylim=(0, 103))
        panel.set_title(label, fontsize=9, color=colours[label])
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        if line == lines - 1:
            panel.set_xlabel("steps ahead")
        if column == 0:
            panel.set_ylabel("truths in the\nintervals (%)")
    handles = [
        Line2D([], [], color=GREY, label=f"{100 * float(level):g} % intervals", linestyle=dash)
        for level, dash in zip(next(iter(held.values()))[0].coverage, LEVEL_LINES, strict=False)
    ]
    handles.append(Line2D([], [], color="black", linewidth=0.8, label="what they should hold"))
    fig.legend(handles=handles, loc="outside lower right", ncols=3)
