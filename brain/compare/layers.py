"""One pass of each engine held against the reference's, layer by layer, so that memory is bounded.

Of each part of the layers the reference's arrays are fetched first; each engine's are held against
them as they come, and dropped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.compare import tolerances
from brain.compare.findings import Finding
from brain.compare.gather import REFERENCE, Runs
from brain.compare.tolerances import error
from brain.passes import completed

Array = NDArray[Any]
EXACT = "float64"
ROUNDING = (REFERENCE, "float32")


@dataclass
class Held:
    """What was found of one engine's pass in training.

    `forward` is keyed by layer; `backward` by `dense1` (the gradient of its output),
    `dense1.weight` and, where there is one, `input`. `turned` is the share of the gradient that
    goes through ReLU units which rounding has put on the other side of 0: the root of the layers'
    squares, for they are different units.
    """

    forward: dict[str, Finding] = field(default_factory=dict)
    backward: dict[str, Finding] = field(default_factory=dict)
    loss: Finding = Finding(math.inf, 0.0)
    turned: float = 0.0


@dataclass
class Part:
    """An engine's arrays of one part by layer, and what its pass ended with."""

    dtype: str
    layers: dict[str, Any]
    end: dict[str, Any]


def passes(runs: Runs, dtypes: Sequence[str]) -> dict[tuple[str, str], Held]:
    """What was found of each engine besides the reference in each dtype, keyed by both.

    `ROUNDING` is the reference too: in float32, held against itself in float64.
    """
    found = {(e, dtype): Held() for dtype in dtypes for e in runs.workers if e != REFERENCE}
    found[ROUNDING] = Held()
    for number in range(len(runs.parts)):
        _hold_part(runs, number, found)
    for held in found.values():
        wider = tolerances.turned_budget(held.turned)
        for name, finding in held.backward.items():
            held.backward[name] = replace(finding, budget=finding.budget + wider)
    return found


def _hold_part(runs: Runs, number: int, found: Mapping[tuple[str, str], Held]) -> None:
    """Add to the findings those of one part."""
    exact = _collected(runs, EXACT, number)
    for (engine, dtype), held in found.items():
        if dtype == EXACT:
            _hold(runs, engine, dtype, number, held, exact)
    rounded = _hold(runs, *ROUNDING, number, found[ROUNDING], exact, keep=True)
    del exact
    for (engine, dtype), held in found.items():
        if dtype == ROUNDING[1] and engine != REFERENCE:
            _hold(runs, engine, dtype, number, held, rounded)


def _hold(
    runs: Runs, engine: str, dtype: str, number: int, held: Held, mine: Part, keep: bool = False
) -> Part:
    """Add to what was found of one engine, and give back its arrays, if they are to be kept."""
    kept: dict[str, Any] = {}
    samples, against = len(runs.example.x), mine.dtype
    bent = [n.name for n in runs.model.walk() if isinstance(n.layer, spec.ReLU | spec.LeakyReLU)]

    def hear(theirs: Any) -> None:
        name = theirs["name"]
        held.forward[name] = _output(runs, against, theirs, mine.layers[name], samples)
        held.backward |= _gradients(runs, against, theirs, mine.layers[name])
        if name in bent and held.forward[name].within:  # else it is no rounding
            held.turned = math.hypot(held.turned, _turned(theirs, mine.layers[name]))
        if keep:
            kept[name] = theirs

    end, budget = runs.part(engine, dtype, number, hear), way_back(runs, against)
    if number == 0:  # each part's pass ends with the same
        held.loss = hold(end["loss"], mine.end["loss"], budget, against, "")
    if number == 0 and runs.model.ids is None:  # token ids have no gradient
        there = hold(end["d_input"], mine.end["d_input"], budget, against, "input")
        held.backward = {"input": there, **held.backward}
    return Part(dtype, kept, end)


def evaluation(runs: Runs, engine: str, dtype: str) -> Iterator[tuple[str, Finding]]:
    """Each layer, and what was found of its output in evaluation; no more is run than is asked."""
    for number in range(len(runs.parts)):
        mine = _collected(runs, dtype, number, training=False).layers
        found: dict[str, Finding] = {}

        def hear(theirs: Any, mine: Any = mine, found: dict[str, Finding] = found) -> None:
            name = theirs["name"]
            found[name] = _output(runs, dtype, theirs, mine[name], samples=0)

        runs.part(engine, dtype, number, hear, training=False)
        yield from found.items()


def way_back(runs: Runs, dtype: str) -> float:
    """The budget of the loss and of any gradient."""
    nodes = completed(runs.model.nodes)
    return tolerances.backward_budget(nodes, len(runs.example.x), dtype)


def hold(
    theirs: Array, mine: Array, budget: float, dtype: str, what: str, sums: float = 0.0, n: int = 1
) -> Finding:
    """One array against the reference's; `sums` and `n` are S and n of `tolerances.error`."""
    size = error(theirs, mine, sums, n)
    return Finding(size, budget, what, *tolerances.apart(theirs, mine, dtype))


def _collected(runs: Runs, dtype: str, number: int, training: bool = True) -> Part:
    """The reference's arrays of one part."""
    mine: dict[str, Any] = {}

    def hear(layer: Any) -> None:
        mine[layer["name"]] = layer

    return Part(dtype, mine, runs.part(REFERENCE, dtype, number, hear, training))


def _output(runs: Runs, dtype: str, theirs: Any, mine: Any, samples: int) -> Finding:
    """What was found of a layer's output; of one in evaluation where `samples` is 0."""
    name, nodes = mine["name"], list(completed(runs.model.nodes))
    (i,) = (i for i, node in enumerate(nodes) if node.name == name)
    budget = tolerances.forward_budget(nodes[: i + 1], dtype, samples)
    sums = runs.addends(name).get("output", 0.0)
    n = nodes[i].layer.sum_length(nodes[i].input_shape)
    return hold(theirs["output"], mine["output"], budget, dtype, name, sums, n)


def _gradients(runs: Runs, dtype: str, theirs: Any, mine: Any) -> dict[str, Finding]:
    """What was found of the gradients of a layer's output and of its own parameters."""
    name, budget, sums = mine["name"], way_back(runs, dtype), runs.addends(mine["name"])
    what = f"output of {name}"
    found = {name: hold(theirs["d_output"], mine["d_output"], budget, dtype, what)}
    for parameter, array in mine["parameters"].items():
        key, whole, n = f"{name}.{parameter}", sums.get(parameter, 0.0), sums.get("rows", 1)
        found[key] = hold(theirs["parameters"][parameter], array, budget, dtype, key, whole, n)
    return found


def _turned(theirs: Any, mine: Any) -> float:
    """The share of a ReLU layer's gradient at the units that are on different sides of 0."""
    turned = (theirs["output"] > 0) != (mine["output"] > 0)
    whole = float(np.linalg.norm(mine["d_output"]))
    return (
        float(np.linalg.norm(mine["d_output"][turned])) / whole if turned.any() and whole else 0.0
    )
