"""The convolution, in loops and fast. theory/conv2d.md

Images are `(N, H, W, C)`; `scratch.windows` says where the windows lie that a kernel is laid on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.dense import along, by_line, row_sums
from scratch.windows import Windows, pieces

Array = NDArray[Any]
Params = dict[str, Any]

# N batch, H and W height and width, C channels, F filters, G groups, k size of the window;
# P and Q rows and columns of windows: the height and width of the output


def _windows(spec: spec.Conv2D, shape: tuple[int, ...]) -> Windows:
    return Windows.on(shape, spec.kernel, spec.stride, spec.padding, spec.dilation)


Place = tuple[int, ...]


def _products(
    spec: spec.Conv2D, shape: tuple[int, ...], channels: int
) -> Iterator[tuple[Place, Place, Place]]:
    """The places in z, x and weight of every product that a convolution adds up."""
    filters = spec.filters // spec.groups
    for (p, q), cells in _windows(spec, shape).plain():
        for i, j, h, w in cells:
            for n in range(shape[0]):
                for f in range(spec.filters):
                    first = f // filters * channels  # the first channel of the filter's group
                    for c in range(channels):
                        yield (n, p, q, f), (n, h, w, first + c), (i, j, c, f)


def plain_conv2d(spec: spec.Conv2D, params: Params, x: Array) -> Array:
    """The convolution in loops, product by product. theory/conv2d.md (1)"""
    z = np.zeros((len(x), *spec.output_shape(x.shape[1:])), dtype=x.dtype)
    weight = params["weight"]
    for out, into, by in _products(spec, x.shape, weight.shape[2]):
        z[out] += x[into] * weight[by]
    return z + params["bias"] if "bias" in params else z


def plain_d_conv2d(spec: spec.Conv2D, params: Params, x: Array, dz: Array) -> tuple[Array, Params]:
    """The derivatives of `plain_conv2d`: each product passes its share both ways. (2) to (4)"""
    weight = params["weight"]
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for out, into, by in _products(spec, x.shape, weight.shape[2]):
        dweight[by] += x[into] * dz[out]
        dx[into] += dz[out] * weight[by]
    if "bias" not in params:
        return dx, {"weight": dweight}
    return dx, {"weight": dweight, "bias": dz.sum(axis=(0, 1, 2))}


def conv2d(spec: spec.Conv2D, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
    where, weight, groups = _windows(spec, x.shape), params["weight"], spec.groups
    z = context.empty("z", (len(x), *spec.output_shape(x.shape[1:])), x)  # (N, P, Q, F)
    for piece, patches in where.patches(x, groups, context):  # theory/conv2d.md (5)
        np.matmul(patches, by_group(weight, groups), out=by_group(z[piece], groups))  # (6)
        if spec.bias:
            lines = by_line(z[piece])
            lines += along(lines, params["bias"])
    return z, x


def d_conv2d(
    spec: spec.Conv2D, params: Params, x: Array, dz: Array, context: Context
) -> tuple[Array | None, Params]:
    weight = params["weight"]
    same = spec.stride == 1 and dz.shape[1:3] == x.shape[1:3]
    if same and spec.filters <= 2 * x.shape[-1]:  # else the windows of x are much smaller
        dx, dweight = _d_both(spec, weight, x, dz, context)
    else:
        dweight = _d_weight(spec, weight, x, dz, context)
        dx = _d_input(spec, weight, x, dz, context) if context.wants_dx else None
    if not spec.bias:
        return dx, {"weight": dweight}
    return dx, {"weight": dweight, "bias": row_sums(dz)}  # (3)


def _d_weight(spec: spec.Conv2D, weight: Array, x: Array, dz: Array, context: Context) -> Array:
    """From the windows of x, which are copied out again: to remember them would be dearer."""
    where, groups = _windows(spec, x.shape), spec.groups
    dweight = context.empty("dweight", weight.shape, weight)
    total = by_group(dweight, groups)  # (G, k k C/G, F/G)
    total[...] = 0
    for piece, patches in where.patches(x, groups, context):
        total += np.matmul(patches.swapaxes(1, 2), by_group(dz[piece], groups))  # (7)
    return dweight


def _d_input(spec: spec.Conv2D, weight: Array, x: Array, dz: Array, context: Context) -> Array:
    """Place by place in the windows: right for any stride."""
    where, groups = _windows(spec, x.shape), spec.groups
    dx = where.blank("dx", 0, x.shape, dz, context)
    for piece in pieces(len(x), dz[0].size, context):
        share = context.room.empty("share", (*dz[piece].shape[:3], x.shape[-1]), dz)  # (N, P, Q, C)
        for i, j, cells in where.cells(dx[piece]):
            back = by_group(weight[i, j], groups).swapaxes(1, 2)  # (G, F/G, C/G)
            np.matmul(by_group(dz[piece], groups), back, out=by_group(share, groups))
            cells += share  # (8)
    return where.inside(dx)  # (N, H, W, C)


def _d_both(
    spec: spec.Conv2D, weight: Array, x: Array, dz: Array, context: Context
) -> tuple[Array | None, Array]:
    """dx and dweight from the windows of dz, where they lie on z as those of z lie on x.

    Then (4) is a convolution of dz with the kernel turned by 180 degrees. And a window of dz holds
    all that one cell of x is multiplied with in (2).
    """
    where, groups, k = _windows(spec, x.shape).turned(), spec.groups, spec.kernel
    # whoever was given z has gone back before: it makes room
    key = "z" if x.shape == dz.shape else "dx"
    dx = context.empty(key, x.shape, x) if context.wants_dx else None
    turned = weight[::-1, ::-1].reshape(k, k, -1, groups, spec.filters // groups)
    back = turned.transpose(3, 0, 1, 4, 2).reshape(groups, -1, turned.shape[2])  # (G, k k F/G, C/G)
    total = context.empty("dturned", back.swapaxes(1, 2).shape, weight)  # (G, C/G, k k F/G)
    total[...] = 0
    for piece, patches in where.patches(dz, groups, context):
        if dx is not None:
            np.matmul(patches, back, out=by_group(dx[piece], groups))  # (4)
        total += np.matmul(by_group(x[piece], groups).swapaxes(1, 2), patches)  # (2)
    dturned = total.reshape(groups, -1, k, k, spec.filters // groups).transpose(2, 3, 1, 0, 4)
    dweight = context.empty("dweight", weight.shape, weight)
    dweight[...] = dturned.reshape(weight.shape)[::-1, ::-1]
    return dx, dweight


def by_group(array: Array, groups: int) -> Array:
    """`(..., F)` as one matrix a group, `(G, rows, F/G)`: a view where `array` is contiguous."""
    return array.reshape(-1, groups, array.shape[-1] // groups).transpose(1, 0, 2)
