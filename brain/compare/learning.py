"""One recipe trained by every engine on real data: do they learn the same?"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import plots, spec
from brain.compare.findings import Finding
from brain.compare.gather import REFERENCE
from brain.compare.report import Training
from brain.compare.tolerances import steps_budget
from brain.training import DivergenceError
from brain.worker import Worker

Array = NDArray[Any]

POINTS = 0.003
"""How far apart two test scores may be: 0.3 points, and never less than one test sample."""

COMPARED_STEPS = 100
"""Beyond these a training has amplified rounding to its full size, and only the score is held."""


def compare_training(
    recipe: spec.Recipe,
    workers: Mapping[str, Worker],
    device: str,
    plot: Path | None,
    on_event: Callable[[str, Mapping[str, Any]], object],
) -> Training:
    """Train `recipe` in every worker; the losses must stay together and the scores agree.

    The budget of the losses is four times the distance of the reference in float32 from itself in
    float64, measured here. `plot` is where the curves go.
    """
    exact, rounded = _learned_twice(recipe, workers[REFERENCE], on_event)
    mine = {"float64": exact, "float32": rounded}[recipe.dtype]
    others = {
        engine: _learned(recipe, worker, device, on_event)
        for engine, worker in workers.items()
        if engine != REFERENCE
    }
    results = {REFERENCE: mine, **others}
    noise = _gap(exact["losses"], rounded["losses"])
    if plot is not None:
        _draw(plot, recipe, results, noise)
    metric = recipe.model.loss.metric
    budget = steps_budget(float(noise[:COMPARED_STEPS].max()), recipe.dtype)
    return Training(
        data=recipe.data,
        model=recipe.model.name,
        dtype=recipe.dtype,
        scores={e: result["metrics"].get(metric, math.nan) for e, result in results.items()},
        seconds={engine: result["seconds"] for engine, result in results.items()},
        metric=metric,
        findings={e: _findings(result, mine, metric, budget) for e, result in others.items()},
    )


def _learned(
    recipe: spec.Recipe,
    worker: Worker,
    device: str,
    on_event: Callable[[str, Mapping[str, Any]], object],
) -> Any:
    exact = " in float64" if recipe.dtype == "float64" else ""
    return worker.call(
        "brain.compare.runs:learned",
        on_event=lambda event: on_event(f"{recipe.data}: {worker.engine}{exact}", event),
        recipe=recipe,
        device=device,
    )


def _learned_twice(
    recipe: spec.Recipe,
    reference: Worker,
    on_event: Callable[[str, Mapping[str, Any]], object],
) -> list[Any]:
    """The reference's training in float64 and in float32; DivergenceError if either diverges."""
    both = [
        _learned(dataclasses.replace(recipe, dtype=dtype), reference, "cpu", on_event)
        for dtype in ("float64", "float32")
    ]
    if not all(result["metrics"] for result in both):
        raise DivergenceError(
            f"{recipe.model.name} on {recipe.data}: the reference itself diverges, so there is "
            "nothing to hold the others against; a smaller learning rate may help."
        )
    return both


def _findings(
    theirs: Mapping[str, Any], mine: Mapping[str, Any], metric: str, budget: float
) -> dict[str, Finding]:
    """One engine's training against the reference's: losses of the first steps, and the score."""
    apart = float(_gap(theirs["losses"], mine["losses"])[:COMPARED_STEPS].max())
    scores = abs(theirs["metrics"].get(metric, math.inf) - mine["metrics"][metric])
    return {
        "loss": Finding(apart, budget),
        "score": Finding(scores, max(POINTS, 1 / mine["samples"])),
    }


def _draw(path: Path, recipe: spec.Recipe, results: Mapping[str, Any], noise: Array) -> None:
    curves = {engine: result["losses"] for engine, result in results.items()}
    title = f"{recipe.model.name} on {recipe.data}, {recipe.dtype}: one recipe, every engine"
    unit = "nats" if recipe.model.loss.labels else "squared error"
    plots.engine_curves(path, curves, noise, title, unit, COMPARED_STEPS)


def _gap(a: list[float], b: list[float]) -> Array:
    """How far two loss curves are apart, step by step; a run that ended early is infinitely far."""
    steps = max(len(a), len(b))
    one, other = (np.array([*losses, *[np.inf] * (steps - len(losses))]) for losses in (a, b))
    both = np.isfinite(one) & np.isfinite(other)
    return np.abs(np.subtract(one, other, out=np.full(steps, np.inf), where=both))
