"""What holds the weights down closes the gap, and the same bits are drawn twice."""

from __future__ import annotations

import math
import re
from pathlib import Path

from scratch.experiments.regularisation import WAYS, model, run
from scratch.testing.staged import repeats


def test_the_gap_closes_and_the_same_is_drawn_twice(tmp_path: Path) -> None:
    said = repeats(run, tmp_path, "regularisation-loss.png", "regularisation-boundary.png")
    lines = re.findall(r"^(.+?) +loss ([\d.]+) on its own points, ([\d.]+) on", said, flags=re.M)
    gaps = {way: float(test) - float(train) for way, train, test in lines}
    assert list(gaps) == list(WAYS)
    assert gaps["neither"] > max(gaps["weight decay"], gaps["dropout"]) > gaps["both"]


def test_the_network_is_as_large_as_the_title_says() -> None:
    weights = sum(math.prod(info.shape) for info in model(0.5).parameters().values())
    assert round(weights, -3) == 17_000
