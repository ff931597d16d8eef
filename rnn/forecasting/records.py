"""What backtests found, as plain data: written as JSON, read back strictly, shown as tables.

A row is one trial: its errors for each step ahead and over all of them, the share of truths that
its intervals held, the seconds it took.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from brain.data import Series
from brain.errors import UserError
from brain.outputs import write_whole
from brain.versions import versions
from rnn.forecasting.measures import coverage, mae, mase, rmse
from rnn.forecasting.study import Plan, Trial, season_of, training_part

FORMAT, SCHEMA = "inside-ai-brain forecasts", 1
KEYS = {"format", "schema", "command", "series", "settings", "machine", "rows"}
MEASURES = ("mae", "rmse", "mase", "mase_naive")


@dataclass(frozen=True)
class Row:
    """One trial; `steps` has for each measure the error 1, ..., H steps ahead, `whole` that of all.

    `coverage` has for each level ("0.8") the share of the truths in the intervals, by step.
    """

    forecaster: str
    strategy: str
    seed: int | None
    steps: dict[str, list[float]]
    whole: dict[str, float]
    coverage: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """Its name, and its strategy."""
        return f"{self.forecaster}, {self.strategy}" if self.strategy else self.forecaster


@dataclass(frozen=True)
class Record:
    """All trials on one series, and the command that made them."""

    command: str
    series: dict[str, Any]
    settings: dict[str, Any]
    machine: dict[str, Any]
    rows: list[Row]


def row(series: Series, trial: Trial) -> Row:
    """What a trial found, in numbers."""
    truth, said = trial.test.truth, trial.test.forecast
    past, season = training_part(series, trial), season_of(series)
    steps: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    for into, axis in ((steps, 0), (whole, None)):
        into["mae"] = mae(truth, said, axis)
        into["rmse"] = rmse(truth, said, axis)
        into["mase"] = mase(truth, said, past, season, axis)
        into["mase_naive"] = mase(truth, said, past, 1, axis)
    shares = {
        str(level): _plain(coverage(truth, lower, upper))
        for level, (lower, upper) in trial.test.bands.items()
    }
    return Row(
        trial.test.name,
        trial.strategy,
        trial.seed,
        {name: _plain(values) for name, values in steps.items()},
        {name: _plain(value) for name, value in whole.items()},
        shares,
        round(trial.test.seconds, 2),
    )


def _plain(values: Any) -> Any:
    """Numbers for JSON, to six digits."""
    return np.vectorize(lambda v: float(f"{v:.6g}"))(values).tolist()


def record(command: str, series: Series, plan: Plan, trials: Sequence[Trial]) -> Record:
    """The record of trials of one plan."""
    first = trials[0].test
    about = {
        "name": series.name,
        "title": series.title,
        "unit": series.unit,
        "season": season_of(series),
        "values": len(series.values),
        "training": int(first.origins[0]),
        "origins": len(first.origins),
        "begins": [str(series.times[first.origins[i]]) for i in (0, -1)],
    }
    machine = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "packages": versions(plan.engine),
    }
    rows = [row(series, trial) for trial in trials]
    return Record(command, about, {**asdict(plan), "seeds": list(plan.seeds)}, machine, rows)


def write(found: Record, path: Path) -> None:
    """Write a record as JSON, whole or not at all."""
    whole = {"format": FORMAT, "schema": SCHEMA, **asdict(found)}
    write_whole(path, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> Record:
    """The record in a file; UserError where it cannot be read or is none."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}.") from None
    except ValueError as error:
        raise UserError(f"cannot read {path}: it is no JSON ({error}).") from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise UserError(
            f"{path} is no record of forecasts; `python -m rnn.forecasting` writes them."
        )
    if whole.get("schema") != SCHEMA or set(whole) != KEYS:
        raise UserError(
            f"{path} has another schema than {SCHEMA}; make it anew: its command is in it."
        )
    try:
        rows = [Row(**one) for one in whole["rows"]]
        for one in rows:
            lengths = {len(one.steps[name]) for name in MEASURES}
            if len(lengths) != 1 or set(one.whole) != set(MEASURES):
                raise ValueError("a row lacks a measure")
    except (TypeError, KeyError, ValueError) as error:
        raise UserError(f"cannot read {path}: a row is damaged ({error}).") from None
    return Record(whole["command"], whole["series"], whole["settings"], whole["machine"], rows)
