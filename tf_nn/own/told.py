"""What is told of a Keras layer: its declaration, its options, and where its arrays lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import keras
import numpy as np
from keras.layers import Layer

from brain import spec
from brain.compare.own.leaves import Array


@dataclass(frozen=True)
class Slot:
    """Where a canonical array lies: in a variable; or nowhere, and then `standing` is its value."""

    variable: Any
    take: Callable[[Array], Array] = lambda own: own
    put: Callable[[Array, Array], Array] = lambda own, given: given
    standing: Array | None = None

    def of(self, own: Array | None) -> Array:
        """The canonical array of the variable's, or of its gradient's."""
        if self.standing is not None:
            return self.standing
        return np.ascontiguousarray(self.take(np.asarray(own)))


@dataclass
class Told:
    """A layer in the canonical form; `first`: its images are channels first in Keras."""

    layer: spec.Layer | None
    label: str
    options: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Slot] = field(default_factory=dict)
    state: dict[str, Slot] = field(default_factory=dict)
    first: bool = False
    flat: bool = False
    """The output keeps axes of length 1, which the declaration's has not."""


def shaped(variable: Any, shape: tuple[int, ...]) -> Slot:
    """A variable in another shape of the same order."""
    return Slot(variable, lambda a: a.reshape(shape), lambda a, given: given.reshape(a.shape))


def absent(
    name: str, layer: Layer, width: int, options: dict[str, str], value: float = 0.0
) -> Slot:
    """A vector that a layer has not, as long as `width`; the options say so."""
    options[name] = "None"
    return Slot(None, standing=np.full(width, value, layer.variable_dtype))


_MAKING = {"__init__", "get_config", "from_config"}


def keras_class(layer: Layer) -> type | None:
    """Keras's class that a layer is of; None for a class of the user's that computes anew."""
    for kind in type(layer).__mro__:
        if kind.__module__.split(".")[0] == "keras":
            return None if kind in (Layer, keras.Model) else kind
        for name, value in vars(kind).items():
            if isinstance(value, FunctionType | property) and name not in _MAKING:
                return None
    return None
