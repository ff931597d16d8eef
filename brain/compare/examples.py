"""The numbers that a model is checked with: parameters, a batch, a cotangent, what it remembers.

They avoid what lets wrong code pass: no zero biases, no batch of one, no cotangent of ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.parameters import Arrays, initial_state
from brain.randomness import generator

Array = NDArray[Any]


@dataclass(frozen=True)
class Example:
    """Values for one model: parameters, a batch, a cotangent of its output, what it remembers.

    `state` holds the running statistics, `carry` a recurrent state for each sample to begin with.

    Floats are float64 that float32 holds exactly, so that a float32 and a float64 run start from
    the same numbers.
    """

    parameters: Arrays
    x: Array
    y: Array
    dy: Array
    state: Arrays = field(default_factory=dict)
    carry: Arrays = field(default_factory=dict)


def example(model: spec.Model, samples: int = 7, seed: int = 0) -> Example:
    """Random values for `model`, every one of them drawn by name from `seed`.

    Weights have the scale of Glorot's rule, whatever the model asks for, so that signals neither
    die nor explode; everything else has a standard deviation near 1, biases 0.5. Running
    statistics are not those of an untrained layer, which would hide how they are used.
    """
    parameters = {
        name: _normal(name, info.shape, seed, 0.5 if len(info.shape) == 1 else _scale(info))
        for name, info in model.parameters().items()
    }
    state = {
        # around where they begin, 0 or 1, and never below 0: one of them is a variance
        name: np.abs(initial_state(model)[name] + _normal(name, info.shape, seed, 0.25))
        for name, info in model.state().items()
    }
    state = {name: array.astype(np.float32).astype(np.float64) for name, array in state.items()}
    x = inputs(model, samples, seed)
    dy = _normal("dy", (samples, *model.output_shape), seed)
    carry = {name: _normal(name, (samples, *s), seed) for name, s in model.carry().items()}
    return Example(parameters, x, targets(model, samples, seed), dy, state, carry)


def inputs(model: spec.Model, samples: int, seed: int = 0) -> Array:
    """Random inputs: numbers, or token ids."""
    shape = (samples, *model.input_shape)
    if model.ids is not None:
        return generator(seed, "example x").integers(0, model.ids, shape)
    return _normal("x", shape, seed)


def targets(model: spec.Model, samples: int, seed: int = 0) -> Array:
    """Random targets: labels from every class, or numbers."""
    random, shape = generator(seed, "example y"), (samples, *model.target_shape)
    if model.loss.labels:
        return random.integers(0, model.loss.classes(model.output_shape), shape)
    return random.standard_normal(shape).astype(np.float32).astype(np.float64)


def _normal(label: str, shape: tuple[int, ...], seed: int, scale: float = 1.0) -> Array:
    draws = scale * generator(seed, f"example {label}").standard_normal(shape)
    return draws.astype(np.float32).astype(np.float64)


def _scale(info: spec.ParameterInfo) -> float:
    return float(np.sqrt(2 / (info.fan_in + info.fan_out)))
