"""Trying the known mistakes on one layer, until one gives what was found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from brain import spec
from brain.compare import tolerances
from brain.compare.causes.alone import Alone, Array
from brain.compare.causes.formulas import formulas
from brain.compare.causes.variants import variants
from brain.compare.tolerances import error
from brain.parameters import Arrays

UNKNOWN = "unknown cause"
INHERITED = "the layer alone is right"


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with one layer: the quantities that part, their errors, and why.

    `causes` are the known mistakes that give the very same numbers, the most specific first; empty
    if none does. A layer that is right by itself has no errors: what it was given is wrong.
    """

    errors: dict[str, float]
    causes: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        """Whether the layer is wrong by itself."""
        return bool(self.errors)

    def __str__(self) -> str:
        if not self.local:
            return INHERITED
        return self.causes[0] if self.causes else UNKNOWN


def diagnose(
    alone: Alone, theirs: Arrays, ask: Callable[[Alone], Arrays], dtype: str = "float64"
) -> Diagnosis:
    """Why `theirs`, what an engine gave for this layer, is not what the reference gives.

    `ask` runs the reference. A cause counts if it leads to the same output, where the outputs part,
    and else to the same gradients and statistics: all those that part.
    """
    right = ask(alone)
    bounds = {name: budget(alone, name, dtype) for name in right}
    errors = {k: error(theirs[k], right[k]) for k in right if k in theirs}
    apart = {k: size for k, size in errors.items() if not size <= bounds[k]}
    if not apart:
        return Diagnosis({})
    found: list[tuple[int, str]] = []
    for cause, candidate in candidates(alone, right, theirs, tuple(apart), ask):
        same = {
            name: error(array, theirs[name]) <= bounds[name]
            for name, array in candidate.items()
            if name in theirs
        }
        explained = [name for name in apart if same.get(name)]
        if "output" in explained or ("output" not in apart and len(explained) == len(apart)):
            found.append((2 * sum(same.values()) - len(same), cause))
    found.sort(key=lambda pair: -pair[0])  # stable: of equals, the one that was tried first
    return Diagnosis(apart, tuple(dict.fromkeys(cause for _, cause in found)))


def candidates(
    alone: Alone,
    right: Arrays,
    theirs: Arrays,
    apart: tuple[str, ...],
    ask: Callable[[Alone], Arrays],
) -> Iterator[tuple[str, Arrays]]:
    """Each known mistake, and what would come of it: all quantities that it claims to give."""
    yield from multiples(alone, right, theirs, apart, known=True)
    yield from formulas(alone, right)
    for variant in variants(alone):
        there = variant.back(ask(variant.given))
        if "output" in apart or error(there["output"], right["output"]) == 0.0:
            yield variant.cause, there
        else:  # the way there is right: is this the way back?
            yield f"on the way back, {variant.cause}", {k: there[k] for k in apart if k in there}
    yield from fitted(alone, theirs, ask)
    yield from multiples(alone, right, theirs, apart, known=False)


def budget(alone: Alone, quantity: str, dtype: str) -> float:
    """How far rounding may lead one layer: there, or there and back."""
    model = spec.Model("alone", tuple(alone.shape), (alone.layer,), spec.MeanSquaredError())
    nodes = list(model.walk())
    if quantity == "output":
        return tolerances.forward_budget(nodes, dtype, len(alone.x))
    return tolerances.backward_budget(nodes, len(alone.x), dtype)


def multiples(
    alone: Alone, right: Arrays, theirs: Arrays, apart: tuple[str, ...], known: bool
) -> Iterator[tuple[str, Arrays]]:
    """All that part are one multiple of what they should be: one that means something, or any."""
    names = ("output",) if "output" in apart else apart
    if any(name.startswith("next ") for name in names):
        return
    c = factor(theirs[names[0]], right[names[0]])
    meaning = meant(c, alone)
    if math.isfinite(c) and bool(meaning) is known:
        what = "each gradient" if len(names) > 1 else called(names[0])
        how = meaning or f"is {c:.12g} times what it should be"
        yield f"{what} {how}", {name: c * right[name] for name in names}


def called(quantity: str) -> str:
    """`the output`, `the gradient of weight`."""
    of = quantity.removeprefix("d_")
    if of == quantity:
        return f"the {quantity}"
    return f"the gradient of {'the input' if of == 'input' else of}"


def factor(a: Array, b: Array) -> float:
    """The number c for which c * b comes nearest to a."""
    if a.shape != b.shape or not np.isfinite(a).all():
        return math.nan
    size = float(np.vdot(b, b))
    return float(np.vdot(b, a)) / size if size else math.nan


def meant(c: float, alone: Alone) -> str:
    """What a factor means: its sign, the batch that was not divided by; empty if nothing known."""
    samples, positions = len(alone.x), math.prod(alone.dy.shape[1:-1])
    meanings = {
        0.0: "is missing",
        -1.0: "has the wrong sign",
        2.0: "is taken twice",
        0.5: "is halved",
    }
    for count, of in (
        (samples, f"{samples} samples"),
        (positions, f"{positions} positions of a sample"),
        (samples * positions, f"{samples * positions} positions of the batch"),
    ):
        if count > 1:
            meanings.setdefault(float(count), f"is not divided by the {of}")
            meanings.setdefault(1 / count, f"is divided by the {of}")
    near = (value for value in meanings if abs(c - value) <= 1e-9 * max(abs(value), 1e-3))
    return meanings.get(next(near, math.nan), "")


def fitted(
    alone: Alone, theirs: Arrays, ask: Callable[[Alone], Arrays]
) -> Iterator[tuple[str, Arrays]]:
    """One option with a value that is read off the numbers themselves."""
    layer: Any = alone.layer
    if isinstance(layer, spec.LeakyReLU):
        negative = alone.x < 0
        for name, of in (("output", alone.x), ("d_input", alone.dy)):
            if name in theirs and negative.any() and theirs[name].shape == of.shape:
                slope = float(np.median(theirs[name][negative] / of[negative]))
                if slope >= 0:
                    there = ask(replace(alone, layer=spec.LeakyReLU(slope)))
                    way = "" if name == "output" else "on the way back, "
                    yield f"{way}slope is {slope:.6g}, not {layer.slope:g}", there
    if isinstance(layer, spec.BatchNorm | spec.LayerNorm) and "output" in theirs:
        own = tuple(range(alone.x.ndim - 1)) if isinstance(layer, spec.BatchNorm) else (-1,)
        gamma, beta = alone.parameters["gamma"], alone.parameters["beta"]
        centred = alone.x - alone.x.mean(axis=own, keepdims=True)
        with np.errstate(all="ignore"):
            eps = (centred * gamma / (theirs["output"] - beta)) ** 2 - alone.x.var(
                axis=own, keepdims=True
            )
        value = float(np.nanmedian(eps))
        if value > 0:
            there = ask(replace(alone, layer=replace(layer, eps=value)))
            yield f"eps is {value:.3g}, not {layer.eps:g}", there
