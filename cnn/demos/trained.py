"""A network trained for a demo, with its curves."""

from __future__ import annotations

from dataclasses import replace

from brain import plots, spec
from brain.data import Dataset
from brain.engine import Network, build
from brain.stage import Stage
from brain.training import train

BATCH = 64


def trained(
    stage: Stage,
    model: spec.Model,
    dataset: Dataset,
    *,
    epochs: int,
    name: str,
    rows: int | None = None,
    lr: float = 0.002,
) -> Network:
    """A NumPy network that has learned `dataset`, or its first `rows`; it draws how it went.

    Adam, with a rate that falls along a cosine. A quick stage sees a few hundred rows once.
    """
    part, judged = slice(rows), dataset
    if stage.quick:
        epochs, part = 1, slice(320)
        judged = replace(dataset, x_test=dataset.x_test[:300], y_test=dataset.y_test[:300])
    judged = replace(judged, x_train=dataset.x_train[part], y_train=dataset.y_train[part])
    last = spec.steps_in(len(judged.x_train), BATCH, epochs)
    optimizer = spec.Adam(spec.Cosine(lr, last))
    net = build(model, "numpy", seed=stage.seed, optimizer=optimizer)
    losses, metrics = [], []
    steps = train(net, judged, batch_size=BATCH, epochs=epochs, seed=stage.seed)
    for step in stage.watch(steps, f"{model.name} on {dataset.name}"):
        losses.append(float(step.loss))
        if step.metrics:
            metrics.append(step.metrics)
    right, many = metrics[-1]["accuracy"], len(judged.x_test)
    stage.say(f"{model.name} tells {right:.2%} of {many:,} test pictures right")
    title = f"{dataset.title}: {model.name} learning"
    stage.picture(f"{name}-loss", plots.training_curves(losses, metrics, title))
    return net
