"""Why a loss differs: it is run alone, on the reference's outputs, and known mistakes are tried."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from brain import spec
from brain.compare import tolerances
from brain.compare.causes.alone import Array
from brain.compare.causes.finder import Diagnosis
from brain.compare.causes.loss_mistakes import GRADIENT, VALUES, Judged, mistakes
from brain.compare.tolerances import error
from brain.engine import build
from brain.parameters import Arrays

NEAR = 1e-6
"""The share of a difference that a cause may leave: 1 - p of a p near 1 keeps few digits, in any
engine, and its logarithm is no better."""


def quantities(
    engine: str,
    loss: spec.Loss,
    x: Array,
    y: Array,
    dtype: str = "float64",
    device: str = "cpu",
) -> Arrays:
    """What comes of the loss: `loss`, `loss of each sample` alone, and `d_output`."""
    net = build(alone(loss, x), engine, dtype=dtype, device=device)
    trace = net.trace(x, y, training=True)
    each = [net.trace(x[n : n + 1], y[n : n + 1], training=True).loss for n in range(len(x))]
    assert trace.d_input is not None
    return {
        "loss": np.asarray(trace.loss, np.float64),
        "loss of each sample": np.asarray(each, np.float64),
        GRADIENT: trace.d_input,
    }


def alone(loss: spec.Loss, x: Array) -> spec.Model:
    """A model that gives what goes into it, so that nothing but the loss is computed."""
    return spec.Model("alone", x.shape[1:], (spec.Identity(),), loss)


def diagnose(
    given: Judged, theirs: Arrays, ask: Callable[[Judged], Arrays], dtype: str = "float64"
) -> Diagnosis:
    """Why `theirs`, what an engine gave for this loss, is not what the reference gives.

    `ask` runs the reference. The value and the gradient may each have a mistake of its own; a cause
    counts only if all that parts is explained, but for rounding or a millionth (`NEAR`) of it.
    `theirs` may lack the loss of each sample.
    """
    right = ask(given)
    nodes = list(alone(given.loss, given.x).walk())
    bound = tolerances.backward_budget(nodes, len(given.x), dtype)
    errors = {k: error(theirs[k], right[k]) for k in right if k in theirs}
    apart = {k: size for k, size in errors.items() if not size <= bound}
    if not apart:
        return Diagnosis({})
    allowed = {k: max(bound, NEAR * size) for k, size in errors.items() if math.isfinite(size)}
    of_value, of_gradient = any(name in apart for name in VALUES), GRADIENT in apart
    value, back = [], []
    for mistake in mistakes(given, right, theirs, apart):
        if of_value and math.isfinite(left := mistake.value_left(theirs, allowed)):
            value.append((max(left, bound), mistake.cause))
        if of_gradient and math.isfinite(left := mistake.gradient_left(theirs, allowed)):
            back.append((max(left, bound), mistake.cause))
    return Diagnosis(apart, named(value, back, of_value, of_gradient))


Found = list[tuple[float, str]]


def named(value: Found, back: Found, of_value: bool, of_gradient: bool) -> tuple[str, ...]:
    """The causes in words: of what explains the value, and what the gradient; nearest first."""
    one, other = (  # stable: of equals, the one that was tried first
        list(dict.fromkeys(cause for _, cause in sorted(found, key=lambda pair: pair[0])))
        for found in (value, back)
    )
    if not of_gradient:
        return tuple(f"{cause}; its gradient is right" for cause in one)
    if not of_value:
        return tuple(f"on the way back, {cause}" for cause in other)
    both = [cause for cause in one if cause in other]
    if one and other:
        both.append(f"{one[0]}; on the way back, {other[0]}")
    return tuple(both)
