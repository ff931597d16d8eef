"""The demo tells how far each network comes, draws it, and does so the same twice."""

from __future__ import annotations

import re
from pathlib import Path

from rnn.demos import memory
from scratch.testing.staged import repeats


def test_it_tells_of_every_network_and_draws(tmp_path: Path) -> None:
    said = repeats(memory.run, tmp_path, "memory-adding.png", "memory-copy.png")
    assert "0.1667 mean squared error without a memory" in said
    for kind in memory.KINDS:
        assert len(re.findall(rf"^ +{kind} +\d\.\d{{4}}, [\d.]+% of that$", said, flags=re.M)) == 2
