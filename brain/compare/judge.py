"""The comparison itself: ask each worker for its runs, hold them against the reference's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brain import spec
from brain.compare import tolerances
from brain.compare.gather import REFERENCE, Runs
from brain.compare.tolerances import error
from brain.worker import Worker

WORTHLESS = 0.1
"""A relative error that no one would call equal: a budget as large as this decides nothing."""

NUDGES = 2
"""Further float32 runs of the reference, each from a start moved by one rounding."""


@dataclass(frozen=True)
class Finding:
    """One quantity compared: its error, its budget, and where the error was largest."""

    error: float
    budget: float
    worst: str = ""

    @property
    def decided(self) -> bool:
        """Whether the budget of a relative error is small enough for a verdict."""
        return self.budget < WORTHLESS

    @property
    def within(self) -> bool:
        """Whether the error is inside its budget; never where either is not finite."""
        return math.isfinite(self.budget) and self.error <= self.budget

    @property
    def share(self) -> float:
        """How much of the budget the error takes; 1 is all of it."""
        if self.error == 0.0:
            return 0.0
        if not (math.isfinite(self.error) and self.budget):
            return math.inf
        return self.error / self.budget


@dataclass(frozen=True)
class Verdict:
    """One engine against the reference, for one model and dtype.

    `quantities` holds outputs, predictions, loss, gradients and `step 1`, `step 10`, ...;
    `first` names the first layer where the two part, forward before backward, or is empty.
    """

    model: str
    engine: str
    dtype: str
    quantities: dict[str, Finding]
    first: str = ""

    @property
    def equal(self) -> bool:
        """Whether every error is inside a budget that decides anything."""
        return self.answer == "equal"

    @property
    def answer(self) -> str:
        """equal, differs, or undecided where nothing differs but some budget is worthless."""
        found = self.quantities.values()
        if any(finding.decided and not finding.within for finding in found):
            return "differs"
        return "equal" if all(finding.decided for finding in found) else "undecided"


@dataclass
class Noise:
    """What rounding alone does to a model: the reference in float32 against itself in float64.

    The largest of a few distances, because where training amplifies rounding (a ReLU unit that
    falls on the other side of zero) one run may be lucky.
    """

    model: str
    distances: dict[str, float] = field(default_factory=dict)


def compare_model(
    model: spec.Model,
    workers: Mapping[str, Worker],
    dtypes: Sequence[str],
    optimizer: spec.Optimizer,
    steps: int,
    device: str = "cpu",
    on_run: Callable[[str], object] = lambda what: None,
) -> tuple[list[Verdict], Noise]:
    """Hold every worker's engine against the reference's on one model.

    `workers` must hold the reference. `on_run` hears what is about to be run.
    """
    runs = Runs(model, workers, optimizer, steps, device, on_run)
    noise = _noise(runs)
    others = [engine for engine in workers if engine != REFERENCE]
    verdicts = [_judge(runs, engine, dtype, noise) for dtype in dtypes for engine in others]
    return verdicts, noise


def _noise(runs: Runs) -> Noise:
    exact = runs.trajectory(REFERENCE, "float64")["parameters"]
    rounded = [runs.trajectory(REFERENCE, "float32")]
    rounded += [runs.nudged_trajectory(number) for number in range(NUDGES)]
    distances = {
        step: max(_worst(run["parameters"][step], exact[step])[1] for run in rounded)
        for step in exact
    }
    return Noise(runs.model.name, distances)


def _judge(runs: Runs, engine: str, dtype: str, noise: Noise) -> Verdict:
    nodes = list(_completed(runs.model.nodes))
    forward, backward = _one_pass(runs, nodes, engine, dtype)
    mine, theirs = runs.trace(REFERENCE, dtype), runs.trace(engine, dtype)
    outputs = (runs.prediction(e, dtype) for e in (engine, REFERENCE))
    way_back = tolerances.backward_budget(nodes, len(runs.example.x), dtype)
    quantities = {
        "outputs": largest(forward.values()),
        "predictions": Finding(error(*outputs), tolerances.forward_budget(nodes, dtype)),
        "loss": Finding(error(theirs["loss"], mine["loss"]), way_back),
        "gradients": largest(backward.values()),
    }
    mine, theirs = runs.trajectory(REFERENCE, dtype), runs.trajectory(engine, dtype)
    for step, distance in noise.distances.items():
        name, size = _worst(theirs["parameters"][step], mine["parameters"][step])
        quantities[f"step {step}"] = Finding(size, tolerances.steps_budget(distance, dtype), name)
    first = _first(runs.model, forward, backward)
    if not (first or quantities["loss"].within):
        first = "the loss"
    return Verdict(runs.model.name, engine, dtype, quantities, first)


def _one_pass(
    runs: Runs, nodes: list[spec.Node], engine: str, dtype: str
) -> tuple[dict[str, Finding], dict[str, Finding]]:
    """What was found for each layer's output, and for each gradient.

    Gradients are keyed `dense1` (of the output), `dense1.weight` and `input`.
    """
    mine, theirs = runs.trace(REFERENCE, dtype), runs.trace(engine, dtype)
    budget = tolerances.backward_budget(nodes, len(runs.example.x), dtype)
    forward, backward = {}, {"input": Finding(error(theirs["d_input"], mine["d_input"]), budget)}
    for i, node in enumerate(nodes):
        name, sums = node.name, runs.addends().get(node.name, {})
        size = error(
            theirs["outputs"][name],
            mine["outputs"][name],
            sums.get("output", 0.0),
            node.layer.sum_length(node.input_shape),
        )
        forward[name] = Finding(size, tolerances.forward_budget(nodes[: i + 1], dtype), name)
        size = error(theirs["d_outputs"][name], mine["d_outputs"][name])
        backward[name] = Finding(size, budget, f"output of {name}")
        for key in (f"{name}.{parameter}" for parameter in node.parameters):
            a, b = (trace["d_parameters"][key] for trace in (theirs, mine))
            addends = sums.get(key.rpartition(".")[2], 0.0)
            backward[key] = Finding(error(a, b, addends, sums.get("rows", 1)), budget, key)
    return forward, backward


def _completed(nodes: tuple[spec.Node, ...]) -> Iterator[spec.Node]:
    """The nodes in the order in which their outputs become known: a nest after its layers."""
    for node in nodes:
        for inside in node.nests.values():
            yield from _completed(inside)
        yield node


def largest(findings: Iterable[Finding]) -> Finding:
    """The finding that has used up most of its budget."""
    return max(findings, key=lambda finding: finding.share)


def _worst(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> tuple[str, float]:
    """The parameter with the largest error, and that error."""
    errors = {name: error(theirs[name], mine[name]) for name in mine}
    name = max(errors, key=errors.__getitem__, default="")
    return name, errors.get(name, 0.0)


def _first(
    model: spec.Model, forward: Mapping[str, Finding], backward: Mapping[str, Finding]
) -> str:
    """The first layer where the engines part: on the way there, then on the way back."""
    for node in _completed(model.nodes):
        if not forward[node.name].within:
            return f"{node.name}, forward"
    blamed = _blamed(model.nodes, "the loss", backward)
    if not blamed and not backward["input"].within:
        blamed = _entrance(model.nodes[0])
    return f"{blamed}, backward" if blamed else ""


def _blamed(nodes: tuple[spec.Node, ...], behind: str, backward: Mapping[str, Finding]) -> str:
    """The last layer of a chain whose backward is wrong; `behind` is what comes after the chain."""
    for node in reversed(nodes):
        if not backward[node.name].within:  # what the layer behind it passed back was wrong
            return behind
        for inside in node.nests.values():
            if inside and (blamed := _blamed(inside, node.name, backward)):
                return blamed
        if not all(backward[f"{node.name}.{k}"].within for k in node.parameters):
            return node.name
        behind = _entrance(node)
    return ""


def _entrance(node: spec.Node) -> str:
    """The layer that passes a node's gradient back; the node itself where several add up."""
    ways = list(node.nests.values())
    return _entrance(ways[0][0]) if len(ways) == 1 and ways[0] else node.name
