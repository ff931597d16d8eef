"""The bowl is the loss of every line, and the way down ends at its floor."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from scratch.classic.linear import LinearRegression
from scratch.demos import linear
from scratch.testing.staged import repeats


def test_both_ways_find_the_line_and_the_same_is_drawn_twice(tmp_path: Path) -> None:
    said = repeats(linear.run, tmp_path, "linear-bowl.png", "linear-fit.png")
    lines = dict(re.findall(r"^(normal|made|.+down) .*y = ([\d.]+ x \+ [\d.]+)", said, flags=re.M))
    exact, made, descent = (
        [float(number) for number in lines[name].split(" x + ")]
        for name in ("normal", "made", "200 steps down")
    )
    assert descent == pytest.approx(exact, abs=0.002)
    assert exact == pytest.approx(made, abs=0.3)


def test_the_bowl_is_the_mean_squared_error() -> None:
    x, y = linear.points(2)
    across, up = np.array([0.0, 1.0, 2.0]), np.array([-1.0, 3.0])
    heights = linear.bowl(across, up, x, y)
    assert heights.shape == (2, 3)
    assert heights[1, 2] == pytest.approx(np.mean((2 * x[:, 0] + 3 - y) ** 2))
    exact = LinearRegression().fit(x, y)
    floor = linear.bowl(exact.weight, exact.bias[None], x, y)
    assert floor.item() <= heights.min()
