"""The picture of day 4: its numbers, and that it is the same bits twice."""

from __future__ import annotations

from pathlib import Path

from scratch.testing.staged import repeats
from scratch.week1 import graph


def test_the_graph_of_day_4_has_the_slopes_of_its_page(tmp_path: Path) -> None:
    said = repeats(graph.run, tmp_path, "day4-graph.png")
    assert said.startswith("f = -12; df/dx = -4, df/dy = -4, df/dz = 3")
    assert (tmp_path / "one" / "day4-graph.png").stat().st_size < 60_000
