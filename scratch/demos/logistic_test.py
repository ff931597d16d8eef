"""Descent and Newton's method end in one place, and the same bits are drawn twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scratch.demos.logistic import run
from scratch.testing.staged import repeats


def test_two_ways_to_one_line(tmp_path: Path) -> None:
    names = ("logistic-boundary.png", "logistic-curves.png", "logistic-boundary.gif")
    said = repeats(run, tmp_path, *names)
    ways = re.findall(r"(\d+) steps, loss ([\d.]+), slope ([\d.e-]+)", said)
    descent, newton = ([float(number) for number in way] for way in ways)
    assert descent[1] == pytest.approx(newton[1], abs=1e-4)
    assert newton[0] < descent[0] == 30
    assert newton[2] < 1e-8
    found = re.search(r"test accuracy ([\d.]+)%", said)
    assert found
    assert 80 < float(found[1]) < 95
