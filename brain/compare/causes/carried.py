"""Why a recurrent layer takes up its state, or leaves it behind, wrongly: known mistakes are tried.

The layer is run alone in evaluation, from a state that is carried in. What comes out is `output`,
and `next hidden`, `next cell`: the state that it leaves behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from brain import spec
from brain.compare import tolerances
from brain.compare.causes.alone import Array
from brain.compare.causes.finder import Diagnosis
from brain.compare.tolerances import error
from brain.engine import build
from brain.parameters import Arrays


@dataclass(frozen=True)
class Carried:
    """A recurrent layer and all that goes into it; `carry` is keyed `hidden`, `cell`."""

    layer: spec.Layer
    shape: spec.Shape
    x: Array
    parameters: Arrays
    carry: Arrays


Ask = Callable[[Carried], Arrays]


def quantities(
    engine: str,
    layer: spec.Layer,
    shape: spec.Shape,
    x: Array,
    parameters: Arrays,
    carry: Arrays,
    dtype: str = "float64",
    device: str = "cpu",
) -> Arrays:
    """What comes out of the layer in evaluation: `output`, `next hidden` ...

    An engine that leaves a state behind nowhere gives none.
    """
    model = spec.Model("alone", tuple(shape), (layer,), spec.MeanSquaredError())
    (node,) = model.nodes
    net = build(model, engine, dtype=dtype, device=device)
    net.load_parameters({f"{node.name}.{name}": array for name, array in parameters.items()})
    given = {f"{node.name}.{name}": array for name, array in carry.items()}
    output, after = net.predict(x, carry=given, return_carry=True)
    return {"output": output, **{f"next {k.rpartition('.')[2]}": a for k, a in after.items()}}


def diagnose(given: Carried, theirs: Arrays, ask: Ask, dtype: str = "float64") -> Diagnosis:
    """Why `theirs`, what an engine gave, is not what the reference gives; `ask` runs that.

    A cause counts only if it leads to all that was given: the output and each state.
    """
    right = ask(given)
    model = spec.Model("alone", given.shape, (given.layer,), spec.MeanSquaredError())
    bound = tolerances.forward_budget(list(model.walk()), dtype)
    lost = np.full((), np.nan)  # a state that does not come back
    errors = {k: error(theirs.get(k, lost), right[k]) for k in right}
    apart = {k: size for k, size in errors.items() if not size <= bound}
    if not apart:
        return Diagnosis({})
    causes = [
        cause
        for cause, there in candidates(given, right, theirs, ask)
        if there.keys() == theirs.keys()
        and all(error(theirs[k], there[k]) <= bound for k in theirs)
    ]
    return Diagnosis(apart, tuple(dict.fromkeys(causes)))


def candidates(
    given: Carried, right: Arrays, theirs: Arrays, ask: Ask
) -> Iterator[tuple[str, Arrays]]:
    """Each known mistake, and what would come of it; the simplest first."""
    for cause, carry in taken_up(given.carry):
        there = ask(replace(given, carry=carry))
        yield cause, there
        if cause in EXCHANGES:
            yield f"{cause}, and where it is left behind too", exchanged(there, "next ")
    yield from left_behind(given, right, ask)
    yield from reordered(given, right, theirs)
    steps = given.x.shape[1]
    if steps > 1:
        yield "every step begins with the state that was carried in", stepwise(given, ask)


EXCHANGED = "hidden and cell state are exchanged"
EXCHANGES = (f"{EXCHANGED} where they are taken up",)


def taken_up(carry: Arrays) -> Iterator[tuple[str, Arrays]]:
    """What the layer begins with instead of the state that is carried into it."""
    nothing = {name: np.zeros_like(a) for name, a in carry.items()}
    yield "the state is not taken up: every sequence begins with zeros", nothing
    if len(carry) > 1:
        for name in carry:
            yield f"only the {name} state is taken up", {**nothing, name: carry[name]}
        yield EXCHANGES[0], exchanged(carry)
    samples = len(next(iter(carry.values())))
    for cause, rows in (
        ("every sample begins with the state of the first", np.zeros(samples, int)),
        ("every sample begins with the state of the last", np.full(samples, samples - 1)),
        ("the states are taken up in reverse order of the samples", np.arange(samples)[::-1]),
        ("every sample begins with the state of the one before", np.arange(samples) - 1),
        ("every sample begins with the state of the next", (np.arange(samples) + 1) % samples),
    ):
        yield cause, {name: a[rows] for name, a in carry.items()}
    mean = {name: np.broadcast_to(a.mean(axis=0), a.shape) for name, a in carry.items()}
    yield "every sample begins with the mean of all states", mean
    for cause, factor in (("is taken twice", 2), ("is halved", 0.5), ("has the wrong sign", -1)):
        yield f"the state that is taken up {cause}", {n: factor * a for n, a in carry.items()}


def exchanged(arrays: Arrays, before: str = "") -> Arrays:
    """Hidden for cell, and cell for hidden."""
    hidden, cell = f"{before}hidden", f"{before}cell"
    return {**arrays, hidden: arrays[cell], cell: arrays[hidden]}


def left_behind(given: Carried, right: Arrays, ask: Ask) -> Iterator[tuple[str, Arrays]]:
    """The outputs are right; the state after them is another, or none."""
    output = {"output": right["output"]}
    after = {k: a for k, a in right.items() if k not in output}
    before = {f"next {k}": a for k, a in given.carry.items()}
    nothing = {k: np.zeros_like(a) for k, a in after.items()}
    yield "the state is left behind nowhere", output
    yield "the state after the sequence is the one before it", {**output, **before}
    yield "the state after the sequence is zero", {**output, **nothing}
    yield (
        "the state after the sequence begins with zeros, not with the one carried in",
        {
            **ask(replace(given, carry={k: np.zeros_like(a) for k, a in given.carry.items()})),
            **output,
        },
    )
    if len(after) > 1:
        yield f"{EXCHANGED} where they are left behind", exchanged(right, "next ")
        for name in after:
            word = name.removeprefix("next ")
            for other, what in ((nothing, "zero"), (before, "the one before the sequence")):
                yield (
                    f"only the {word} state is left behind; the other is {what}",
                    {**output, **other, name: after[name]},
                )
            yield f"only the {word} state is left behind", {**output, name: after[name]}
            (copied,) = (k for k in after if k != name)
            yield f"the {word} state is left behind for both", {**right, copied: after[name]}
    for cause, steps in (
        ("the state after is that before the last step", slice(None, -1)),
        ("the state after is that after the first step", slice(1)),
    ):
        if given.x[:, steps].shape[1] in range(1, given.x.shape[1]):
            shorter = (given.x[:, steps].shape[1], *given.shape[1:])
            there = ask(replace(given, x=given.x[:, steps], shape=shorter))
            yield cause, {**there, **output}
    samples = len(right["output"])
    for cause, row in (("first", 0), ("last", -1)):
        rows = np.full(samples, row)
        same = {k: a[rows] for k, a in after.items()}
        yield f"the state of the {cause} sample is left behind for all", {**output, **same}


def reordered(given: Carried, right: Arrays, theirs: Arrays) -> Iterator[tuple[str, Arrays]]:
    """The states come back in an order of the samples that is read off the numbers themselves."""
    name = next(k for k in right if k != "output")
    if name not in theirs or theirs[name].shape != right[name].shape:
        return
    far = np.abs(theirs[name][:, None] - right[name][None]).max(axis=-1)  # (N, N)
    order = far.argmin(axis=1)
    if sorted(order) == list(range(len(order))):
        listed = ", ".join(str(n) for n in order)
        there = {k: a if k == "output" else a[order] for k, a in right.items()}
        yield f"the states come back in another order of the samples: {listed}", there


def stepwise(given: Carried, ask: Ask) -> Arrays:
    """Each step for itself, from the same state."""
    shape = (1, *given.shape[1:])
    every = [
        ask(replace(given, x=given.x[:, t : t + 1], shape=shape)) for t in range(given.x.shape[1])
    ]
    found = dict(every[-1])
    if getattr(given.layer, "return_sequences", False):
        found["output"] = np.concatenate([one["output"] for one in every], axis=1)
    return found
