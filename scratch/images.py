"""Windows over images, and the convolution. theory/conv2d.md

Images are `(N, H, W, C)`. A window of `size` by `size` cells, `dilation` apart, is laid on the
padded image every `stride` cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from brain import spec
from brain.spec.images import Padding, windows
from scratch.context import Context, Room
from scratch.dense import bias_gradient, sum_of

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

    def turned(self) -> Windows:
        """On the output, those whose cells are the windows on this image that hold one cell."""
        (high, top, bottom), (wide, left, right), before = self.rows, self.columns, self.reach - 1
        rows = self.height, before - top, before - bottom
        columns = self.width, before - left, before - right
        return Windows(high, wide, self.size, 1, self.dilation, rows, columns)

    def patches(
        self, x: Array, part: slice, groups: int, context: Context
    ) -> Iterator[tuple[slice, Array]]:
        """The windows of some images as matrices, a piece of the batch at a time.

        Which images they are, and `(G, N P Q, k k C/G)`, to be used before the next piece.
        """
        high, wide, k, s, depth = self.rows[0], self.columns[0], self.size, self.stride, x.shape[-1]
        one = high * wide * k * k * depth  # numbers in the windows of an image
        most = max(piece.stop - piece.start for piece in pieces(part, one, context))
        room = context.empty("patches", (most * one,), x)
        for piece in pieces(part, one, context):
            padded = self.padded(x[piece], 0, context)
            samples = len(padded)
            shape = (groups, samples, high, wide, k, k, depth // groups)
            rows = room[: samples * one].reshape(shape)
            if groups == self.dilation == 1 < depth:
                # A row of a window is one stretch of k C numbers: copied as such it takes a
                # third of the time. Single numbers are faster in the other way.
                flat = padded.reshape(samples, padded.shape[1], -1)
                every = sliding_window_view(flat, (k, k * depth), axis=(1, 2))
                rows.reshape(samples, high, wide, k, -1)[...] = every[:, ::s, :: s * depth]
            else:
                for i, j, cells in self.cells(padded):  # (N, P, Q, C)
                    apart = cells.reshape(samples, high, wide, groups, -1)
                    rows[..., i, j, :] = apart.transpose(3, 0, 1, 2, 4)
            yield piece, rows.reshape(groups, samples * high * wide, -1)

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


def pieces(part: slice, size: int, context: Context) -> list[slice]:
    """A part of the batch in pieces that a cache can hold, of samples of `size` numbers each.

    They are as equal as can be, so that they share one array.
    """
    samples, few = part.stop - part.start, max(1, context.run.piece_scale * PIECE // size)
    count = -(-samples // few)  # rounded up
    ends = [part.start + samples * number // count for number in range(count + 1)]
    return [slice(*pair) for pair in pairwise(ends)]


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


def conv2d(spec: spec.Conv2D, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
    where, weight, groups = _windows(spec, x.shape), params["weight"], spec.groups
    z = context.empty("z", (len(x), *spec.output_shape(x.shape[1:])), x)  # (N, P, Q, F)

    def convolve(part: slice, own: Room) -> None:
        for piece, patches in where.patches(x, part, groups, own):  # theory/conv2d.md (5)
            np.matmul(patches, by_group(weight, groups), out=by_group(z[piece], groups))  # (6)
            if spec.bias:
                z[piece] += params["bias"]

    context.split(convolve, len(x), z.size * spec.kernel**2)
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
    return dx, {"weight": dweight, "bias": bias_gradient(dz, context)}  # (3)


def _d_weight(spec: spec.Conv2D, weight: Array, x: Array, dz: Array, context: Context) -> Array:
    """From the windows of x, which are copied out again: to remember them would be dearer."""
    where, groups = _windows(spec, x.shape), spec.groups
    shape = by_group(weight, groups).shape  # (G, k k C/G, F/G)

    def weigh(part: slice, own: Room) -> Array:
        total = own.zeros("total", shape, weight)
        for piece, patches in where.patches(x, part, groups, own):
            total += np.matmul(patches.swapaxes(1, 2), by_group(dz[piece], groups))  # (7)
        return total

    total = sum_of(context.split(weigh, len(x), dz.size * spec.kernel**2))
    dweight = context.empty("dweight", weight.shape, weight)
    by_group(dweight, groups)[...] = total
    return dweight


def _d_input(spec: spec.Conv2D, weight: Array, x: Array, dz: Array, context: Context) -> Array:
    """Place by place in the windows: right for any stride."""
    where, groups = _windows(spec, x.shape), spec.groups
    dx = where.blank("dx", 0, x.shape, dz, context)

    def hand_back(part: slice, own: Room) -> None:
        for piece in pieces(part, dz[0].size, own):
            share = own.empty("share", (*dz[piece].shape[:3], x.shape[-1]), dz)  # (N, P, Q, C)
            for i, j, cells in where.cells(dx[piece]):
                back = by_group(weight[i, j], groups).swapaxes(1, 2)  # (G, F/G, C/G)
                np.matmul(by_group(dz[piece], groups), back, out=by_group(share, groups))
                cells += share  # (8)

    context.split(hand_back, len(x), dz.size * spec.kernel**2)
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

    def hand_back(part: slice, own: Room) -> Array:
        total = own.zeros("total", back.swapaxes(1, 2).shape, weight)  # (G, C/G, k k F/G)
        for piece, patches in where.patches(dz, part, groups, own):
            if dx is not None:
                np.matmul(patches, back, out=by_group(dx[piece], groups))  # (4)
            total += np.matmul(by_group(x[piece], groups).swapaxes(1, 2), patches)  # (2)
        return total

    total = sum_of(context.split(hand_back, len(x), x.size * k**2))
    dturned = total.reshape(groups, -1, k, k, spec.filters // groups).transpose(2, 3, 1, 0, 4)
    dweight = context.empty("dweight", weight.shape, weight)
    dweight[...] = dturned.reshape(weight.shape)[::-1, ::-1]
    return dx, dweight


def by_group(array: Array, groups: int) -> Array:
    """`(..., F)` as one matrix a group, `(G, rows, F/G)`: a view where `array` is contiguous."""
    return array.reshape(-1, groups, array.shape[-1] // groups).transpose(1, 0, 2)
