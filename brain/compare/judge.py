"""The comparison itself: ask each worker for its runs, hold them against the reference's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.compare import tolerances
from brain.compare.causes.alone import Alone
from brain.compare.causes.ends import LOSS, STATE, mistaken_loss, mistaken_state
from brain.compare.causes.finder import INHERITED, UNKNOWN, diagnose
from brain.compare.findings import Finding, Noise, Verdict, largest
from brain.compare.gather import REFERENCE, Runs
from brain.compare.layers import EXACT, ROUNDING, Held, evaluation, hold, passes
from brain.compare.places import first_layer, mapped
from brain.compare.runs import CHECKPOINTS
from brain.compare.tolerances import error
from brain.parameters import Arrays
from brain.passes import completed
from brain.worker import Worker

Array = NDArray[Any]
OPTIMIZER = "the optimizer"
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
    batch_size: int | None = None,
) -> tuple[list[Verdict], Noise]:
    """Hold every worker's engine against the reference's on one model.

    `workers` must hold the reference. `on_run` hears what is about to be run. `batch_size` is how
    many samples a pass and each step have, unless the model decides.
    """
    runs = Runs(model, workers, optimizer, steps, device, on_run, batch_size)
    noise = Noise(model.name, batch_size=runs.batch_size, samples=runs.samples)
    _measure(runs, noise, runs.trajectory(REFERENCE, "float32"))
    for number in range(NUDGES):
        _measure(runs, noise, runs.nudged_trajectory(number))
    held = passes(runs, dtypes)
    noise.one_pass = _rounded(runs, held.pop(ROUNDING))
    verdicts = [_judge(runs, *pair, noise, found) for pair, found in held.items()]
    while noise.runs <= MOST_NUDGES and any(verdict.doubtful for verdict in verdicts):
        _measure(runs, noise, runs.nudged_trajectory(noise.runs - 1))
        verdicts = [_judge(runs, *pair, noise, found) for pair, found in held.items()]
    return [_explained(runs, verdict) for verdict in verdicts], noise


def _explained(runs: Runs, verdict: Verdict) -> Verdict:
    """The verdict with the cause: the first layer is run alone, and known mistakes are tried."""
    name, _, where = verdict.first.partition(", ")
    if verdict.first == OPTIMIZER:
        return replace(verdict, cause=_mistake(runs, verdict))
    if verdict.answer == "differs" and name == LOSS:
        return replace(verdict, cause=mistaken_loss(runs, verdict))
    if verdict.answer == "differs" and where == STATE:
        return replace(verdict, cause=mistaken_state(runs, verdict))
    if verdict.answer != "differs" or name not in (node.name for node in runs.model.walk()):
        return verdict
    alone = runs.alone(name, verdict.dtype, training="evaluation" not in where)

    def ask(given: Alone) -> Arrays:
        return runs.layer(REFERENCE, given, verdict.dtype)

    theirs = runs.layer(verdict.engine, alone, verdict.dtype)
    found, also = diagnose(alone, theirs, ask, verdict.dtype), ""
    if not found.local:
        theirs, also = (
            runs.in_place(verdict.engine, alone, name, verdict.dtype),
            f", though {INHERITED}",
        )
        found = diagnose(alone, theirs, ask, verdict.dtype)
    if not found.local:
        return replace(verdict, cause=INHERITED)
    quantity = next(iter(found.errors))
    lying = mapped(theirs[quantity], ask(alone)[quantity])
    return replace(verdict, cause=f"{found}{also}", map=lying)


def _mistake(runs: Runs, verdict: Verdict) -> str:
    """The mistake in an optimizer that leads to the same parameters after some steps."""
    steps = max((s for s in CHECKPOINTS[:2] if f"step {s}" in verdict.quantities), default=1)
    theirs = runs.trajectory(verdict.engine, verdict.dtype)["parameters"][str(steps)]
    budget = verdict.quantities[f"step {steps}"].budget
    for cause, there in runs.mistaken(steps).items():
        if all(error(theirs[name], array) <= budget for name, array in there.items()):
            return cause
    return UNKNOWN


def _measure(runs: Runs, noise: Noise, rounded: Mapping[str, Any]) -> None:
    """Add a run of the reference in float32 to the noise."""
    noise.runs += 1
    for step, exact in runs.trajectory(REFERENCE, "float64")["parameters"].items():
        _, distance = _worst(rounded["parameters"][step], exact)
        noise.distances[step] = max(noise.distances.get(step, 0.0), distance)


def _rounded(runs: Runs, held: Held) -> dict[str, float]:
    """The largest errors of the reference's one pass in float32, against that in float64."""
    (exact, states), (rounded, after) = (
        runs.prediction(REFERENCE, d) for d in (EXACT, ROUNDING[1])
    )
    both = [(rounded, exact), *((after[name], array) for name, array in states.items())]
    return {
        "outputs": max(finding.error for finding in held.forward.values()),
        "predictions": max(error(theirs, mine) for theirs, mine in both),
        "loss": held.loss.error,
        "gradients": max(finding.error for finding in held.backward.values()),
    }


