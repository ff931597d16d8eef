"""The record of forecasts as a table, for the terminal and for a page, and who was better."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from rnn.forecasting.records import Record, Row, read

NOTHING = "–"
WIDE = 110  # columns
CLOSE = 0.005
"""Errors that differ by no more, or by no more than the deviation over seeds, are called level."""


def groups(found: Record) -> dict[str, list[Row]]:
    """The rows by label; those of one network with several seeds are together."""
    together: dict[str, list[Row]] = {}
    for row in found.rows:
        together.setdefault(row.label, []).append(row)
    return together


def shown_steps(horizon: int) -> list[int]:
    """One step ahead, a quarter, half and the whole horizon."""
    return sorted({1, *(max(horizon * part // 4, 1) for part in (1, 2, 4))})


def headings(found: Record, steps: bool = True) -> list[str]:
    """What the columns of `cells` are."""
    season = found.series["season"]
    by_step = [f"{step} ahead" for step in _shown(found, steps)]
    naive = ["MASE by naive"] if season > 1 else []
    levels = [f"in {float(level):.0%}" for level in _levels(found)]
    return ["forecaster", *by_step, "MASE", *naive, "MAE", "RMSE", *levels]


def cells(found: Record, steps: bool = True) -> list[list[str]]:
    """A line for each forecaster; with several seeds the mean, of the MASE ± the deviation.

    Without `steps` those of single steps ahead are left out.
    """
    whole = ["mase_naive", "mae", "rmse"] if found.series["season"] > 1 else ["mae", "rmse"]
    lines = []
    for label, rows in groups(found).items():
        line = [label]
        for step in _shown(found, steps):
            line.append(_mean([row.steps["mase"][step - 1] for row in rows]))
        scores = [row.whole["mase"] for row in rows]
        spread = f" ± {np.std(scores, ddof=1):.3f}" if len(scores) > 1 else ""
        line.append(_mean(scores) + spread)
        line += [_mean([row.whole[name] for row in rows]) for name in whole]
        for level in _levels(found):
            shares = [float(np.mean(row.coverage[level])) for row in rows if row.coverage]
            line.append(f"{np.mean(shares):.0%}" if shares else NOTHING)
        lines.append(line)
    return lines


def _shown(found: Record, steps: bool) -> list[int]:
    horizon = len(found.rows[0].steps["mae"])
    return shown_steps(horizon) if steps and horizon > 1 else []


def _levels(found: Record) -> list[str]:
    return list(dict.fromkeys(level for row in found.rows for level in row.coverage))


def _mean(values: Sequence[float]) -> str:
    mean = float(np.mean(values))
    return f"{mean:.{1 if abs(mean) >= 100 else 2 if abs(mean) >= 10 else 3}f}"


def terminal(found: Record, width: int) -> Table:
    """The table for a terminal; a narrow one has no room for single steps ahead."""
    steps, series = width >= WIDE, found.series
    table = Table(
        title=f"{series['title']}, {series['origins']} origins",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    first, *rest = headings(found, steps)
    table.add_column(first, overflow="fold")
    for heading in rest:
        table.add_column(heading.replace(" by ", " by\n"), justify="right", no_wrap=True)
    for line in cells(found, steps):
        table.add_row(*line)
    return table


def markdown(*paths: Path) -> str:
    """The tables of the records in these files, each with its command, for a page."""
    every = [read(path) for path in paths]
    parts = [f"{columns(every)}\n"] if every else []
    for found in every:
        first = headings(found)
        rules = ["---", *["---:"] * (len(first) - 1)]
        lines = [first, rules, *cells(found)]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        parts += [f"{about(found)}\n", table, "", " ".join(verdicts(found)), ""]
        parts.append(f"```bash\n{found.command}\n```\n")
    return "\n".join(parts)


def about(found: Record) -> str:
    """What was forecast, from where, and the error that MASE is in units of."""
    series, horizon = found.series, len(found.rows[0].steps["mae"])
    begin, end = series["begins"]
    refit = found.settings["refit"]
    learned = (
        "all before each origin, anew" if refit else f"the first {series['training']:,} values"
    )
    season, unit = series["season"], series["unit"]
    naive = f"the value {season} before" if season > 1 else "the value before"
    whole = found.rows[0].whole
    scale = f"{whole['mae'] / whole['mase']:.3g}" if whole["mase"] else ""
    errs = (
        f" On the training part {naive} is off by {scale} on average: MASE is in units of that."
        if scale
        else ""
    )
    return (
        f"{series['title']} ({unit or 'no unit'}): {horizon} values ahead from "
        f"{series['origins']} origins, {begin} to {end}; learned from {learned}.{errs}"
    )


def columns(every: Sequence[Record], steps: bool = True) -> str:
    """How the columns of these records' tables are read, and what verdicts go by.

    Without `steps` those of single steps ahead are left out.
    """
    seasonal = any(found.series["season"] > 1 for found in every)
    yardstick = (
        "the seasonal naive forecast (the value one season before)"
        if seasonal
        else "the naive forecast (the value before)"
    )
    said = [
        "MASE (mean absolute scaled error; Hyndman and Koehler, 2006) is the mean absolute error "
        f"of the forecasts, divided by the mean absolute error of {yardstick}, one step ahead, on "
        "the training part: below 1, the forecasts err less than that."
    ]
    horizons = {step for found in every for step in _shown(found, steps)}
    if horizons:
        said.append(
            f'"1 ahead" to "{max(horizons)} ahead" are the MASE of the forecasts so many steps '
            'ahead alone, divided by the same; "MASE" is that of all steps.'
        )
    if seasonal:
        said.append(
            '"MASE by naive" is divided instead by the error, there, of the naive forecast (the '
            "value just before)."
        )
    if any(_levels(found) for found in every):
        said.append(
            '"in 80%" is the share of the truths that lie in the intervals that were to hold 80 % '
            'of them; "in 95%" likewise.'
        )
    if any(len(rows) > 1 for found in every for rows in groups(found).values()):
        said.append("After ± stands the standard deviation over seeds.")
    said.append(
        'A network "is level with" a forecaster where their MASE differ by no more than '
        f"{CLOSE:g}, or than the network's standard deviation over seeds if that is more."
    )
    return " ".join(said)


def sentences(found: Record, width: int) -> list[str]:
    """What stands below the table of a terminal so wide."""
    return [about(found), columns([found], steps=width >= WIDE), *verdicts(found)]


def verdicts(found: Record) -> list[str]:
    """In words, for each network: which baselines it beats and which beat it, by MASE."""
    scores = {
        label: float(np.mean([row.whole["mase"] for row in rows]))
        for label, rows in groups(found).items()
    }
    networks = {row.label for row in found.rows if row.seed is not None}
    baselines = {label: mase for label, mase in scores.items() if label not in networks}
    sentences = []
    for label in (label for label in scores if label in networks):
        mine = scores[label]
        several = [row.whole["mase"] for row in groups(found)[label]]
        margin = max(CLOSE, float(np.std(several, ddof=1)) if len(several) > 1 else 0.0)
        better = [f"{b} ({m:.3f})" for b, m in baselines.items() if m < mine - margin]
        worse = [f"{b} ({m:.3f})" for b, m in baselines.items() if m > mine + margin]
        level = [f"{b} ({m:.3f})" for b, m in baselines.items() if abs(m - mine) <= margin]
        said = [f"beats {_listed(worse)}"] if worse else []
        said += [f"is level with {_listed(level)}"] if level else []
        said += [f"is beaten by {_listed(better)}"] if better else []
        sentences.append(f"{label} (MASE {mine:.3f}) {'; '.join(said)}.")
    return sentences


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
