"""What a model does between two of its layers, found out from the numbers alone.

A user's `forward` calls functions, slices, reshapes and adds as it likes, and no two frameworks say
so in the same way. But what goes into a layer was made from what came out of earlier ones, as a
rule by few steps of well-known kinds (`steps.py`): so they are tried, shortest first, until one way
gives the very numbers. The search is the same for every framework, and reads no code.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from brain import spec
from brain.compare.own.leaves import Array
from brain.compare.own.steps import (
    FLATTEN,
    MERGING,
    RESHAPE,
    Move,
    Step,
    computed,
    elementwise,
    endings,
    moves,
    reaches,
    rows,
    together,
)

__all__ = ["FLATTEN", "MERGING", "RESHAPE", "Search", "Step", "Way", "named", "ways"]

DEPTH = 3
"""The most steps between two layers that are tried."""

BUDGET = 1.5
"""Seconds of this process's time that are spent on one array, then its way is not known: most ways
are found in a tenth of it, and a model may have fifty arrays that fit nothing."""

NEAR = {"float64": 1e-6, "float32": 1e-4}
"""How near numbers are that count as the same: far below what sets two kinds of steps apart, and
above the error of a framework that keeps a constant in float32."""

FEW, LARGE = 4, 1_000_000
"""On how many samples a way is searched (it must hold for all), and on about how many numbers: of
large ones fewer samples do."""

ROWS = 64
"""How many rows are looked at first, where a step makes each row of its own row."""


@dataclass
class Way:
    """How an array was made: from which arrays, by which steps; not `known` if none was found.

    `sources` are `input`, or `in` or `out` and the number of a leaf, as `out 3`: with the first one
    the steps begin, any other one is merged with it on the way. As a rule the first is the newest.
    """

    sources: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    known: bool = True


Known = tuple[str, Array]
"""An array from which another one may be made, and its name as a source."""


def ways(
    engine: str, x: Array, leaves: Sequence[dict[str, Any]], output: Array | None, dtype: str
) -> list[dict[str, Any]]:
    """How each leaf's `x` was made, and at last the output (if any), from all that was before.

    In words and arrays, for a worker to send: `vars` of each `Way` and its steps.
    """
    search = Search(engine, dtype)
    known: list[Known] = [("input", x)]
    found = []
    for number, leaf in enumerate(leaves):
        way = search.way(known, leaf["x"])
        found.append(way)
        if way.known and not way.steps:  # the same array: it is tried once, under the newest name
            known = [(ref, array) for ref, array in known if ref != way.sources[0]]
        if not np.array_equal(leaf["x"], leaf["y"]):
            known.append((f"in {number}", leaf["x"]))
        known.append((f"out {number}", leaf["y"]))
    if output is not None:
        found.append(search.way(known, output))
    return [{**vars(way), "steps": [vars(step) for step in way.steps]} for way in found]


def named(
    engine: str, leaves: Sequence[dict[str, Any]], dtype: str
) -> list[tuple[str, spec.Layer | None] | None]:
    """What each leaf computes, by one step of a known kind; None where no one is."""
    search = Search(engine, dtype)
    found = []
    for leaf in leaves:
        steps = search.one(leaf["x"], leaf["y"])
        found.append((steps[0].label, steps[0].layer) if steps else None)
    return found


class TooLongError(Exception):
    """The time that may be spent on an array is over."""


class Goal:
    """An array that is to be reached, or a part of it: all is measured against the whole's norm."""

    def __init__(self, y: Array, near: float, norm: float | None = None) -> None:
        self.y, self.shape, self.near = y, y.shape, near
        with np.errstate(all="ignore"):
            self.norm = float(np.linalg.norm(y.ravel())) if norm is None else norm
        self.finite = bool(np.isfinite(self.norm)) and y.dtype.kind != "b"

    def part(self, y: Array) -> Goal:
        return Goal(y, self.near, self.norm)

    def met(self, a: Array) -> bool:
        """Whether this is the array; one sample is looked at before all."""
        if a.shape != self.shape:
            return False
        if not self.finite:
            return np.array_equal(a, self.y, equal_nan=True)
        return self._near(a[:1], self.y[:1]) and self._near(a, self.y)

    def _near(self, a: Array, b: Array) -> bool:
        return float(np.linalg.norm((a - b).ravel())) <= self.near * self.norm


