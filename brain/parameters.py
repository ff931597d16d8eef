"""Canonical parameters: their names, their shapes, and the one place where they get a value.

Every engine starts from the arrays that `initial_parameters` draws, so two engines with one seed
start equal whatever their framework would have drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import checks, spec
from brain.errors import UserError, unknown
from brain.randomness import generator

Arrays = dict[str, NDArray[np.floating]]


def initial_parameters(model: spec.Model, seed: int = 0) -> dict[str, NDArray[np.float64]]:
    """Start values for every parameter of `model`, float64, by canonical name.

    Each is drawn from its own stream (seed, name): two models that share a layer's name and
    shape share its start.
    """
    return {
        name: draw(info, generator(seed, f"initial {name}"))
        for name, info in model.parameters().items()
    }


def initial_state(model: spec.Model) -> dict[str, NDArray[np.float64]]:
    """Start values for every running statistic of `model`, by canonical name; nothing is random."""
    return {name: draw(info, generator(0, name)) for name, info in model.state().items()}


def draw(info: spec.ParameterInfo, random: np.random.Generator) -> NDArray[np.float64]:
    """One array as `info.init` asks for; `brain.spec.initializers` cites the sources."""
    match info.init:
        case spec.init.He(distribution):
            variance = 2 / info.fan_in  # theory/initial-values.md (2)
            return _of_variance(variance, distribution, info.shape, random)
        case spec.init.Glorot(distribution):
            variance = 2 / (info.fan_in + info.fan_out)  # (4)
            return _of_variance(variance, distribution, info.shape, random)
        case spec.init.Orthogonal(gain):
            *rows, columns = info.shape
            one = (*rows, columns // info.parts)
            parts = [_orthonormal(one, random) for _ in range(info.parts)]
            return gain * np.concatenate(parts, axis=-1)
        case spec.init.Normal(std):
            return std * random.standard_normal(info.shape)
        case spec.init.Uniform(low, high):
            return random.uniform(low, high, info.shape)
        case spec.init.Constant(value):
            return np.full(info.shape, value)
    raise TypeError(f"no draw is written for {info.init}")


def _of_variance(
    variance: float, distribution: str, shape: spec.Shape, random: np.random.Generator
) -> NDArray[np.float64]:
    if distribution == "normal":
        return math.sqrt(variance) * random.standard_normal(shape)
    limit = math.sqrt(3 * variance)  # (5): a draw in +-limit has the variance limit^2 / 3
    return random.uniform(-limit, limit, shape)


def _orthonormal(shape: spec.Shape, random: np.random.Generator) -> NDArray[np.float64]:
    rows, columns = math.prod(shape[:-1]), shape[-1]
    tall = random.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # (6): makes the draw uniform over rotations (Mezzadri 2007)
    return np.ascontiguousarray(q if rows >= columns else q.T).reshape(shape)


def checked(
    arrays: Mapping[str, Any], wanted: Mapping[str, spec.Shape], what: str, dtype: np.dtype
) -> Arrays:
    """Copies of `arrays` as `dtype`, if their names and shapes are exactly those in `wanted`.

    Raises UserError, naming the array, for a missing or unknown name, another shape, a value
    that is no finite number; then nothing has been changed.
    """
    for name in arrays:
        if name not in wanted:
            raise unknown(what, name, wanted) if wanted else UserError(f"there is no {what} here.")
    result: Arrays = {}
    for name, shape in wanted.items():
        if name not in arrays:
            raise UserError(f"{what} {name!r} is missing.")
        array = checks.numbers(f"{what} {name!r}", arrays[name])
        if array.dtype == bool:
            raise UserError(f"{what} {name!r} holds {array.dtype}; wanted real numbers.")
        if array.shape != tuple(shape):
            raise UserError(f"{what} {name!r} has shape {array.shape}; wanted {tuple(shape)}.")
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused below
            result[name] = array.astype(dtype)  # always a copy
        if not np.isfinite(result[name]).all():
            raise UserError(f"{what} {name!r} holds values that are not finite in {dtype}.")
    return result
