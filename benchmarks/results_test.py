"""A result is read as it was written; what is none, or another machine's, is one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.results import baseline, load
from benchmarks.testing.made import MACHINE, results, row
from brain.testing.refusals import refusal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "r.json"
    results(row("numpy", [1.0, 2.0]), row("torch-eager", [0.5])).save(file)
    return file


def test_what_is_written_is_read(path: Path) -> None:
    found = load(path)
    assert found.complete
    assert [r.contender for r in found.rows] == ["numpy", "torch-eager"]
    assert found.rows[0].phases["step"].seconds == [[1.0], [2.0]]
    assert list(found.groups()) == [("mlp-wide", 128, 1.0, "cpu", "float32")]


def test_samples_have_four_digits(tmp_path: Path) -> None:
    results(row("numpy", [1.23456789e-5])).save(tmp_path / "r.json")
    assert load(tmp_path / "r.json").rows[0].phases["step"].seconds == [[1.235e-5]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 2}, "has schema 2, and only 1 is known"),
        ({"format": "x"}, "is no result of brain bench"),
        ({"rows": [{"workload": 3}]}, "is damaged: rows.0.workload"),
        ({"settings": None}, "is damaged: settings"),
    ],
)
def test_what_is_no_result_is_refused(path: Path, change: dict[str, Any], words: str) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert words in refusal(lambda: load(path))


@pytest.mark.parametrize("text", ["", "[1]", "no", '"x"', "\ud800"[:0] + "{"])
def test_what_is_no_json_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    assert str(path) in refusal(lambda: load(path))


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    assert "cannot read" in refusal(lambda: load(tmp_path))
    assert "cannot read" in refusal(lambda: load(tmp_path / "none.json"))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("cpu", "Another", "cpu A Processor there and Another here"),
        ("threads", 8, "threads 2 there and 8 here"),
        ("gpu", {"name": "G"}, "gpu None there and G here"),
    ],
)
def test_another_machine_is_no_baseline(path: Path, key: str, value: Any, words: str) -> None:
    assert baseline(path, {**MACHINE, "revision": "another"}).rows
    said = refusal(lambda: baseline(path, {**MACHINE, key: value}))
    assert f"was measured on another machine: {words}." in said