class Search:
    """The search in one dtype, with the engine's layers at hand."""

    def __init__(self, engine: str, dtype: str) -> None:
        self.kit, self.near = (engine, dtype), NEAR[dtype]
        self.until = 0.0
        self.bends: dict[tuple[str, str], list[tuple[Move, Array]]] = {}

    def way(self, known: Sequence[Known], target: Array) -> Way:
        """How `target` was made of what is `known`, the newest last."""
        self._begin()
        goal, newest = Goal(target, self.near), list(reversed(known))
        with np.errstate(all="ignore"):
            for ref, array in newest:
                if goal.met(array):
                    return Way([ref])
            try:
                tries = self._tries(newest, goal) if goal.finite else ()
                return next((way for way in tries if way), Way(known=False))
            except TooLongError:
                return Way(known=False)

    def one(self, x: Array, target: Array) -> list[Step] | None:
        """The one step from an array to another one, if there is one."""
        self._begin()
        goal = Goal(target, self.near)
        try:
            with np.errstate(all="ignore"):
                return self.chain(x, goal, 1) if goal.finite else None
        except TooLongError:
            return None

    def _begin(self) -> None:
        self.until = time.process_time() + BUDGET
        self.bends.clear()

    def _in_time(self) -> None:
        if time.process_time() > self.until:
            raise TooLongError

    def _tries(self, newest: list[Known], goal: Goal) -> Iterator[Way | None]:
        """What is tried one after the other: few steps before many, what is newest before others.

        Two arrays put together are one step, with another one before or after it two.
        """
        first, others, pairs = newest[0], newest[1:], list(itertools.combinations(newest, 2))
        for ref, array in [first, *_nearest(others, 12)]:
            yield self._chained(ref, array, goal, 1)
        for one, two in pairs:
            yield self.merged(one, two, goal, 1)
        yield self._chained(*first, goal, 2)
        for one, two in pairs[: len(others)]:
            yield self.merged(one, two, goal, 2)
        for ref, array in _nearest(others, 5):
            yield self._chained(ref, array, goal, 2)
        for one, two in pairs[len(others) :]:
            yield self.merged(one, two, goal, 2)
        for ref, array in _nearest(newest, 4):
            yield self._chained(ref, array, goal, DEPTH)

    def _chained(self, ref: str, array: Array, goal: Goal, depth: int) -> Way | None:
        steps = self.chain(array, goal, depth)
        return None if steps is None else Way([ref], steps)

    # From one array

    def chain(self, x: Array, goal: Goal, depth: int) -> list[Step] | None:
        """`depth` steps that lead from `x` to the goal, or None: found on a few samples."""
        if x.dtype.kind != "f" or not reaches(*self.kit, x.shape, goal.shape, depth):
            return None
        (few,), part = self._few(goal, x)
        if np.isfinite(few).all():
            for found in self.found(few, part, depth, set()):
                if (steps := _taken(x, found, goal)) is not None:
                    return steps
        return None

    def found(self, x: Array, goal: Goal, left: int, seen: set[Any]) -> Iterator[list[Move]]:
        """Every `left` moves that lead from `x` to the goal; none through what was `seen`."""
        if left == 1:
            yield from ([move] for move in self.last(x, goal))
            return
        seen.add((left, _print(x)))
        for move in moves(*self.kit, x.shape):
            if reaches(*self.kit, move.shape, goal.shape, left - 1):
                self._in_time()
                y = move.do(x)
                mark = left, _print(y)
                if np.isfinite(y).all() and mark not in seen:
                    seen.add(mark)
                    yield from ([move, *rest] for rest in self.found(y, goal, left - 1, seen))

    def last(self, x: Array, goal: Goal) -> Iterator[Move]:
        """Every move that gives the goal, those fitted to it included."""
        tips: dict[str, tuple[Array, Goal]] = {}
        self._in_time()
        for move in endings(*self.kit, x.shape, goal.shape):
            if move.local:
                if move.local not in tips:
                    tip, part = (_tip(array, move.local) for array in (x, goal.y))
                    tips[move.local] = tip, goal.part(part)
                given, sought = tips[move.local]
                if not sought.met(move.do(given)):
                    continue
            if goal.met(move.do(x)):
                yield move
        if x.shape == goal.shape:
            yield from (move for move in self.fitted(x, goal.y) if goal.met(move.do(x)))

    def fitted(self, x: Array, target: Array) -> Iterator[Move]:
        """A slope, a factor or an offset that is read off the numbers themselves."""
        negative = x < 0
        if negative.any():
            slope = float(np.median(target[negative] / x[negative]))
            if 0 < slope < 1:
                layer = spec.LeakyReLU(float(f"{slope:.6g}"))
                yield Move(layer.kind, x.shape, partial(computed, *self.kit, layer, True), layer)
        if not (np.ptp(x) and np.ptp(target)):
            return
        away = x - x.mean()
        factor = float((away * target).sum() / np.square(away).sum())
        offset = float(target.mean() - factor * x.mean())
        for a, b in ((factor, 0.0), (1.0, offset), (factor, offset)):
            said = "" if a == 1.0 else f"times {a:.6g}"
            said += "" if b == 0.0 else f"{' ' * bool(said)}plus {b:.6g}"
            yield Move(said, x.shape, partial(_line, a=a, b=b))

    # From two

    def merged(self, one: Known, two: Known, goal: Goal, depth: int) -> Way | None:
        """Two arrays put together, the newer one first, with `depth - 1` steps before or after."""
        (i, a), (j, b) = one, two
        if "f" not in (a.dtype.kind, b.dtype.kind):
            return None
        self._in_time()
        for move in together(a.shape, b.shape):
            if depth > 1:
                steps = self._and_then(move, a, b, goal)
            else:
                fits = move.shape == goal.shape and self._promises(move, a, b, goal)
                steps = _ended(move, a, b, [], goal) if fits else None
            if steps is not None:
                return Way([i, j], steps)
        return self.bent(one, two, goal) if depth > 1 else None

    def _and_then(self, move: Move, a: Array, b: Array, goal: Goal) -> list[Step] | None:
        """Two arrays put together, and one step after that."""
        if not reaches(*self.kit, move.shape, goal.shape, 1):
            return None
        given, part = self._few(goal, a, b)
        y = move.do(*given)
        if np.isfinite(y).all():
            for found in self.found(y, part, 1, set()):
                y = move.do(a, b)
                if (steps := _taken(y, found, goal)) is not None:
                    return [Step(move.label, None, y), *steps]
        return None

    def bent(self, one: Known, two: Known, goal: Goal) -> Way | None:
        """Two arrays put together, one of them after an activation: a gate, as a rule."""
        for (i, a), (j, b), newer in ((one, two, True), (two, one, False)):
            for move in together(one[1].shape, two[1].shape):
                if move.shape != goal.shape:
                    continue
                other, part = _tip(b, move.local), goal.part(_tip(goal.y, move.local))
                for bend, y in self._bends(i, a, move.local):
                    if part.met(move.do(*((y, other) if newer else (other, y)))):
                        steps = [Step(bend.label, bend.layer, bend.do(a))]
                        both = (steps[0].y, b) if newer else (b, steps[0].y)
                        if (ended := _ended(move, *both, steps, goal)) is not None:
                            return Way([i, j], ended)
        return None

    def _bends(self, ref: str, array: Array, local: str) -> list[tuple[Move, Array]]:
        """A part of an array after every activation."""
        if (ref, local) not in self.bends:
            self._in_time()
            tip = _tip(array, local)
            sound = array.dtype.kind == "f" and np.isfinite(array).all()
            bends = elementwise(*self.kit, array.shape) if sound else []
            self.bends[ref, local] = [(move, move.do(tip)) for move in bends]
        return self.bends[ref, local]

    @staticmethod
    def _promises(move: Move, a: Array, b: Array, goal: Goal) -> bool:
        tips = _tip(a, move.local), _tip(b, move.local)
        return goal.part(_tip(goal.y, move.local)).met(move.do(*tips))

    @staticmethod
    def _few(goal: Goal, *arrays: Array) -> tuple[list[Array], Goal]:
        """A few samples of the arrays and of the goal; all where samples and steps may change."""
        whole, count = (*arrays, goal.y), len(goal.y)
        largest = max(array.size // max(len(array), 1) for array in whole)
        few = max(min(FEW, LARGE // max(largest, 1)), 1)
        mixed = any(array.ndim > 2 and array.shape[0] == array.shape[1] for array in whole)
        if mixed or few >= count or any(len(array) not in (1, count) for array in arrays):
            return list(arrays), goal
        return [array[:few] for array in arrays], goal.part(goal.y[:few])


def _nearest(newest: Sequence[Known], count: int) -> list[Known]:
    """The newest ones, and the oldest: the input."""
    return [*newest[:count], *newest[max(count, len(newest) - 1) :]]


def _tip(x: Array, local: str) -> Array:
    """A small part of an array: by it one sees, as a rule, that a step does not lead there."""
    if local == "rows":
        return rows(x)[:ROWS]
    return x[:1, ..., :1] if local == "channel" else x[:1]


def _taken(x: Array, moves: Sequence[Move], goal: Goal) -> list[Step] | None:
    """The steps, taken on all samples; None where they do not lead to the goal."""
    steps = []
    for move in moves:
        if not np.isfinite(x).all():
            return None
        x = move.do(x)
        steps.append(Step(move.label, move.layer, x))
    return steps if goal.met(x) else None


def _ended(move: Move, a: Array, b: Array, before: list[Step], goal: Goal) -> list[Step] | None:
    """The steps before, and two arrays put together; None where that is not the goal."""
    y = move.do(a, b)
    return [*before, Step(move.label, None, y)] if goal.met(y) else None


def _line(x: Array, a: float, b: float) -> Array:
    return a * x + b


_WEIGHTS = np.cos(np.arange(1, 1025))


def _print(y: Array) -> Any:
    """The same for equal arrays: what was reached before need not be taken again."""
    head = y.ravel()[: len(_WEIGHTS)]
    return y.shape, f"{float(y.sum()):.8g}", f"{float(head @ _WEIGHTS[: len(head)]):.8g}"
