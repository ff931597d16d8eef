"""Pooling: one number for each window and channel. theory/pooling.md

Where windows lie is told by `scratch.windows.Windows`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.windows import Windows, pieces

Array = NDArray[Any]
Params = dict[str, Any]
Pool = spec.MaxPool2D | spec.AvgPool2D

# N batch, H and W height and width, C channels; P and Q rows and columns of windows


def _windows(spec: Pool, shape: tuple[int, ...]) -> Windows:
    return Windows.on(shape, spec.size, spec.step, spec.padding)


def plain_max_pool(spec: spec.MaxPool2D, x: Array) -> Array:
    """The largest real cell of each window, in loops. theory/pooling.md (1)"""
    y = np.zeros((len(x), *spec.output_shape(x.shape[1:])), dtype=x.dtype)
    for (p, q), cells in _windows(spec, x.shape).plain():
        for n in range(len(x)):
            for c in range(x.shape[-1]):
                y[n, p, q, c] = max(x[n, h, w, c] for _, _, h, w in cells)
    return y


def plain_d_max_pool(spec: spec.MaxPool2D, x: Array, dy: Array) -> Array:
    """The window's whole gradient for the cell that won, the first of several. (2)"""
    dx = np.zeros_like(x)
    for (p, q), cells in _windows(spec, x.shape).plain():
        for n in range(len(x)):
            for c in range(x.shape[-1]):
                winner, largest = cells[0][2:], x[n, cells[0][2], cells[0][3], c]
                for _, _, h, w in cells:
                    if x[n, h, w, c] > largest:
                        winner, largest = (h, w), x[n, h, w, c]
                dx[n, *winner, c] += dy[n, p, q, c]
    return dx


def max_pool(spec: spec.MaxPool2D, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    where = _windows(spec, x.shape)
    padded = where.padded(x, -np.inf, context)
    y = context.empty("y", (len(x), *spec.output_shape(x.shape[1:])), x)
    for piece in pieces(len(x), padded[0].size, context):
        (_, _, first), *others = where.cells(padded[piece])
        y[piece] = first
        for _, _, cells in others:
            np.maximum(y[piece], cells, out=y[piece])  # theory/pooling.md (1)
    return y, (x.shape, padded, y)


def d_max_pool(
    spec: spec.MaxPool2D, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    shape, padded, y = cache
    where = _windows(spec, shape)
    dx = context.empty("dx", padded.shape, dy)
    for piece in pieces(len(dy), padded[0].size, context):
        dx[piece] = 0
        both = zip(where.cells(padded[piece]), where.cells(dx[piece]), strict=True)
        free = np.empty(y[piece].shape, dtype=bool, like=y)  # windows that no cell has won yet
        free[...] = True
        for (_, _, cells), (_, _, d_cells) in both:
            wins = np.logical_and(cells == y[piece], free)  # the first that equals the maximum
            free ^= wins
            if where.stride < where.size:  # the cell may lie in other windows too
                d_cells += dy[piece] * wins
            else:
                np.multiply(dy[piece], wins, out=d_cells)  # (2)
    return where.inside(dx), {}  # (N, H, W, C)


def plain_avg_pool(spec: spec.AvgPool2D, x: Array) -> Array:
    """The mean of each window's real cells, in loops. theory/pooling.md (3)"""
    y = np.zeros((len(x), *spec.output_shape(x.shape[1:])), dtype=x.dtype)
    for (p, q), cells in _windows(spec, x.shape).plain():
        for _, _, h, w in cells:
            y[:, p, q] += x[:, h, w] / len(cells)
    return y


def plain_d_avg_pool(spec: spec.AvgPool2D, x: Array, dy: Array) -> Array:
    """An equal share of the window's gradient for each of its real cells. (4)"""
    dx = np.zeros_like(x)
    for (p, q), cells in _windows(spec, x.shape).plain():
        for _, _, h, w in cells:
            dx[:, h, w] += dy[:, p, q] / len(cells)
    return dx


def avg_pool(spec: spec.AvgPool2D, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    where = _windows(spec, x.shape)
    y = context.empty("y", (len(x), *spec.output_shape(x.shape[1:])), x)
    y[...] = 0
    for _, _, cells in where.cells(where.padded(x, 0, context)):
        y += cells
    y /= _real_cells(where, x)  # theory/pooling.md (3)
    return y, x.shape


def d_avg_pool(
    spec: spec.AvgPool2D, params: Params, shape: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    where = _windows(spec, shape)
    dx = where.blank("dx", 0, shape, dy, context)
    share = np.divide(
        dy, _real_cells(where, dy), out=context.empty("share", dy.shape, dy)
    )  # (N, P, Q, C)
    for _, _, cells in where.cells(dx):
        cells += share  # (4)
    return where.inside(dx), {}  # (N, H, W, C)


def _real_cells(where: Windows, like: Array) -> Array:
    """How many cells of each window are on the image, `(P, Q, 1)`. theory/pooling.md (7)"""
    sides = []
    for length, (count, before, _) in ((where.height, where.rows), (where.width, where.columns)):
        first = np.arange(count, dtype=like.dtype, like=like) * where.stride - before
        sides.append(np.minimum(first + where.size, length) - np.maximum(first, 0))
    rows, columns = sides
    return rows[:, None, None] * columns[:, None]


def global_avg_pool(
    spec: spec.GlobalAvgPool2D, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    return x.mean(axis=(1, 2)), x.shape  # theory/pooling.md (5)  (N, C)


def d_global_avg_pool(
    spec: spec.GlobalAvgPool2D, params: Params, shape: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    dx = context.empty("dx", shape, dy)
    dx[...] = (dy / (shape[1] * shape[2]))[:, None, None]  # (6)
    return dx, {}
