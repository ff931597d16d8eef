"""Three clusters, one Dense layer and a softmax: three straight lines that turn until they fit."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.engine import build
from brain.stage import Stage
from brain.training import train
from scratch.models import softmax_regression
from scratch.pictures import grid_over, moments_of, regions


def run(stage: Stage) -> None:
    """Train on 225 points, and draw how the regions of the three classes move."""
    dataset = data.load("clusters", n=300, spread=0.7, seed=stage.seed)
    net = build(softmax_regression((2,), 3), "numpy", seed=stage.seed, optimizer=spec.SGD(lr=0.05))
    epochs, batch_size = (5 if stage.quick else 20), 15
    grid = grid_over(dataset.x_train)
    last = spec.steps_in(len(dataset.x_train), batch_size, epochs)
    moments = set(np.geomspace(1, last, 8 if stage.quick else 20).astype(int).tolist())
    losses, metrics, frames = [], [], [(0, net.predict_proba(grid))]

    def draw(axes: Axes, number: int) -> None:
        step, probabilities = frames[number]
        x, y = dataset.x_train, dataset.y_train
        regions(axes, x, y, grid, probabilities, dataset.classes, f"after {step} steps")

    def live(figure: Figure) -> None:
        draw(figure.subplots(), -1)

    steps = train(net, dataset, batch_size=batch_size, epochs=epochs, seed=stage.seed)
    for step in stage.watch(steps, "three clusters", live):
        losses.append(float(step.loss))
        if step.metrics:
            metrics.append(step.metrics)
        if step.step in moments:
            frames.append((step.step, net.predict_proba(grid)))

    stage.say(f"test accuracy {metrics[-1]['accuracy']:.1%}, loss {metrics[-1]['loss']:.3f} nats")
    title = "Softmax regression on three clusters: the lines turn until they part them"
    stage.picture("softmax_toy-regions", moments_of(len(frames), draw, title))
    stage.picture("softmax_toy-loss", plots.training_curves(losses, metrics, "Three clusters"))
    stage.film("softmax_toy-regions", len(frames), draw)


if __name__ == "__main__":
    main(run)
