"""One neighbour makes no mistake on its own points, and the same bits are drawn twice."""

from __future__ import annotations

import re
from pathlib import Path

from scratch.demos.knn import run
from scratch.testing.staged import repeats


def test_few_neighbours_and_many(tmp_path: Path) -> None:
    said = repeats(run, tmp_path, "knn-regions.png", "knn-mistakes.png")
    lines = re.findall(r"k = +(\d+): wrong ([\d.]+)% of its own points, ([\d.]+)%", said)
    assert not re.search(r"\bk \d+\.\d", said)  # k is a whole number
    (one, own, others), (best, _, least), (_, _, many) = lines
    assert (one, own) == ("1", "0.0")
    assert 1 < int(best) < 151
    assert float(least) < min(float(others), float(many))
