"""A timing counts only if what was timed computes the workload: the verdict on each contender.

Each predicts and takes one step from the same canonical start. Its outputs, and how far each
parameter moved, are held against NumPy in float64 by the errors and budgets of
`brain.compare.tolerances`.

The budget of a movement has two parts more than that of a gradient. A parameter is kept in float32,
so that its movement is known to a rounding of the parameter. And where a ReLU unit or the largest
of a pooled window is decided by less than a rounding, its whole gradient goes another way: of
values spread evenly around their edge, as many lie that near as the rounding is large, and they
hold that share of the gradient's square.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.contender import PRECISIONS, Array
from benchmarks.workloads import Workload
from brain import spec
from brain.compare.examples import example
from brain.compare.findings import FAR
from brain.compare.tolerances import SAFETY, backward_budget, eps, error, forward_budget
from brain.engine import build
from brain.parameters import Arrays

BENT = (spec.ReLU, spec.MaxPool2D)


@dataclass(frozen=True)
class Verdict:
    """Whether a contender agrees; else by how much not, and where it is furthest off."""

    agrees: bool
    error: float
    budget: float
    where: str

    @property
    def sentence(self) -> str:
        if self.agrees:
            return "agrees"
        if self.error <= self.budget:
            return f"nothing can be told of {self.where}: rounding may be as large as itself"
        return f"off by {self.error:.1e} in {self.where}, where {self.budget:.1e} is rounding"


def reference(engine: str, workload: Workload, seed: int = 0) -> dict[str, Any]:
    """Outputs, the start's parameters and those after a step; NumPy in float64, for a worker."""
    given = example(workload.model, workload.batch_size, seed)
    net = build(workload.model, engine, dtype="float64", optimizer=workload.optimizer)
    net.load_parameters(given.parameters)
    outputs = net.predict(given.x, batch_size=workload.batch_size)
    net.train_step(given.x, given.y)
    return {"outputs": outputs, "start": given.parameters, "parameters": net.parameters()}


def judged(
    workload: Workload, precision: str, outputs: Array, parameters: Arrays, exact: dict[str, Any]
) -> Verdict:
    """The verdict on one contender; `exact` is what `reference` gave."""
    held = list(_held(workload, precision, outputs, parameters, exact))
    return max(held, key=lambda v: (not v.agrees, v.error / v.budget))


def _held(
    workload: Workload, precision: str, outputs: Array, parameters: Arrays, exact: dict[str, Any]
) -> Iterator[Verdict]:
    leaves = [node for node in workload.model.walk() if not node.layer.nests()]
    size = workload.batch_size
    there = forward_budget(leaves, "float32") + _coarse(leaves, precision)
    yield _verdict(error(outputs, exact["outputs"]), there, "the outputs")
    back = backward_budget(leaves, size, "float32") + 2 * _coarse(leaves, precision)
    turned = sum(
        forward_budget(leaves[:i], "float32", size) + _coarse(leaves[:i], precision)
        for i, node in enumerate(leaves)
        if isinstance(node.layer, BENT)
    )
    for name, after in exact["parameters"].items():
        start = np.asarray(exact["start"][name], np.float64)
        moved = after - start
        kept = _relative(SAFETY * eps("float32") * float(np.linalg.norm(start)), moved)
        off = error(np.asarray(parameters[name], np.float64) - start, moved)
        yield _verdict(off, back + kept + math.sqrt(turned), f"the step of {name}")


def _coarse(leaves: Sequence[spec.Node], precision: str) -> float:
    """What TF32 or bfloat16 add: their products' factors are rounded, the sums are float32's.

    A rounding is at most half of what is from 1 to the next number; one product's has nothing to do
    with the next layer's, or time step's.
    """
    if precision == "float32":
        return 0.0
    products = sum(
        node.input_shape[0] if isinstance(node.layer, spec.Recurrent) else 1
        for node in leaves
        if any(len(info.shape) > 1 for info in node.parameters.values())
    )
    return SAFETY * PRECISIONS[precision] / 2 * math.sqrt(products)


def _relative(size: float, array: Array) -> float:
    whole = float(np.linalg.norm(array))
    return size / whole if whole else 0.0


def _verdict(size: float, budget: float, where: str) -> Verdict:
    return Verdict(size <= budget < FAR, size, budget, where)
