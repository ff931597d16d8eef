"""The paths are those of the engine's optimizers, on the surface of its loss."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from brain import spec
from scratch.experiments import optimizers
from scratch.testing.staged import repeats


def test_each_walks_down_and_draws_the_same_twice(tmp_path: Path) -> None:
    said = repeats(optimizers.run, tmp_path, "optimizers-paths.png", "optimizers-loss.png")
    start = optimizers.network().evaluate(*optimizers.curve(0))["loss"]
    ends = dict(re.findall(r"^(\w+) +rate [\d.]+: loss ([\d.]+)", said, flags=re.M))
    assert list(ends) == list(optimizers.OPTIMIZERS)
    for loss in ends.values():
        assert float(loss) < start / 2


def test_the_surface_is_the_loss_of_two_weights() -> None:
    x, y = optimizers.curve(3)
    across, up = np.array([-1.0, 0.5, 2.0]), np.array([0.3, 1.5])
    found = optimizers.surface(across, up, x, y)
    for (row, column), height in np.ndenumerate(found):
        wanted = np.mean((up[row] * np.tanh(across[column] * x) - y) ** 2)
        np.testing.assert_allclose(height, wanted, rtol=1e-12)


def test_a_path_begins_at_the_start_and_follows_the_slope() -> None:
    x, y = optimizers.curve(0)
    walked: list[tuple[float, float, float]] = []
    ticks = list(optimizers.walk(spec.SGD(0.01), x, y, 5, walked))
    assert [tick.step for tick in ticks] == [1, 2, 3, 4, 5]
    assert walked[0][:2] == optimizers.START
    w1, w2 = optimizers.START
    error = w2 * np.tanh(w1 * x) - y
    d_w2 = np.mean(2 * error * np.tanh(w1 * x))
    d_w1 = np.mean(2 * error * w2 * x / np.cosh(w1 * x) ** 2)
    np.testing.assert_allclose(walked[1][:2], (w1 - 0.01 * d_w1, w2 - 0.01 * d_w2), rtol=1e-12)
