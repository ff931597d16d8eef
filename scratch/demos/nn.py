"""A NumPy network learns to tell two spirals apart, and shows how its boundary moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from rich.console import Console

from brain import data, plots, spec
from brain.consumers import progress
from brain.engine import build
from brain.training import train


def run(out: Path, seed: int, quick: bool, console: Console) -> list[Path]:
    """Train, draw, and return the files written under `out`; `quick` trains a tenth as long."""
    dataset = data.load("spirals", seed=seed, n=600, turns=1.5)
    epochs, batch_size = (20, 32) if quick else (200, 32)
    steps = spec.steps_in(len(dataset.x_train), batch_size, epochs)
    net = build(model(), "numpy", seed=seed, optimizer=spec.Adam(spec.Cosine(0.01, steps)))
    console.print(str(net.model))

    grid = square(np.abs(dataset.x_train).max() * 1.1, 90)
    moments = set(np.unique(np.geomspace(1, epochs, 24).astype(int)))
    losses, metrics, frames = [], [], []
    stream = train(net, dataset, batch_size=batch_size, epochs=epochs, seed=seed)
    for step in progress(stream, "two spirals", console):
        losses.append(float(step.loss))
        if step.metrics:
            metrics.append(step.metrics)
            if step.epoch in moments:
                frames.append((step.epoch, net.predict_proba(grid)[:, 1]))
    console.print(f"test accuracy {metrics[-1]['accuracy']:.1%} after {epochs} epochs; drawing")

    def draw(axes: Axes, number: int) -> None:
        epoch, probability = frames[number]
        title = f"epoch {epoch}: test accuracy {metrics[epoch - 1]['accuracy']:.0%}"
        plots.boundary(axes, dataset.x_train, dataset.y_train, grid, probability, title)

    fig, axes = plots.figure(9, 6.4, nrows=2, ncols=3)
    chosen = np.linspace(0, len(frames) - 1, 6).astype(int)
    for axis, number in zip(axes.flat, chosen, strict=True):
        draw(axis, int(number))
    plots.legend_below(fig, axes.flat[0])
    fig.suptitle("A 2-32-32-1 network learns two spirals: the black line is where it is undecided")
    return [
        plots.save(fig, out / "nn-boundary.png"),
        plots.animate(out / "nn-boundary.gif", len(frames), draw),
        plots.training_curves(out / "nn-loss.png", losses, metrics, "Two spirals: learning"),
    ]


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
