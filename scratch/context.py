"""What a layer needs besides its mathematics: training or not, masks, and arrays to reuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.passes import Trace

Array = NDArray[Any]


@dataclass
class Pass:
    """One pass through a network, shared by the contexts of all its layers.

    `backward` says whether a backward pass may follow; where none does, nothing is kept for it.
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

    def inside(self, name: str) -> Context:
        """The context of the layer called `name` inside this one."""
        context = self._inside.get(name)
        if context is None:
            full_name = f"{self.name}.{name}" if self.name else name
            context = self._inside[name] = Context(self.run, full_name)
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
