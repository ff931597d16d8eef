"""The steps that may lie between two layers: by shape, what can be done to one array or to two.

A `Move` is a step not yet taken. Which ones there are depends on shapes alone, so that what cannot
fit costs nothing; what a move gives is computed only when it may be what is looked for.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from brain import spec
from brain.compare.own.leaves import Array
from brain.engine import Network, build
from brain.errors import UserError

Shape = tuple[int, ...]


@dataclass
class Step:
    """One step between two layers: a declaration where there is one for it, and what it gives."""

    label: str
    layer: spec.Layer | None
    y: Array


@dataclass(frozen=True)
class Move:
    """A step to be tried on one array (or two): the shape of what it gives, and how to do it.

    `local` is what one can look at to see early that it is not the one: `rows`, as each row of the
    last axis is made of its own row, `channel`, as each channel is; nothing where neither is so.
    """

    label: str
    shape: Shape
    do: Callable[..., Array]
    layer: spec.Layer | None = None
    local: str = ""


def rows(x: Array) -> Array:
    """The array as rows of its last axis."""
    return x.reshape(-1, x.shape[-1] if x.ndim > 1 else 1)


@lru_cache(maxsize=4096)
def _net(engine: str, layer: spec.Layer, shape: Shape, dtype: str) -> Network:
    model = spec.Model("alone", shape, (layer,), spec.MeanSquaredError())
    return build(model, engine, dtype=dtype)


def computed(engine: str, dtype: str, layer: spec.Layer, by_row: bool, x: Array) -> Array:
    """What a declaration gives; `by_row`, the same network serves every shape."""
    given = rows(x) if by_row else x
    y = _net(engine, layer, given.shape[1:], dtype).predict(given, batch_size=max(len(given), 1))
    return y.reshape(x.shape) if by_row else y


# Of one array


@lru_cache(maxsize=1024)
def elementwise(engine: str, dtype: str, shape: Shape) -> list[Move]:
    """Activations and other functions of each number or each row, the likeliest first."""
    found = []
    for layer in ACTIVATIONS:
        do = partial(computed, engine, dtype, layer, True)
        found.append(Move(layer.kind, shape, do, layer, "rows"))
    return found + [Move(name, shape, do, None, "rows") for name, do in FUNCTIONS.items()]


@lru_cache(maxsize=1024)
def moves(engine: str, dtype: str, shape: Shape) -> list[Move]:
    """Every step that may be followed by another one."""
    found = list(elementwise(engine, dtype, shape))
    if len(shape) == 4:
        found += (m for layer in POOLS for m in _pool(engine, dtype, layer, shape))
        found += _counted(shape)
        found += _layer(engine, dtype, spec.GlobalAvgPool2D(), shape)
        found += _over(shape, (1, 2), "positions")
    if len(shape) == 3:
        found += _times(shape)
    for order in orders(shape):
        if order != tuple(range(1, len(shape))):
            turned_shape = shape[0], *(shape[i] for i in order)
            does = partial(turned, order=order)
            found.append(Move(f"axes in the order {letters(shape, order)}", turned_shape, does))
    return found + list(_flat(shape))


@lru_cache(maxsize=4096)
def endings(engine: str, dtype: str, shape: Shape, target: Shape) -> list[Move]:
    """Every step that gives an array of the target's shape."""
    found = [move for move in moves(engine, dtype, shape) if move.shape == target]
    if len(shape) == len(target) == 4 and shape[::3] == target[::3]:
        found += (move for move in _pools(engine, dtype, shape) if move.shape == target)
    if shape != target and paddable(shape, target):
        found += _padded(shape, target)
    if len(shape) == 3 and target == shape:
        found.append(Move("time backwards", shape, lambda x: x[:, ::-1]))
    if len(shape) >= 3 and target == (shape[1], shape[0], *shape[2:]):
        found.append(Move("batch and time exchanged", target, lambda x: x.swapaxes(0, 1)))
    if shape != target and math.prod(shape) == math.prod(target):
        found += _reshaped(shape, target)
    if shape[:-1] == target[:-1] and shape[-1] > target[-1]:
        for begin in range(shape[-1] - target[-1] + 1):
            part = slice(begin, begin + target[-1])
            label = f"[{part.start}:{part.stop}] of the last axis"
            found.append(Move(label, target, partial(_part, part=part), None, "rows"))
    return found


