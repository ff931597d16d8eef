"""The experiment learns, and draws the same bits twice."""

from __future__ import annotations

import re
from pathlib import Path

from scratch.experiments.softmax_toy import run
from scratch.testing.staged import repeats


def test_it_learns_and_draws_the_same_twice(tmp_path: Path) -> None:
    names = ("softmax_toy-regions.png", "softmax_toy-loss.png", "softmax_toy-regions.gif")
    said = repeats(run, tmp_path, *names)
    found = re.search(r"test accuracy ([\d.]+)%", said)
    assert found
    assert float(found[1]) > 90
