"""The equations of pooling.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.spec.images import windows
from scratch.context import Context
from scratch.pooling import (
    avg_pool,
    d_avg_pool,
    d_global_avg_pool,
    d_max_pool,
    global_avg_pool,
    max_pool,
)
from theory.equations import Array, near, normal, same, slope

X = normal("x", 3, 5, 6, 2)
WINDOWS: list[dict[str, Any]] = [
    {"size": 2},
    {"size": 3, "stride": 2, "padding": 1},
    {"size": 3, "stride": 2, "padding": "same"},
    {"size": 3, "stride": 1, "padding": 2},
]
each = pytest.mark.parametrize("options", WINDOWS, ids=str)


def cotangent(layer: spec.Layer) -> Array:
    return normal("dy", len(X), *layer.output_shape(X.shape[1:]))


def max_forward(layer: spec.MaxPool2D, x: Array = X) -> Array:
    return max_pool(layer, {}, x, Context())[0]


def max_backward(layer: spec.MaxPool2D, x: Array = X) -> Any:
    cache = max_pool(layer, {}, x, Context())[1]
    return d_max_pool(layer, {}, cache, cotangent(layer), Context())[0]


def avg_forward(layer: spec.AvgPool2D, x: Array = X) -> Array:
    return avg_pool(layer, {}, x, Context())[0]


def real(layer: Any) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """R of the page: the real cells of every window, row by row."""
    height, width = X.shape[1:3]
    rows, above, _ = windows(height, layer.size, layer.step, layer.padding)
    columns, left, _ = windows(width, layer.size, layer.step, layer.padding)
    return {
        (p, q): [
            (h, w)
            for h in range(height)
            for w in range(width)
            if 0 <= h - p * layer.step + above < layer.size
            and 0 <= w - q * layer.step + left < layer.size
        ]
        for p in range(rows)
        for q in range(columns)
    }


@each
def test_pooling_1_maximum(options: dict[str, Any]) -> None:
    layer = spec.MaxPool2D(**options)
    y = max_forward(layer, X - 3)  # all negative, nearly: zeros around the image would win
    for (p, q), cells in real(layer).items():
        same(y[:, p, q], np.max([X[:, h, w] - 3 for h, w in cells], axis=0))
    assert y.shape == cotangent(layer).shape


@each
def test_pooling_2_gradient_of_the_maximum(options: dict[str, Any]) -> None:
    layer = spec.MaxPool2D(**options)
    dy = cotangent(layer)
    near(max_backward(layer), slope(lambda x: np.sum(dy * max_forward(layer, x)), X))
    ties = np.round(X)
    wanted = np.zeros_like(X)
    for (p, q), cells in real(layer).items():
        for n, c in np.ndindex(len(X), X.shape[-1]):
            first = int(np.argmax([ties[n, h, w, c] for h, w in cells]))
            wanted[n, *cells[first], c] += dy[n, p, q, c]
    same(max_backward(layer, ties), wanted)


@each
def test_pooling_3_mean(options: dict[str, Any]) -> None:
    layer = spec.AvgPool2D(**options)
    y = avg_forward(layer)
    for (p, q), cells in real(layer).items():
        same(y[:, p, q], sum(X[:, h, w] for h, w in cells) / len(cells))
    assert y.shape == cotangent(layer).shape


@each
def test_pooling_4_gradient_of_the_mean(options: dict[str, Any]) -> None:
    layer = spec.AvgPool2D(**options)
    dy, wanted = cotangent(layer), np.zeros_like(X)
    for (p, q), cells in real(layer).items():
        for h, w in cells:
            wanted[:, h, w] += dy[:, p, q] / len(cells)
    dx, _ = d_avg_pool(layer, {}, avg_pool(layer, {}, X, Context())[1], dy, Context())
    same(dx, wanted)
    near(dx, slope(lambda x: np.sum(dy * avg_forward(layer, x)), X))


def test_pooling_5_6_global_mean() -> None:
    layer, dy = spec.GlobalAvgPool2D(), normal("dy", 3, 2)
    y, cache = global_avg_pool(layer, {}, X, Context())
    same(y, [[x[:, :, c].sum() / (5 * 6) for c in range(2)] for x in X])
    dx, _ = d_global_avg_pool(layer, {}, cache, dy, Context())
    same(dx, np.ones_like(X) * dy.reshape(3, 1, 1, 2) / (5 * 6))
    near(dx, slope(lambda x: np.sum(dy * global_avg_pool(layer, {}, x, Context())[0]), X))


@each
def test_pooling_7_how_many_cells_are_real(options: dict[str, Any]) -> None:
    layer = spec.AvgPool2D(**options)
    k, s = layer.size, layer.step
    _, above, _ = windows(5, k, s, layer.padding)
    _, left, _ = windows(6, k, s, layer.padding)
    for (p, q), cells in real(layer).items():
        rows = min(p * s - above + k, 5) - max(p * s - above, 0)
        columns = min(q * s - left + k, 6) - max(q * s - left, 0)
        assert len(cells) == rows * columns
