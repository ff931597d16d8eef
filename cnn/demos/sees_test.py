"""Five ways to ask are drawn for the answer and for its rival, on colour pictures."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from brain import data
from brain.engine import build
from brain.testing.shapes import shapes
from cnn.demos import sees
from scratch.testing.staged import quick, repeats

DRAWN = ("sees-answer.png", "sees-rival.png")


def test_on_generated_pictures(tmp_path: Path) -> None:
    dataset = shapes(3)
    net = build(sees.small(dataset))
    run = partial(sees.compare, net=net, dataset=dataset)
    said = repeats(run, tmp_path, *DRAWN)
    assert said.count("what its score is above that of a black one, but for ") == 2


def test_on_cifar(tmp_path: Path) -> None:
    if not data.describe("cifar10").available():
        pytest.skip("the files of cifar10 are not here")
    paths, said = quick(sees.run, tmp_path)
    assert [path.name for path in paths] == ["sees-loss.png", *DRAWN]
    assert "colours tells" in said
