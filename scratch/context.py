"""What a layer needs besides its mathematics: training or not, masks, and arrays to reuse."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.passes import Trace
from scratch.threads import Team

Array = NDArray[Any]


@dataclass
class Pass:
    """One pass through a network, shared by the contexts of all its layers.

    `backward` says whether a backward pass may follow; where none does, nothing is kept for it.
    The pass may be that of a part of the batch, one of several threads': then it is the `part`-th
    of `team`'s, and the whole batch has `samples`. Where a layer goes through its samples in
    pieces, they are `piece_scale` times as large as a CPU's cache would have them.
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
    team: Team = field(default_factory=Team)
    part: int = 0
    samples: int | None = None
    piece_scale: int = 1


class Room:
    """Arrays for the time of one layer's work; the next layer has them again."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}

    def empty(self, key: str, shape: tuple[int, ...], like: Array) -> Array:
        """An array of `shape`, of the kind and dtype of `like`: the beginning of a longer one."""
        key, size = f"{key} {like.dtype}", math.prod(shape)
        long = self._arrays.get(key)
        if long is None or long.size < size:
            long = self._arrays[key] = np.empty((size,), dtype=like.dtype, like=like)
        return long[:size].reshape(shape)


class Context:
    """The surroundings of one layer, or of a whole network; `inside` gives those of a layer in it.

    A context that is kept from pass to pass lends the same arrays again (`empty`), which saves the
    system's work of finding fresh memory; so what a layer returns is good until its next pass.
    A pass without a way back lends fresh arrays, which nobody keeps: of a prediction only the room
    for a layer's pieces stays, and a training's arrays, which may be of another size, are left as
    they are.
    """

    def __init__(self, run: Pass | None = None, name: str = "") -> None:
        self.run = run or Pass()
        self.name = name
        self.wants_dx = True
        self._inside: dict[str, Context] = {}
        self._arrays: dict[str, Array] = {}
        self._room = Room()

    def inside(self, name: str) -> Context:
        """The context of the layer called `name` inside this one."""
        context = self._inside.get(name)
        if context is None:
            full_name = f"{self.name}.{name}" if self.name else name
            context = self._inside[name] = Context(self.run, full_name)
            context._room = self._room
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

    @property
    def room(self) -> Room:
        """For what this layer needs no longer than it works; kept even from a prediction."""
        return self._room

    def samples(self, x: Array) -> int:
        """How many there are in the whole batch, of which `x` may be one thread's part."""
        return self.run.samples or len(x)

    def over_batch(self, array: Array) -> Array:
        """The sum over the whole batch, of an array that is the sum over this thread's part."""
        return self.run.team.sum(self.run.part, array)
