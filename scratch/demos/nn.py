"""A NumPy network learns to tell two spirals apart, and shows how its boundary moves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.engine import build
from brain.stage import Stage
from brain.training import train
from scratch.pictures import moments_of


def run(stage: Stage) -> None:
    """Train and draw; `quick` trains a tenth as long."""
    dataset = data.load("spirals", seed=stage.seed, n=600, turns=1.5)
    epochs, batch_size = (20, 32) if stage.quick else (200, 32)
    last = spec.steps_in(len(dataset.x_train), batch_size, epochs)
    net = build(model(), "numpy", seed=stage.seed, optimizer=spec.Adam(spec.Cosine(0.01, last)))
    stage.say(str(net.model))

    grid = square(np.abs(dataset.x_train).max() * 1.1, 90)
    moments = set(np.unique(np.geomspace(1, epochs, 24).astype(int)))
    losses: list[float] = []
    metrics: list[dict[str, float]] = []
    frames: list[tuple[int, np.ndarray]] = []

    def draw(axes: Axes, number: int) -> None:
        epoch, probability = frames[number]
        title = f"epoch {epoch}: test accuracy {metrics[epoch - 1]['accuracy']:.0%}"
        plots.boundary(axes, dataset.x_train, dataset.y_train, grid, probability, title)

    def live(figure: Figure) -> None:
        if frames:
            draw(figure.subplots(), -1)

    steps = train(net, dataset, batch_size=batch_size, epochs=epochs, seed=stage.seed)
    for step in stage.watch(steps, "two spirals", live):
        losses.append(float(step.loss))
        if step.metrics:
            metrics.append(step.metrics)
            if step.epoch in moments:
                frames.append((step.epoch, net.predict_proba(grid)[:, 1]))
    stage.say(f"test accuracy {metrics[-1]['accuracy']:.1%} after {epochs} epochs; drawing")

    title = "A 2-32-32-1 network learns two spirals: the black line is where it is undecided"
    stage.picture("nn-boundary", moments_of(len(frames), draw, title))
    stage.film("nn-boundary", len(frames), draw)
    stage.picture("nn-loss", plots.training_curves(losses, metrics, "Two spirals: learning"))


def model() -> spec.Model:
    """2-32-32-1, ReLU, one logit at the end."""
    return spec.Model(
        name="spirals",
        input_shape=(2,),
        layers=(
            spec.Dense(32),
            spec.ReLU(),
            spec.Dense(32),
            spec.ReLU(),
            spec.Dense(1, init=spec.init.Glorot()),
        ),
        loss=spec.BinaryCrossEntropy(),
    )


def square(reach: float, side: int) -> np.ndarray:
    """The points of a square grid from -reach to reach, `(side * side, 2)`."""
    line = np.linspace(-reach, reach, side)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


if __name__ == "__main__":
    main(run)
