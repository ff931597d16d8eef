"""What a layer needs besides its mathematics: training or not, masks, and arrays to reuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from brain.passes import Trace
from scratch.threads import split

Array = NDArray[Any]
Found = TypeVar("Found")


@dataclass
class Pass:
    """One pass through a network, shared by the contexts of all its layers.

    `backward` says whether a backward pass may follow; where none does, nothing is kept for it.
    `threads` is how many share the work of a layer; where it goes through a batch in pieces, they
    are `piece_scale` times as large as a CPU's cache would have them.
    """

    training: bool = False
    backward: bool = True
    masks: dict[str, Array] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    carry: dict[str, Array] = field(default_factory=dict)
    after: dict[str, Array] = field(default_factory=dict)
    state: dict[str, dict[str, Array]] = field(default_factory=dict)
    next_state: dict[str, dict[str, Array]] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    threads: int = 1
    piece_scale: int = 1


class Context:
    """The surroundings of one layer, or of a whole network; `inside` gives those of a layer in it.

    A context that is kept from pass to pass lends the same arrays again (`empty`), which saves the
    system's work of finding fresh memory; so what a layer returns is good until its next pass.
    A pass without a way back lends fresh arrays, which nobody keeps: a prediction holds no memory,
    and leaves a training's arrays, which may be of another size, as they are.
    """

    def __init__(self, run: Pass | None = None, name: str = "") -> None:
        self.run = run or Pass()
        self.name = name
        self.wants_dx = True
        self._inside: dict[str, Context] = {}
        self._arrays: dict[str, Array] = {}
        self._rooms: dict[int, Room] = {}  # one for each thread, the same for all layers

    def inside(self, name: str) -> Context:
        """The context of the layer called `name` inside this one."""
        context = self._inside.get(name)
        if context is None:
            full_name = f"{self.name}.{name}" if self.name else name
            context = self._inside[name] = Context(self.run, full_name)
            context._rooms = self._rooms
        context.run = self.run
        return context

    @property
    def training(self) -> bool:
        return self.run.training

    @property
    def backward(self) -> bool:
        return self.run.backward

    @property
    def mask(self) -> Array | None:
        """The dropout mask of this layer in this pass; None when nothing is to be dropped."""
        return self.run.masks.get(self.name)

    @property
    def state(self) -> dict[str, Array]:
        """The running statistics of this layer, by local name."""
        return self.run.state[self.name]

    def carried(self, key: str) -> Array | None:
        """The recurrent state that this layer begins with, `(N, H)`.

        None where none is carried, which means zeros: so it is inside Bidirectional.
        """
        return self.run.carry.get(f"{self.name}.{key}")

    def hand_on(self, key: str, array: Array) -> None:
        """Leave a copy of the state with which this layer ends, if one was carried into it."""
        name = f"{self.name}.{key}"
        if name in self.run.carry:
            self.run.after[name] = array.copy()

    def empty(self, key: str, shape: tuple[int, ...], like: Array) -> Array:
        """An array of `shape`, of the kind and dtype of `like`, with anything in it."""
        arrays = self._arrays if self.backward else {}
        array = arrays.get(key)
        if array is None or array.shape != shape or array.dtype != like.dtype:
            array = arrays[key] = np.empty(shape, dtype=like.dtype, like=like)
        return array

    def zeros(self, key: str, shape: tuple[int, ...], like: Array) -> Array:
        """An array as `empty` gives it, with zeros in it."""
        array = self.empty(key, shape, like)
        array[...] = 0
        return array

    def split(
        self, work: Callable[[slice, Room], Found], samples: int, numbers: int
    ) -> list[Found]:
        """What `work(part, room)` returns for the parts of a batch, one for each thread.

        Where the work goes through few numbers there is one part. The room lends arrays until the
        work is done.
        """
        rooms = [self._rooms.setdefault(i, Room()) for i in range(self.run.threads)]
        for room in rooms:
            room.run = self.run
        return split(lambda part, i: work(part, rooms[i]), samples, numbers, len(rooms))


class Room(Context):
    """Arrays for the time of one layer's work in one thread; the next layer has them again."""

    def empty(self, key: str, shape: tuple[int, ...], like: Array) -> Array:
        """As in a Context, but the beginning of a longer array where there is one."""
        key, size = f"{key} {like.dtype}", math.prod(shape)
        long = self._arrays.get(key)
        if long is None or long.size < size or not self.backward:
            long = super().empty(key, (size,), like)
        return long[:size].reshape(shape)
