"""Records come back as they were written, and what is none is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from brain import data
from brain.errors import UserError
from rnn.forecasting import records, tables
from rnn.forecasting.networks import Training
from rnn.forecasting.records import Record, Row
from rnn.forecasting.study import Plan, Settings, study


@pytest.fixture(scope="module")
def found() -> Record:
    """A small study of a wave."""
    series = data.series("sine", n=200, noise=0.1)
    settings = Settings(length=8, horizon=4, every=6, training=Training(1))
    plan = Plan(settings, paths=5, seeds=(0, 1), strategies=("direct",))
    return records.record("a command", series, plan, list(study(plan, series)))


def test_written_and_read(found: Record, tmp_path: Path) -> None:
    records.write(found, tmp_path / "a.json")
    again = records.read(tmp_path / "a.json")
    assert again.rows == found.rows
    assert again.series == found.series
    assert tables.cells(again) == tables.cells(found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "it is no JSON"),
        ("[1]", "is no record of forecasts"),
        ('{"format": "another"}', "is no record of forecasts"),
        ('{"format": "inside-ai-brain forecasts", "schema": 7}', "another schema than 1"),
        ('{"format": "inside-ai-brain forecasts"}', "another schema than 1"),
    ],
)
def test_what_is_no_record(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(UserError, match=words):
        records.read(path)
    with pytest.raises(UserError, match="cannot read"):
        records.read(tmp_path / "none.json")


def test_a_damaged_row(found: Record, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    records.write(found, path)
    first = json.loads(path.read_text())["rows"][0]
    damages: list[dict[str, list[dict[str, object]]]] = [
        {"rows": [{}]},
        {"rows": [{**first, "whole": {}}]},
    ]
    for damage in damages:
        path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
        with pytest.raises(UserError, match="a row is damaged"):
            records.read(path)
        records.write(found, path)


def test_it_is_said_who_wins(found: Record) -> None:
    def row(name: str, mase: float, seed: int | None = None) -> Row:
        one = found.rows[0]
        return replace(
            one, forecaster=name, strategy="", seed=seed, whole={**one.whole, "mase": mase}
        )

    rows = [
        row("naive", 2.0),
        row("line", 0.8),
        row("even", 1.1),
        row("net", 0.9, 0),
        row("net", 1.1, 1),
        row("other", 1.1, 0),
    ]
    sentence, other = tables.verdicts(replace(found, rows=rows))
    assert sentence == (
        "net (MASE 1.000) beats naive (2.000); is level with even (1.100); "
        "is beaten by line (0.800)."
    )
    assert "beats naive (2.000); is level with even (1.100); is beaten by line" in other
    last = tables.cells(replace(found, rows=rows))[-2]
    assert "1.000 ± 0.141" in last
