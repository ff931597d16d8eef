"""Occlusion is the loss of score under squares that cover every pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, shapes
from cnn.occlusion import occlusion
from scratch.seeing import scores

NET = build(plain(3), dtype="float64", seed=1)
X = shapes(3).x_test[:2].astype(np.float64)
LABELS = np.array([2, 0])


@pytest.mark.parametrize(("size", "stride", "fill"), [(4, 3, 0.5), (5, 5, None), (12, 1, 0.0)])
def test_it_is_the_mean_loss_over_the_squares_that_cover_a_pixel(
    size: int, stride: int, fill: Any
) -> None:
    starts = [*range(0, 12 - size, stride), 12 - size]
    lost: dict[tuple[int, int, int], list[float]] = {}
    for n, image in enumerate(X):
        before = scores(NET, X, LABELS)[n]
        for row in starts:
            for column in starts:
                copy = image.copy()
                square = np.s_[row : row + size, column : column + size]
                copy[square] = image.mean(axis=(0, 1)) if fill is None else fill
                after = scores(NET, copy[None], LABELS[n])[0]
                for h in range(row, row + size):
                    for w in range(column, column + size):
                        lost.setdefault((n, h, w), []).append(before - after)
    found = occlusion(NET, X, LABELS, size, stride, fill)
    assert found.shape == (2, 12, 12)
    assert len(lost) == found.size
    for place, drops in lost.items():
        assert found[place] == pytest.approx(np.mean(drops), rel=1e-9, abs=1e-12)


def test_only_what_the_network_looks_at_costs_something() -> None:
    layers = (spec.Flatten(), spec.Dense(2, bias=False))
    model = spec.Model("one-pixel", (8, 6, 1), layers, spec.SoftmaxCrossEntropy())
    net = build(model, dtype="float64")
    weight = np.zeros((8, 6, 2))
    weight[5, 2, 1] = 3
    net.load_parameters({"dense1.weight": weight.reshape(48, 2)})
    found = occlusion(net, np.ones((1, 8, 6, 1)), 1, size=1, stride=1, fill=0)[0]
    np.testing.assert_allclose(found, np.where(weight[..., 1] > 0, 3, 0))


def test_the_picture_itself_stays_as_it_is() -> None:
    x = X.copy()
    occlusion(NET, x, LABELS)
    np.testing.assert_array_equal(x, X)


def test_what_cannot_be_asked_is_refused() -> None:
    for size in (0, 13):
        text = refusal(lambda size=size: occlusion(NET, X, LABELS, size))  # type: ignore[misc]
        assert f"a square of {size} pixels does not fit on pictures of 12 by 12" in text
    for stride in (0, 4):
        text = refusal(lambda stride=stride: occlusion(NET, X, LABELS, 3, stride))  # type: ignore[misc]
        assert f"squares of 3 pixels cannot lie {stride} pixels apart" in text
    assert "no class 3" in refusal(lambda: occlusion(NET, X, 3))
    grey = shapes(1).x_test[:2]
    assert "x has shape (2, 12, 12, 1)" in refusal(lambda: occlusion(NET, grey, LABELS))
