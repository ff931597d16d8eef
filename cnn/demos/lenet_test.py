"""LeNet's demo trains, and looks at what it has learned."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain import data
from brain.testing.refusals import refusal
from cnn.demos import lenet
from cnn.look import KINDS
from scratch.testing.staged import quick


def test_it_trains_and_looks(tmp_path: Path) -> None:
    if not data.describe("mnist").available():
        pytest.skip("the files of mnist are not here")
    paths, said = quick(lenet.run, tmp_path)
    assert [path.stem for path in paths] == [f"lenet-{kind}" for kind in ("loss", *KINDS)]
    assert "lenet tells" in said


def test_without_the_data_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAIN_DATA", "not absolute")
    assert "BRAIN_DATA" in refusal(lambda: quick(lenet.run, tmp_path))
