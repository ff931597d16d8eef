"""The comparison itself: ask each worker for its runs, hold them against the reference's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from brain import spec
from brain.compare import tolerances
from brain.compare.findings import Finding, Noise, Verdict, largest
from brain.compare.gather import REFERENCE, Runs
from brain.compare.places import completed, first_layer
from brain.compare.tolerances import error
from brain.worker import Worker

NUDGES, MOST_NUDGES = 2, 18
"""Further float32 runs of the reference, each from a start moved by one rounding: always so many,
and at most so many before an engine is said to differ by its steps alone (`tolerances.py`)."""


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
    noise = Noise(model.name, batch_size=runs.batch_size, samples=runs.samples)
    _measure(runs, noise, runs.trajectory(REFERENCE, "float32"))
    for number in range(NUDGES):
        _measure(runs, noise, runs.nudged_trajectory(number))
    pairs = [(engine, dtype) for dtype in dtypes for engine in workers if engine != REFERENCE]
    verdicts = [_judge(runs, *pair, noise) for pair in pairs]
    while noise.runs <= MOST_NUDGES and any(verdict.doubtful for verdict in verdicts):
        _measure(runs, noise, runs.nudged_trajectory(noise.runs - 1))
        verdicts = [_judge(runs, *pair, noise) for pair in pairs]
    return verdicts, noise


def _measure(runs: Runs, noise: Noise, rounded: Mapping[str, Any]) -> None:
    """Add a run of the reference in float32 to the noise."""
    noise.runs += 1
    for step, exact in runs.trajectory(REFERENCE, "float64")["parameters"].items():
        _, distance = _worst(rounded["parameters"][step], exact)
        noise.distances[step] = max(noise.distances.get(step, 0.0), distance)


def _judge(runs: Runs, engine: str, dtype: str, noise: Noise) -> Verdict:
    nodes = list(completed(runs.model.nodes))
    mine, theirs = (runs.trace(e, dtype) for e in (REFERENCE, engine))
    forward = _outputs(runs, nodes, dtype, mine, theirs, len(runs.example.x))
    backward = _gradients(runs, nodes, dtype, mine, theirs)
    way_back = tolerances.backward_budget(nodes, len(runs.example.x), dtype)
    predictions = _predictions(runs, nodes, engine, dtype)
    quantities = {
        "outputs": largest(forward.values()),
        "predictions": largest(predictions),
        "loss": Finding(error(theirs["loss"], mine["loss"]), way_back),
        "gradients": largest(backward.values()),
    }
    mine, theirs = (runs.trajectory(e, dtype)["parameters"] for e in (REFERENCE, engine))
    for step, distance in noise.distances.items():
        name, size = _worst(theirs[step], mine[step])
        quantities[f"step {step}"] = Finding(size, tolerances.steps_budget(distance, dtype), name)
    first = first_layer(runs.model, forward, backward)
    if not (first or quantities["loss"].within):
        first = "the loss"
    if not (first or quantities["predictions"].within):
        first = _first_in_evaluation(runs, nodes, engine, dtype, predictions)
    return Verdict(runs.model.name, engine, dtype, quantities, first)


def _outputs(
    runs: Runs, nodes: list[spec.Node], dtype: str, mine: Any, theirs: Any, samples: int
) -> dict[str, Finding]:
    """What was found for each layer's output in two traces; of evaluation where `samples` is 0."""
    found = {}
    for i, node in enumerate(nodes):
        size = error(
            theirs["outputs"][node.name],
            mine["outputs"][node.name],
            runs.addends().get(node.name, {}).get("output", 0.0),
            node.layer.sum_length(node.input_shape),
        )
        passed = tolerances.forward_budget(nodes[: i + 1], dtype, samples)
        found[node.name] = Finding(size, passed, node.name)
    return found


def _gradients(
    runs: Runs, nodes: list[spec.Node], dtype: str, mine: Any, theirs: Any
) -> dict[str, Finding]:
    """What was found for each gradient in two traces.

    Keyed `dense1` (of its output), `dense1.weight` and, where there is one, `input`.
    """
    budget = tolerances.backward_budget(nodes, len(runs.example.x), dtype)
    found = {}
    if runs.model.ids is None:  # token ids have no gradient
        found["input"] = Finding(error(theirs["d_input"], mine["d_input"]), budget, "input")
    for node in nodes:
        name, sums = node.name, runs.addends().get(node.name, {})
        size = error(theirs["d_outputs"][name], mine["d_outputs"][name])
        found[name] = Finding(size, budget, f"output of {name}")
        for parameter in node.parameters:
            key = f"{name}.{parameter}"
            a, b = (trace["d_parameters"][key] for trace in (theirs, mine))
            size = error(a, b, sums.get(parameter, 0.0), sums.get("rows", 1))
            found[key] = Finding(size, budget, key)
    return found


def _predictions(runs: Runs, nodes: list[spec.Node], engine: str, dtype: str) -> list[Finding]:
    """What was found in evaluation: for the outputs, then for each recurrent state after them."""
    budget = tolerances.forward_budget(nodes, dtype)
    (mine, after), (theirs, states) = (runs.prediction(e, dtype) for e in (REFERENCE, engine))
    lost = np.array(math.nan)  # an engine that knows nothing of a state
    return [Finding(error(theirs, mine), budget)] + [
        Finding(error(states.get(name, lost), array), budget, name) for name, array in after.items()
    ]


def _first_in_evaluation(
    runs: Runs, nodes: list[spec.Node], engine: str, dtype: str, predictions: list[Finding]
) -> str:
    """The first layer that is right in training and wrong in evaluation, or empty.

    A trace begins with no recurrent state, so what is right in it and wrong in the predictions is
    how a state is taken up or left behind.
    """
    mine, theirs = (runs.evaluation(e, dtype) for e in (REFERENCE, engine))
    for name, finding in _outputs(runs, nodes, dtype, mine, theirs, samples=0).items():
        if not finding.within:
            return f"{name}, forward, in evaluation"
    for finding in predictions:
        if finding.worst and not finding.within:
            return f"{finding.worst.rpartition('.')[0]}, forward, with a carried state"
    return ""


def _worst(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> tuple[str, float]:
    """The parameter with the largest error, and that error."""
    errors = {name: error(theirs[name], mine[name]) for name in mine}
    name = max(errors, key=errors.__getitem__, default="")
    return name, errors.get(name, 0.0)
