"""A whole comparison: every model on every engine, then every training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from brain import spec
from brain.compare.cases import optimizers
from brain.compare.judge import compare_model
from brain.compare.learning import compare_training
from brain.compare.report import Report
from brain.worker import Worker


def compare_all(
    models: Sequence[spec.Model],
    recipes: Sequence[spec.Recipe],
    workers: Mapping[str, Worker],
    settings: dict[str, Any],
    plots: Path | None,
    tell: Callable[[str], object],
) -> Report:
    """The report of all of it; `tell` hears what is about to be done.

    `settings` are those of `brain compare`: dtypes, optimizer, steps, device, and batch_size (None
    where the model decides). `plots` is the folder for the curves of the trainings.
    """
    report = Report(settings=settings)
    for engine, worker in workers.items():
        tell(f"starting {engine}")
        report.versions[engine] = worker.call("brain.versions:versions")
    steps, device, size = settings["steps"], settings["device"], settings.get("batch_size")
    rule = optimizers(steps)[settings["optimizer"]]
    for model in models:
        found = compare_model(model, workers, settings["dtypes"], rule, steps, device, tell, size)
        report.verdicts += found[0]
        report.noise.append(found[1])
    for recipe in recipes:
        plot = plots / f"{recipe.model.name}-{recipe.data}.png" if plots else None
        training = compare_training(
            recipe,
            workers,
            device,
            plot,
            lambda label, e: tell(
                f"training {label}: step {e['step']:,} of {e['steps']:,}, loss {e['loss']:.4f}"
            ),
        )
        report.trainings.append(training)
    return report