@lru_cache(maxsize=65536)
def reaches(engine: str, dtype: str, shape: Shape, target: Shape, left: int) -> bool:
    """Whether so many steps can lead from one shape to another."""
    if math.prod(shape) < math.prod(target) and not paddable(shape, target):
        return False  # no step but padding makes more numbers
    if left == 1:
        return shape == target or bool(endings(engine, dtype, shape, target))
    after = {move.shape for move in moves(engine, dtype, shape)}
    return any(reaches(engine, dtype, next_, target, left - 1) for next_ in after)


def _log_softmax(x: Array) -> Array:
    moved = x - x.max(axis=-1, keepdims=True)
    found: Array = moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))
    return found


def _hard_sigmoid(x: Array) -> Array:
    return np.clip(x / 6 + 0.5, 0, 1)


def _selu(x: Array) -> Array:
    found: Array = 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x))
    return found


ACTIVATIONS: tuple[spec.Layer, ...] = (
    *(spec.ReLU(), spec.Sigmoid(), spec.Tanh(), spec.Softmax(), spec.GELU(), spec.GELU("tanh")),
    *(spec.SiLU(), spec.ELU(), spec.Softplus()),
    *(spec.LeakyReLU(slope) for slope in (0.01, 0.2, 0.3, 0.1)),
)

FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "LogSoftmax": _log_softmax,
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": lambda x: x * _hard_sigmoid(x),
    "SELU": _selu,
    "Mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "Softsign": lambda x: x / (1 + np.abs(x)),
    "LogSigmoid": lambda x: -np.logaddexp(0, -x),
    "abs": np.abs,
    "square": np.square,
    "exp": np.exp,
    "divided by the norm of the last axis": lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True),
}

POOLS: tuple[spec.MaxPool2D | spec.AvgPool2D, ...] = (
    *(spec.MaxPool2D(2), spec.AvgPool2D(2), spec.MaxPool2D(3), spec.AvgPool2D(3)),
    *(spec.MaxPool2D(3, 2), spec.MaxPool2D(3, 2, 1), spec.MaxPool2D(3, 2, "same")),
    *(spec.MaxPool2D(2, 2, "same"), spec.AvgPool2D(2, 2, "same"), spec.AvgPool2D(3, 2)),
    *(spec.MaxPool2D(4), spec.AvgPool2D(4), spec.AvgPool2D(3, 2, 1), spec.MaxPool2D(2, 1)),
    spec.MaxPool2D(3, 1, 1),
)


def _layer(
    engine: str, dtype: str, layer: spec.Layer, shape: Shape, local: str = ""
) -> Iterator[Move]:
    """A declaration's step, where it takes an input of this shape."""
    try:
        y = layer.output_shape(shape[1:])
    except UserError:
        return
    do = partial(computed, engine, dtype, layer, False)
    yield Move(layer.kind, (shape[0], *y), do, layer, local)


def _pool(engine: str, dtype: str, layer: spec.Layer, shape: Shape) -> Iterator[Move]:
    return _layer(engine, dtype, layer, shape, "channel")


@lru_cache(maxsize=1024)
def _pools(engine: str, dtype: str, shape: Shape) -> list[Move]:
    """Pooling of every size, stride and padding."""
    found: list[Move] = []
    for kind in (spec.MaxPool2D, spec.AvgPool2D):
        for size, stride in itertools.product(range(2, 6), range(1, 5)):
            for padding in ("valid", "same", 1, 2):
                if isinstance(padding, str) or padding <= size // 2:
                    found += _pool(engine, dtype, kind(size, stride, padding), shape)
    return found


