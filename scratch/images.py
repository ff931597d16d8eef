"""Windows over images, and the convolution. theory/conv2d.md

Images are `(N, H, W, C)`. A window of `size` by `size` cells, `dilation` apart, is laid on the
padded image every `stride` cells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from brain import spec
from brain.spec.images import Padding, windows
from scratch.context import Context
from scratch.dense import row_sums

Array = NDArray[Any]
Params = dict[str, Any]

PIECE = 2**18
"""Numbers in the windows that are copied out and multiplied at a time: what a cache can hold."""

# N batch, H and W height and width, C channels, F filters, G groups, k size of the window;
# P and Q rows and columns of windows: the height and width of the output


class Windows(NamedTuple):
    """Where the windows of a layer lie on images of one shape."""

    height: int
    width: int
    size: int
    stride: int
    dilation: int
    rows: tuple[int, int, int]  # how many, and the padding before and after
    columns: tuple[int, int, int]

    @classmethod
    def on(
        cls, shape: tuple[int, ...], size: int, stride: int, padding: Padding, dilation: int = 1
    ) -> Windows:
        """Those on images of `shape (N, H, W, C)`."""
        height, width = shape[1:3]
        rows, columns = (windows(n, size, stride, padding, dilation) for n in (height, width))
        return cls(height, width, size, stride, dilation, rows, columns)

    @property
    def reach(self) -> int:
        """How many cells there are from the first of a window to its last."""
        return (self.size - 1) * self.dilation + 1

    def padded(self, x: Array, value: float, context: Context) -> Array:
        """`x` with the cells around it that the windows see: `x` itself where there are none."""
        if not any(self.rows[1:] + self.columns[1:]):
            return x
        wide = self.blank("padded", value, x.shape, x, context)
        self.inside(wide)[...] = x
        return wide

    def blank(
        self, key: str, value: float, shape: tuple[int, ...], like: Array, context: Context
    ) -> Array:
        """Images of `shape` with the padding around them, `value` everywhere."""
        height, width = self.height + sum(self.rows[1:]), self.width + sum(self.columns[1:])
        wide = context.empty(key, (shape[0], height, width, shape[-1]), like)
        wide[...] = value
        return wide

    def inside(self, padded: Array) -> Array:
        """The real cells of padded images, a view."""
        top, left = self.rows[1], self.columns[1]
        return padded[:, top : top + self.height, left : left + self.width]  # (N, H, W, C)

    def cells(self, padded: Array) -> Iterator[tuple[int, int, Array]]:
        """Place i, j in the window, and the cell there of every window: a view `(N, P, Q, C)`."""
        down, right = ((n - 1) * self.stride + 1 for n in (self.rows[0], self.columns[0]))
        for i in range(self.size):
            for j in range(self.size):
                top, left = i * self.dilation, j * self.dilation
                rows = slice(top, top + down, self.stride)
                yield i, j, padded[:, rows, left : left + right : self.stride]

    def all_cells(self, padded: Array) -> Array:
        """Every window of padded images, overlapping as they do: a view `(N, P, Q, C, k, k)`."""
        every = sliding_window_view(padded, (self.reach, self.reach), axis=(1, 2))
        s, d = self.stride, self.dilation
        return every[:, ::s, ::s, :, ::d, ::d]

    def plain(self) -> Iterator[tuple[tuple[int, int], list[tuple[int, int, int, int]]]]:
        """For each window its place p, q, and its real cells: i, j inside it, h, w on the image."""
        for p in range(self.rows[0]):
            for q in range(self.columns[0]):
                found = []
                for i in range(self.size):
                    for j in range(self.size):
                        h = p * self.stride + i * self.dilation - self.rows[1]
                        w = q * self.stride + j * self.dilation - self.columns[1]
                        if 0 <= h < self.height and 0 <= w < self.width:
                            found.append((i, j, h, w))
                yield (p, q), found


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
    for out, into, along in _products(spec, x.shape, weight.shape[2]):
        z[out] += x[into] * weight[along]
    return z + params["bias"] if "bias" in params else z


def plain_d_conv2d(spec: spec.Conv2D, params: Params, x: Array, dz: Array) -> tuple[Array, Params]:
    """The derivatives of `plain_conv2d`: each product passes its share both ways. (2) to (4)"""
    weight = params["weight"]
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for out, into, along in _products(spec, x.shape, weight.shape[2]):
        dweight[along] += x[into] * dz[out]
        dx[into] += dz[out] * weight[along]
    if "bias" not in params:
        return dx, {"weight": dweight}
    return dx, {"weight": dweight, "bias": dz.sum(axis=(0, 1, 2))}


def conv2d(spec: spec.Conv2D, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    where, weight, groups = _windows(spec, x.shape), params["weight"], spec.groups
    z = context.empty("z", (len(x), *spec.output_shape(x.shape[1:])), x)  # (N, P, Q, F)
    one = (*z.shape[1:3], spec.kernel, spec.kernel, x.shape[-1] // groups)  # a sample's windows
    few = max(1, PIECE // (groups * math.prod(one)))
    kept = len(x) if context.backward else min(few, len(x))
    patches = context.empty("patches", (groups, kept, *one), x)  # (G, N, P, Q, k, k, C/G)
    for start in range(0, len(x), few):
        piece = slice(start, start + few)
        cells = where.all_cells(where.padded(x[piece], 0, context))  # (N, P, Q, C, k, k)
        cells = cells.reshape(*cells.shape[:3], groups, -1, *cells.shape[4:])
        part = patches[:, piece] if context.backward else patches[:, : len(cells)]
        part[...] = cells.transpose(3, 0, 1, 2, 5, 6, 4)  # the only copy: theory/conv2d.md (5)
        np.matmul(by_row(part), by_group(weight, groups), out=by_group(z[piece], groups))  # (6)
    if spec.bias:
        z += params["bias"]
    return z, (by_row(patches), x.shape)


def d_conv2d(
    spec: spec.Conv2D, params: Params, cache: Any, dz: Array, context: Context
) -> tuple[Array | None, Params]:
    (patches, shape), weight, groups = cache, params["weight"], spec.groups
    dz_rows = dz.reshape(-1, spec.filters)  # (N P Q, F)
    d_rows = by_group(dz_rows, groups)  # (G, N P Q, F/G)
    dweight = context.empty("dweight", weight.shape, weight)
    np.matmul(patches.transpose(0, 2, 1), d_rows, out=by_group(dweight, groups))  # (7)
    grads: Params = {"weight": dweight}
    if spec.bias:
        grads["bias"] = row_sums(dz_rows)  # (3)  (F,)
    if not context.wants_dx:
        return None, grads
    where = _windows(spec, shape)
    dx = where.blank("dx", 0, shape, dz, context)
    share = context.empty("share", (*dz.shape[:3], shape[-1]), dz)  # (N, P, Q, C)
    for i, j, cells in where.cells(dx):
        back = by_group(weight[i, j], groups).transpose(0, 2, 1)  # (G, F/G, C/G)
        np.matmul(d_rows, back, out=by_group(share, groups))
        cells += share  # (8)
    return where.inside(dx), grads  # (N, H, W, C)


def by_row(patches: Array) -> Array:
    """`(G, N, P, Q, k, k, C/G)` as one matrix a group, `(G, N P Q, k k C/G)`: a view."""
    groups, *_, high, wide, depth = patches.shape
    return patches.reshape(groups, -1, high * wide * depth)


def by_group(array: Array, groups: int) -> Array:
    """`(..., F)` as one matrix a group, `(G, rows, F/G)`: a view where `array` is contiguous."""
    return array.reshape(-1, groups, array.shape[-1] // groups).transpose(1, 0, 2)
