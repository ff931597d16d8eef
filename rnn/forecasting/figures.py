"""Figures of forecasts: with intervals beside the truth, one step ahead, errors by horizon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from brain.data import Series
from brain.pictures import COLOURS, MARKERS
from brain.plots import BLUE, GREY, ORANGE, STYLE, figure, legend_below
from rnn.forecasting.backtest import Backtest
from rnn.forecasting.records import Record
from rnn.forecasting.study import Trial
from rnn.forecasting.tables import groups
from scratch.pictures import DASHES

BACK = 3  # horizons of history that are shown before a forecast
ALPHA = {0.95: 0.15, 0.8: 0.35}


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
            seed = "" if trial.seed is None else f" (seed {trial.seed})"
            axes.set_title(f"{trial.label}{seed}, after {series.times[origin - 1]}", fontsize=10)
    legend_below(fig, grid[0, 0])
    fig.suptitle(f"{series.title}: forecasts and truth")
    return fig


def _fan(axes: Axes, series: Series, test: Backtest, place: int) -> None:
    origin, horizon = int(test.origins[place]), test.truth.shape[1]
    past = slice(max(origin - BACK * horizon, 0), origin)
    ahead = slice(origin, origin + horizon)
    axes.plot(series.times[past], series.values[past], color="black", linewidth=1, label="known")
    truth: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 3, "linestyle": ":"}
    axes.plot(series.times[ahead], test.truth[place], label="truth", **truth)
    for level in sorted(test.bands, reverse=True):
        lower, upper = (end[place] for end in test.bands[level])
        look: dict[str, Any] = {"color": BLUE, "linewidth": 0, "alpha": ALPHA.get(level, 0.2)}
        axes.fill_between(series.times[ahead], lower, upper, label=f"{level:.0%} interval", **look)
    axes.plot(series.times[ahead], test.forecast[place], color=BLUE, label="forecast")
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
    """The test part, and what each trial foretold of every value one step before it came."""
    tall = {"nrows": 2, "sharex": True, "height_ratios": (2, 1)}
    fig, (top, bottom) = figure(11, 5.6, **tall)
    test = trials[0].test
    times = series.times[test.origins]
    top.plot(times, test.truth[:, 0], ".-", color="black", linewidth=1.2, label="truth")
    for number, trial in enumerate(trials):
        look: dict[str, Any] = {"color": COLOURS[number], "linestyle": DASHES[number % len(DASHES)]}
        look |= {"marker": ".", "markersize": 4}  # one from each origin
        said = trial.test.forecast[:, 0]
        top.plot(times, said, linewidth=1.2, label=trial.label, **look)
        bottom.plot(times, trial.test.truth[:, 0] - said, linewidth=1, **look)
    bottom.axhline(0, color="black", linewidth=0.8)
    _dated(top, series)
    _dated(bottom, series)
    top.set(xlabel="", title=f"{series.title}: foretold one step ahead, from {len(times)} origins")
    bottom.set_ylabel("truth less forecast")
    legend_below(fig, top)
    return fig


@mpl.rc_context(STYLE)  # type: ignore[arg-type]
def by_horizon(found: Record) -> Figure:
    """The error of every forecaster by the step ahead, and the share that its intervals hold."""
    levels = list(dict.fromkeys(level for row in found.rows for level in row.coverage))
    fig, panels = figure(11 if levels else 7, 4.8, ncols=2 if levels else 1, squeeze=False)
    left = panels[0, 0]
    horizon = len(found.rows[0].steps["mase"])
    steps = np.arange(1, horizon + 1)
    for number, (label, rows) in enumerate(groups(found).items()):
        look: dict[str, Any] = {
            "color": COLOURS[number % len(COLOURS)],
            "linestyle": "-" if rows[0].seed is not None else DASHES[1 + number % 3],
            "marker": MARKERS[number % len(MARKERS)],
            "markersize": 4,
        }
        left.plot(steps, np.mean([row.steps["mase"] for row in rows], axis=0), label=label, **look)
        for level in levels if rows[0].coverage else ():
            held = 100 * np.mean([row.coverage[level] for row in rows], axis=0)
            light = {**look, "alpha": 0.6 if level == levels[0] else 1}
            panels[0, 1].plot(steps, held, **light)
    season = found.series["season"]
    scale = f"the value {season} before" if season > 1 else "the value before"
    left.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
    left.set(title=f"Error, in errors of {scale}", xlabel="steps ahead", ylabel="MASE")
    left.set_ylim(bottom=0)
    if levels:
        _nominal(panels[0, 1], levels)
    for axes in panels[0]:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend_below(fig, left, columns=3)
    fig.suptitle(f"{found.series['title']}: {found.series['origins']} origins")
    return fig


def _nominal(axes: Axes, levels: Sequence[str]) -> None:
    """Mark the levels that are wanted."""
    for level in levels:
        share = 100 * float(level)
        axes.axhline(share, color=ORANGE, linewidth=2.5, alpha=0.4, zorder=0)
        place: dict[str, Any] = {
            "transform": axes.get_yaxis_transform(),
            "va": "center",
            "fontsize": 9,
        }
        axes.text(1.01, share, f"{share:g} %", **place)
    title = "What the intervals hold; the lower level pale"
    axes.set(title=title, xlabel="steps ahead", ylabel="share of truths (%)", ylim=(0, 103))
