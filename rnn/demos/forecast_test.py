"""The demos of forecasts: the same pictures twice, a table, and a word on who was better."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from brain import data
from brain.data import timeseries
from brain.errors import UserError
from brain.stage import Stage
from rnn.demos import forecast, sunspots
from scratch.testing.staged import quick, repeats

PICTURES = ("forecasts", "one-step", "errors")


@pytest.mark.parametrize(
    ("name", "run", "series"),
    [("forecast", forecast.run, "airline"), ("sunspots", sunspots.run, "sunspots")],
)
def test_it_forecasts_and_compares(
    tmp_path: Path,
    name: str,
    run: Callable[[Stage], None],
    series: str,
) -> None:
    if not data.describe(series).available():
        pytest.skip(f"the data set {series} is not here: brain data get {series}")
    said = repeats(run, tmp_path, *(f"{name}-{picture}.png" for picture in PICTURES))
    for word in ("naive", "linear autoregression, direct", "forecast-gru, recursive (MASE"):
        assert word in said


def test_a_computed_series_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> timeseries.Series:
        raise UserError(f"{name} cannot be had.")

    monkeypatch.setitem(data.table.SERIES, "airline", lambda: nowhere("airline"))
    made, said = quick(forecast.run, tmp_path)
    assert [path.stem for path in made] == [f"forecast-{picture}" for picture in PICTURES]
    assert "stands in for airline: airline cannot be had." in said
