"""Dense, in loops and fast. theory/dense.md

N batch (and any axes between), D in, H out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context, Room

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


def sum_of(parts: list[Array]) -> Array:
    """What the threads found, each for its part of the batch, added up in order."""
    total = parts[0]
    for part in parts[1:]:
        total += part
    return total


def bias_gradient(dz: Array, context: Context) -> Array:
    """The sums over all axes but the last, each thread those of its part of the batch."""
    return sum_of(context.split(lambda part, _: row_sums(dz[part]), len(dz), dz.size))


def dense(spec: spec.Dense, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
    z = context.empty("z", (*x.shape[:-1], spec.units), x)

    def multiply(part: slice, own: Room) -> None:
        np.matmul(x[part], params["weight"], out=z[part])
        if spec.bias:
            z[part] += params["bias"]

    context.split(multiply, len(x), x.size + z.size)
    return z, x  # theory/dense.md (1)


def d_dense(
    spec: spec.Dense, params: Params, x: Array, dz: Array, context: Context
) -> tuple[Array | None, Params]:
    weight = params["weight"]
    x_rows, dz_rows = x.reshape(-1, x.shape[-1]), dz.reshape(-1, spec.units)  # (N, D), (N, H)
    dweight = context.empty("dweight", weight.shape, weight)

    def weigh(inputs: slice, own: Room) -> None:  # a part of the inputs: no sums to add up
        np.matmul(x_rows[:, inputs].T, dz_rows, out=dweight[inputs])  # (2)  (D, H)

    context.split(weigh, len(weight), x.size + weight.size)
    grads: Params = {"weight": dweight}
    if spec.bias:
        grads["bias"] = bias_gradient(dz_rows, context)  # (3)  (H,)
    if not context.wants_dx:
        return None, grads
    dx = context.empty("dx", x.shape, x)

    def hand_back(part: slice, own: Room) -> None:
        np.matmul(dz[part], weight.T, out=dx[part])  # (4)  (N, D)

    context.split(hand_back, len(x), x.size + weight.size)
    return dx, grads
