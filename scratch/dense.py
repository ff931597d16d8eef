"""Dense, in loops and fast. theory/dense.md

N batch (and any axes between), D in, H out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context

Array = NDArray[Any]
Params = dict[str, Any]


def plain_dense(params: Params, x: Array) -> Array:
    """Dense in loops over `x (N, D)`: the equation, number by number. theory/dense.md (1)"""
    weight, (samples, width) = params["weight"], x.shape
    units = weight.shape[1]
    z = np.zeros((samples, units), dtype=x.dtype)
    for n in range(samples):
        for j in range(units):
            z[n, j] = params["bias"][j] if "bias" in params else 0
            for i in range(width):
                z[n, j] += x[n, i] * weight[i, j]
    return z


def plain_d_dense(params: Params, x: Array, dz: Array) -> tuple[Array, Params]:
    """The derivatives of `plain_dense`: each product passes its share both ways. (2) to (4)"""
    weight = params["weight"]
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(weight[0])
    for n in range(len(x)):
        for j in range(weight.shape[1]):
            dbias[j] += dz[n, j]
            for i in range(x.shape[1]):
                dweight[i, j] += x[n, i] * dz[n, j]
                dx[n, i] += dz[n, j] * weight[i, j]
    return dx, {"weight": dweight, "bias": dbias} if "bias" in params else {"weight": dweight}


def ones(count: int, like: Array) -> Array:
    """`count` ones of the kind and dtype of `like`, `(count,)`.

    `np.ones(count, like=like)` takes twice as long, and says `device=` to a library of arrays that
    may not know it.
    """
    row = np.empty(count, dtype=like.dtype, like=like)
    row[...] = 1
    return row


def row_sums(array: Array) -> Array:
    """The sums over all axes but the last, `(..., C)` to `(C,)`: those of a bias's gradient.

    As a product with ones: `sum` adds short rows one after another, which takes up to ten times as
    long and rounds more.
    """
    rows = array.reshape(-1, array.shape[-1])
    return np.matmul(ones(len(rows), rows), rows)


def by_line(x: Array) -> Array:
    """x with its last two axes as one: NumPy is slow where the last is short, as C often is."""
    return x.reshape(-1, math.prod(x.shape[-2:])) if x.ndim > 2 else x  # (L, W C)


def along(line: Array, values: Array) -> Array:
    """A number for each channel, over and over, as long as a line."""
    return np.tile(values, line.shape[-1] // len(values))  # (W C,)


def dense(spec: spec.Dense, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
    z = context.empty("z", (*x.shape[:-1], spec.units), x)
    np.matmul(x, params["weight"], out=z)
    if spec.bias:
        z += params["bias"]
    return z, x  # theory/dense.md (1)


def d_dense(
    spec: spec.Dense, params: Params, x: Array, dz: Array, context: Context
) -> tuple[Array | None, Params]:
    weight = params["weight"]
    x_rows, dz_rows = x.reshape(-1, x.shape[-1]), dz.reshape(-1, spec.units)  # (N, D), (N, H)
    dweight = context.empty("dweight", weight.shape, weight)
    grads: Params = {"weight": np.matmul(x_rows.T, dz_rows, out=dweight)}  # (2)  (D, H)
    if spec.bias:
        grads["bias"] = row_sums(dz_rows)  # (3)  (H,)
    if not context.wants_dx:
        return None, grads
    return np.matmul(dz, weight.T, out=context.empty("dx", x.shape, x)), grads  # (4)  (N, D)