def _judge(runs: Runs, engine: str, dtype: str, noise: Noise, held: Held) -> Verdict:
    forward, backward = held.forward, held.backward
    predictions = _predictions(runs, engine, dtype)
    quantities = {
        "outputs": largest(forward.values()),
        "predictions": largest(predictions),
        "loss": held.loss,
        "gradients": largest(backward.values()),
    }
    layers = {"forward": forward, "backward": backward}
    for step, found in _steps(runs, engine, dtype, noise).items():
        layers[step] = found
        nothing = Finding(0.0, tolerances.steps_budget(noise.distances[step[5:]], dtype))
        quantities[step] = max(found.values(), key=lambda f: f.error, default=nothing)
    first = first_layer(runs.model, forward, backward)
    if not (first.endswith(", forward") or quantities["loss"].within):
        first = LOSS  # its value is known before any gradient is
    if not (first or quantities["predictions"].within):
        first = _first_in_evaluation(runs, engine, dtype, predictions)
    if not first:
        first = _first_in_a_step(runs.model, {k: v for k, v in layers.items() if k in quantities})
    return Verdict(runs.model.name, engine, dtype, quantities, first, layers=layers)


def _steps(runs: Runs, engine: str, dtype: str, noise: Noise) -> dict[str, dict[str, Finding]]:
    """What was found for each parameter and running statistic after 1, 10, 100 steps."""
    mine, theirs = (runs.trajectory(e, dtype)["parameters"] for e in (REFERENCE, engine))
    return {
        f"step {step}": {
            name: hold(
                theirs[step][name], array, tolerances.steps_budget(distance, dtype), dtype, name
            )
            for name, array in mine[step].items()
        }
        for step, distance in noise.distances.items()
    }


def _predictions(runs: Runs, engine: str, dtype: str) -> list[Finding]:
    """What was found in evaluation: for the outputs, then for each recurrent state after them."""
    budget = tolerances.forward_budget(completed(runs.model.nodes), dtype)
    (mine, after), (theirs, states) = (runs.prediction(e, dtype) for e in (REFERENCE, engine))
    lost = np.array(math.nan)  # an engine that knows nothing of a state
    return [hold(theirs, mine, budget, dtype, "")] + [
        hold(states.get(name, lost), array, budget, dtype, name) for name, array in after.items()
    ]


def _first_in_evaluation(runs: Runs, engine: str, dtype: str, predictions: list[Finding]) -> str:
    """The first layer that is right in training and wrong in evaluation, or empty.

    A trace begins with no recurrent state, so what is right in it and wrong in the predictions is
    how a state is taken up or left behind.
    """
    for name, finding in evaluation(runs, engine, dtype):
        if not finding.within:
            return f"{name}, forward, in evaluation"
    for finding in predictions:
        if finding.worst and not finding.within:
            return f"{finding.worst.rpartition('.')[0]}, {STATE}"
    return ""


def _first_in_a_step(model: spec.Model, steps: Mapping[str, Mapping[str, Finding]]) -> str:
    """What is right in a pass and wrong after a step: running statistics, or the optimizer."""
    for found in steps.values():
        if any(found[name].answer == "differs" for name in model.parameters()):
            return OPTIMIZER
        for name in model.state():  # which no training step looks at
            if found[name].answer == "differs":
                return f"{name.rpartition('.')[0]}, its running statistics"
    return ""


def _worst(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> tuple[str, float]:
    """The parameter with the largest error, and that error."""
    errors = {name: error(theirs[name], mine[name]) for name in mine}
    name = max(errors, key=errors.__getitem__, default="")
    return name, errors.get(name, 0.0)
