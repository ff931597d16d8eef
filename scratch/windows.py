"""Where the windows of convolutions and poolings lie on images, and the windows as matrices.

Images are `(N, H, W, C)`. A window of `size` by `size` cells, `dilation` apart, is laid on the
padded image every `stride` cells. theory/conv2d.md (5)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from brain.spec.images import Padding, windows
from scratch.context import Context, Room
from scratch.threads import parts

Array = NDArray[Any]

PIECE = 2**19
"""Numbers in the windows that are copied out and multiplied at a time: what a cache can hold."""

# N batch, H and W height and width, C channels, G groups, k size of the window;
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

    def padded(self, x: Array, value: float, lender: Context | Room) -> Array:
        """`x` with the cells around it that the windows see: `x` itself where there are none."""
        if not any(self.rows[1:] + self.columns[1:]):
            return x
        wide = self.blank("padded", value, x.shape, x, lender)
        self.inside(wide)[...] = x
        return wide

    def blank(
        self, key: str, value: float, shape: tuple[int, ...], like: Array, lender: Context | Room
    ) -> Array:
        """Images of `shape` with the padding around them, `value` everywhere."""
        height, width = self.height + sum(self.rows[1:]), self.width + sum(self.columns[1:])
        wide = lender.empty(key, (shape[0], height, width, shape[-1]), like)
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
                # (11): n, p, q and c are the axes of a view, i and j hold still
                yield i, j, padded[:, rows, left : left + right : self.stride]

    def turned(self) -> Windows:
        """On the output, those whose cells are the windows on this image that hold one cell."""
        (high, top, bottom), (wide, left, right), before = self.rows, self.columns, self.reach - 1
        rows = self.height, before - top, before - bottom
        columns = self.width, before - left, before - right
        return Windows(high, wide, self.size, 1, self.dilation, rows, columns)

    def patches(self, x: Array, groups: int, context: Context) -> Iterator[tuple[slice, Array]]:
        """The windows of some images as matrices, a piece of the batch at a time.

        Which images they are, and `(G, N P Q, k k C/G)`, to be used before the next piece.
        """
        high, wide, k, s, depth = self.rows[0], self.columns[0], self.size, self.stride, x.shape[-1]
        room = context.room
        for piece in pieces(len(x), high * wide * k * k * depth, context):
            padded = self.padded(x[piece], 0, room)
            samples = len(padded)
            rows = room.empty("rows", (groups, samples, high, wide, k, k, depth // groups), x)
            if groups == self.dilation == 1 < depth:
                # (12): a row of a window is one stretch of k C numbers: copied as such it takes a
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


def pieces(samples: int, size: int, context: Context) -> list[slice]:
    """A batch in pieces that a cache can hold, of samples of `size` numbers each: alike in size."""
    few = max(1, context.run.piece_scale * PIECE // size)
    return parts(samples, -(-samples // few))
