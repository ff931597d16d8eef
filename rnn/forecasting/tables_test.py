"""What stands beside the tables says how they are read."""

from __future__ import annotations

from dataclasses import replace

from rnn.forecasting import tables
from rnn.forecasting.records import Record, Row

SERIES = {
    "title": "Sales", "unit": "units", "season": 12, "training": 1000,
    "origins": 3, "begins": ["2001-01", "2001-03"],
}  # fmt: skip


def made(season: int = 12, horizon: int = 12, seeds: int = 1, intervals: bool = True) -> Record:
    """A record of a naive forecast and a network, all errors alike."""
    measures = ("mae", "rmse", "mase", "mase_naive")
    steps = {name: [0.5 if "mase" in name else 4.0] * horizon for name in measures}
    whole = {name: values[0] for name, values in steps.items()}
    rows = [Row("naive", "", None, steps, whole)]
    held = {"0.8": [0.75] * horizon} if intervals else {}
    rows += [Row("net", "direct", seed, steps, whole, held) for seed in range(seeds)]
    return Record("a command", {**SERIES, "season": season}, {"refit": False}, {}, rows)


def test_it_is_said_what_is_forecast_and_what_the_yardstick_is() -> None:
    assert tables.about(made()) == (
        "Sales (units): 12 values ahead from 3 origins, 2001-01 to 2001-03; learned from the first "
        "1,000 values. On the training part the value 12 before is off by 8 on average: MASE is in "
        "units of that."
    )
    assert "the value before is off by 8" in tables.about(made(season=1))
    perfect = [replace(row, whole={**row.whole, "mase": 0.0}) for row in made().rows]
    assert tables.about(replace(made(), rows=perfect)).endswith("1,000 values.")


def test_the_columns_are_explained_that_are_there() -> None:
    said = tables.columns([made(seeds=2), made(season=1)])
    for words in (
        "MASE (mean absolute scaled error; Hyndman and Koehler, 2006) is the mean absolute error",
        "of the seasonal naive forecast (the value one season before), one step ahead, on the",
        '"1 ahead" to "12 ahead" are the MASE of the forecasts so many steps ahead alone',
        '"MASE by naive"',
        '"in 80%"',
        "±",
        "where their MASE differ by no more than 0.005",
    ):
        assert words in said
    plain = tables.columns([made(season=1, horizon=1, intervals=False)])
    assert "of the naive forecast (the value before), one step ahead" in plain
    for word in ("ahead alone", "1 ahead", "MASE by naive", "in 80%", "±"):
        assert word not in plain


def test_a_narrow_terminal_is_told_of_no_column_that_it_lacks() -> None:
    wide, narrow = (tables.sentences(made(), width) for width in (200, 80))
    assert "12 ahead" in wide[1]
    assert "12 ahead" not in narrow[1]
