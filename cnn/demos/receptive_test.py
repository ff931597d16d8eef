"""What units see: the demo needs no data, and its stacks grow as they should."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brain.engine import build
from cnn.demos import receptive
from cnn.receptive import receptive_fields
from scratch.testing.staged import repeats


def test_the_same_is_drawn_twice(tmp_path: Path) -> None:
    said = repeats(receptive.run, tmp_path, "receptive-sizes.png", "receptive-effective.png")
    assert "lenet      a last unit can see 16 pixels across; there are 28" in said


def test_a_stack_of_windows_of_three_sees_two_pixels_more_a_layer() -> None:
    for depth in (1, 5):
        model = receptive.stack(depth, bent=True)
        assert list(receptive_fields(model).values())[-1].size == 2 * depth + 1
    assert np.isfinite(build(receptive.stack(2, bent=False)).predict(np.ones((1, 65, 65, 8)))).all()