def _counted(shape: Shape) -> Iterator[Move]:
    """The mean of windows whose padded cells count as zeros."""
    for size, stride, side in ((3, 2, 1), (3, 1, 1), (2, 2, 1), (2, 1, 1), (5, 1, 2), (5, 2, 2)):
        height, width = ((n + 2 * side - size) // stride + 1 for n in shape[1:3])
        if min(height, width) > 0:
            does = partial(_mean_of_windows, size=size, stride=stride, side=side)
            given = shape[0], height, width, shape[3]
            yield Move("AvgPool2D that counts padded cells", given, does, None, "channel")


def _mean_of_windows(x: Array, size: int, stride: int, side: int) -> Array:
    spread = np.pad(x, ((0, 0), (side, side), (side, side), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(spread, (size, size), axis=(1, 2))
    found: Array = view[:, ::stride, ::stride].mean(axis=(-2, -1))
    return found


def _over(shape: Shape, axes: Shape, what: str) -> Iterator[Move]:
    left = tuple(n for i, n in enumerate(shape) if i not in axes)
    yield Move(f"largest over all {what}", left, lambda x: x.max(axis=axes))
    yield Move(f"sum over all {what}", left, lambda x: x.sum(axis=axes))


def _times(shape: Shape) -> Iterator[Move]:
    """What is taken of a sequence."""
    n, steps, wide = shape
    yield Move("last step", (n, wide), lambda x: x[:, -1])
    if wide and wide % 2 == 0:
        yield Move("last step of both directions", (n, wide), _either_end)
    yield Move("mean over time", (n, wide), lambda x: x.mean(axis=1))
    yield Move("first step", (n, wide), lambda x: x[:, 0])
    yield from _over(shape, (1,), "steps")
    yield Move("mean over the last axis", (n, steps), lambda x: x.mean(axis=-1))


def _either_end(x: Array) -> Array:
    half = x.shape[-1] // 2
    return np.concatenate([x[:, -1, :half], x[:, 0, half:]], axis=-1)


def _part(x: Array, part: slice) -> Array:
    return x[..., part]


def orders(shape: Shape) -> Iterator[Shape]:
    if len(shape) <= 4:
        yield from itertools.permutations(range(1, len(shape)))


def letters(shape: Shape, order: Sequence[int]) -> str:
    names = {4: "HWC", 3: "TD"}.get(len(shape), "abcdef"[: len(shape) - 1])
    return ", ".join(names[i - 1] for i in order)


def turned(x: Array, order: Sequence[int]) -> Array:
    return x.transpose(0, *order)


FLATTEN, RESHAPE = "Flatten", "reshape"


def _flat(shape: Shape) -> Iterator[Move]:
    """All numbers of a sample in one row, its axes read in any order."""
    if len(shape) > 2:
        for order in orders(shape):
            straight = order == tuple(range(1, len(shape)))
            label = FLATTEN if straight else f"{FLATTEN} in the order {letters(shape, order)}"
            does = partial(_read, order=order, shape=(math.prod(shape[1:]),))
            layer = spec.Flatten() if straight else None
            yield Move(label, (shape[0], math.prod(shape[1:])), does, layer)


def _read(x: Array, order: Sequence[int], shape: Shape) -> Array:
    return turned(x, order).reshape(len(x), *shape)


def _reshaped(shape: Shape, target: Shape) -> Iterator[Move]:
    """The same numbers in another shape, read in any order; a row may be an image, channels first.

    Where samples and steps were made one axis, or are made two, the number of samples changes too.
    """
    for order in orders(shape):
        how = "" if order == tuple(range(1, len(shape))) else f" of {letters(shape, order)}"
        if shape[0] == target[0]:
            does: Callable[..., Array] = partial(_read, order=order, shape=target[1:])
        else:
            does = partial(_read_all, order=order, shape=target)
        yield Move(f"{RESHAPE}{how}", target, does)
    if len(shape) == 2 and len(target) == 4 and shape[0] == target[0]:
        yield Move(f"{RESHAPE} to C, H, W", target, partial(_channels_first, shape=target[1:]))


def _read_all(x: Array, order: Sequence[int], shape: Shape) -> Array:
    return turned(x, order).reshape(shape)


def _channels_first(x: Array, shape: Shape) -> Array:
    height, width, channels = shape
    return x.reshape(len(x), channels, height, width).transpose(0, 2, 3, 1)


def paddable(shape: Shape, target: Shape) -> bool:
    """Whether zeros around an image, or before and after a sequence, make one of the other."""
    alike = len(shape) == len(target) in (3, 4)
    ends = shape[:1] + shape[-1:] == target[:1] + target[-1:]
    return alike and ends and all(a <= b for a, b in zip(shape, target, strict=True))


def _padded(shape: Shape, target: Shape) -> Iterator[Move]:
    """Zeros around an image: top, bottom, left, right; around a sequence: before, after."""
    more = [b - a for a, b in zip(shape[1:-1], target[1:-1], strict=True)]
    firsts = [dict.fromkeys([n, n // 2, *range(min(n, 4) + 1)]) for n in more]
    for before in itertools.product(*firsts):
        sides = [(first, n - first) for first, n in zip(before, more, strict=True)]
        does = partial(np.pad, pad_width=((0, 0), *sides, (0, 0)))
        yield Move(f"zeros around: {', '.join(str(n) for s in sides for n in s)}", target, does)


# Of two arrays

OLDER, NEWER = "the older first", "the newer first"
SIDE_BY_SIDE, IN_TIME = "side by side", "one after the other in time"
MATRICES = ("matrix product", "matrix product with the second transposed", "scaled scores")
MERGING: tuple[str, ...] = (
    *("sum", "product", "mean of both"),
    *(f"{what} ({first})" for what in ("difference", SIDE_BY_SIDE, IN_TIME, *MATRICES)
      for first in (OLDER, NEWER)),
)  # fmt: skip


@lru_cache(maxsize=65536)
def together(a: Shape, b: Shape) -> list[Move]:
    """Two arrays as one; `a` is the newer one. What is done takes both, the newer one first."""
    found = list(_cell_by_cell(a, b))
    if a[:-1] == b[:-1]:
        found += _joined(SIDE_BY_SIDE, a, b, -1)
    if len(a) == len(b) == 3 and a[::2] == b[::2]:
        found += _joined(IN_TIME, a, b, 1)
    if len(a) == len(b) == 3 and a[0] == b[0]:
        found += _products(OLDER, b, a, lambda do: lambda x, y: do(y, x))
        found += _products(NEWER, a, b, lambda do: do)
    return found


def _cell_by_cell(a: Shape, b: Shape) -> Iterator[Move]:
    """Number by number; one number a channel, `(N, C)`, goes with every place of an image."""
    wide, does = [a, b], {"sum": np.add, "product": np.multiply}
    for i in (0, 1):
        if len(wide[i]) == 2 and len(wide[1 - i]) == 4:
            wide[i] = wide[i][0], 1, 1, wide[i][1]
    if len(wide[0]) != len(wide[1]):
        return
    try:
        shape = np.broadcast_shapes(*wide)
    except ValueError:
        return
    local = "rows" if a == b else ""
    for label, do in does.items():
        yield Move(label, shape, partial(_spread, do=do), None, local)
    if a == b:
        yield Move(f"difference ({OLDER})", a, lambda x, y: y - x, None, local)
        yield Move(f"difference ({NEWER})", a, np.subtract, None, local)
        yield Move("mean of both", a, lambda x, y: (x + y) / 2, None, local)


def _spread(x: Array, y: Array, do: Callable[[Array, Array], Array]) -> Array:
    if x.ndim < y.ndim:
        x = x[:, None, None]
    elif y.ndim < x.ndim:
        y = y[:, None, None]
    return do(x, y)


def _joined(label: str, a: Shape, b: Shape, axis: int) -> Iterator[Move]:
    shape = list(a)
    shape[axis] += b[axis]
    local = "rows" if axis == -1 else ""
    for first, turn in ((OLDER, -1), (NEWER, 1)):
        does = partial(_one_by_one, axis=axis, turn=turn)
        yield Move(f"{label} ({first})", tuple(shape), does, None, local)


def _one_by_one(x: Array, y: Array, axis: int, turn: int) -> Array:
    return np.concatenate([x, y][::turn], axis=axis)


def _products(first: str, a: Shape, b: Shape, turn: Callable[[Any], Any]) -> Iterator[Move]:
    """A matrix for each sample: steps held against steps (attention's scores), or weighted."""
    if a[2] == b[1]:
        yield Move(f"{MATRICES[0]} ({first})", (*a[:2], b[2]), turn(np.matmul))
    if a[2] == b[2]:
        shape, root = (*a[:2], b[1]), math.sqrt(a[2])
        yield Move(f"{MATRICES[1]} ({first})", shape, turn(lambda x, y: x @ y.swapaxes(1, 2)))
        scaled = turn(lambda x, y: x @ y.swapaxes(1, 2) / root)
        yield Move(f"{MATRICES[2]} ({first})", shape, scaled)
