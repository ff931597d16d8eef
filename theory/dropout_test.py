"""The equations of dropout.md, held against the code."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from brain import spec
from brain.engine import build
from brain.randomness import dropout_mask
from theory.equations import MANY, Array, chance, near, normal, same, slope

RATE = 0.3
DROPOUT = spec.Model("dropout", (4, 3), (spec.Dropout(RATE),), spec.MeanSquaredError())


def dropped(x: Array, dy: Array | None = None) -> Any:
    return build(DROPOUT, seed=2, dtype="float64").trace(x, dy=dy, training=True)


def test_dropout_1_forward() -> None:
    x = normal("x", 500, 4, 3)
    y = dropped(x).outputs["dropout1"]
    gone = y == 0
    same(y, np.where(gone, 0, x / (1 - RATE)))
    assert abs(gone.mean() - RATE) < 4 * math.sqrt(RATE * (1 - RATE) / x.size)  # 4 deviations
    same(build(DROPOUT, dtype="float64").predict(x), x)


def test_dropout_2_gradient_of_the_input() -> None:
    x, dy = normal("x", 5, 4, 3), normal("dy", 5, 4, 3)
    dx = dropped(x, dy).d_input
    same(dx, dropout_mask(2, 0, "dropout1", x.shape, RATE, x.dtype) * dy)
    near(dx, slope(lambda x: np.sum(dy * dropped(x).outputs["dropout1"]), x))


def test_dropout_3_mean_and_variance_of_the_mask() -> None:
    m, probability = np.array([0, 1 / (1 - RATE)]), np.array([RATE, 1 - RATE])
    same(probability @ m, 1)
    same(probability @ (m - 1) ** 2, RATE / (1 - RATE))
    mask = dropout_mask(0, 0, "dropout1", (MANY,), RATE, np.dtype("float64"))
    chance(mask.var(), RATE / (1 - RATE))
    chance(mask.mean(), 1)
