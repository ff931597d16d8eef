"""What a worker does for a user's own model: made once, then asked pass by pass."""

from __future__ import annotations

import importlib
from typing import Any

from brain.compare.own.leaves import Array, OwnModel
from brain.parameters import Arrays

_MODELS: dict[str, OwnModel] = {}
"""The one model that a worker holds, by engine."""


def opened(engine: str, reader: str, factory: str, dtype: str, seed: int) -> str:
    """Make the model; what its framework is called. `reader` is `module:Class` of an `OwnModel`."""
    module, _, name = reader.partition(":")
    cls = getattr(importlib.import_module(module), name)
    _MODELS[engine] = cls(factory, dtype, seed)
    return _MODELS[engine].framework


def ran(engine: str, x: Array, training: bool, dy: Array | None = None) -> dict[str, Any]:
    """`OwnModel.run`, as words and arrays."""
    found = _MODELS[engine].run(x, training, dy)
    return {**vars(found), "leaves": [vars(leaf) for leaf in found.leaves]}


def written(engine: str, name: str, parameters: Arrays, state: Arrays) -> None:
    """`OwnModel.write`."""
    _MODELS[engine].write(name, parameters, state)


def alone(engine: str, **given: Any) -> Arrays:
    """`OwnModel.alone`."""
    return _MODELS[engine].alone(**given)
