"""A network too large for its few points learns them by heart; weight decay and dropout hold it.

I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning" (2016), sections 7.1 and 7.12;
theory/dropout.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import Network, build
from brain.stage import Stage
from brain.training import train
from scratch.pictures import grid_over

WIDTH = 128
WAYS = {  # weight decay, dropout rate
    "neither": (0.0, 0.0),
    "weight decay": (0.3, 0.0),
    "dropout": (0.0, 0.5),
    "both": (0.3, 0.5),
}


class Learned(NamedTuple):
    """A trained network, and its loss after every epoch on what it learned from and on the rest."""

    net: Network
    train: list[float]
    test: list[float]


def run(stage: Stage) -> None:
    """Train the same network in four ways on 60 noisy points; judge it by 540 others."""
    dataset = data.load("moons", n=600, noise=0.35, test_fraction=0.9, seed=stage.seed)
    epochs = 60 if stage.quick else 400
    found = {}
    for way, (decay, rate) in WAYS.items():
        optimizer = spec.AdamW(0.005, weight_decay=decay)
        net = build(model(rate), "numpy", seed=stage.seed, optimizer=optimizer)
        learned = Learned(net, [], [])
        for step in stage.watch(train(net, dataset, epochs=epochs, seed=stage.seed), way):
            if step.metrics:
                learned.train.append(net.evaluate(dataset.x_train, dataset.y_train)["loss"])
                learned.test.append(step.metrics["loss"])
        found[way] = learned
        right = [net.score(*rows) for rows in parts(dataset)]
        stage.say(
            f"{way:12}  loss {learned.train[-1]:.3f} on its own points, {learned.test[-1]:.3f} on "
            f"others; right {right[0]:.0%} and {right[1]:.0%}"
        )
    stage.picture("regularisation-loss", curves(found))
    stage.picture("regularisation-boundary", boundaries(found, dataset))


def parts(dataset: Dataset) -> list[tuple[np.ndarray, np.ndarray]]:
    """The training rows, and the test rows."""
    return [(dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)]


def model(rate: float) -> spec.Model:
    """2-128-128-1 with dropout after each hidden layer: 17,000 weights, for 60 points."""
    hidden = [spec.Dense(WIDTH), spec.ReLU(), spec.Dropout(rate)] * 2
    last = spec.Dense(1, init=spec.init.Glorot())
    return spec.Model("large", (2,), (*hidden, last), spec.BinaryCrossEntropy())


def curves(found: dict[str, Learned]) -> Figure:
    """The loss on both parts, epoch by epoch: the gap is what was learned by heart."""
    fig, grid = plots.figure(11, 3.8, ncols=len(found), sharey=True)
    for axes, (way, learned) in zip(grid, found.items(), strict=True):
        epochs = np.arange(1, len(learned.test) + 1)
        axes.plot(epochs, learned.train, color=plots.BLUE, label="training points")
        axes.plot(epochs, learned.test, color=plots.ORANGE, linestyle="--", label="test points")
        axes.fill_between(
            epochs, learned.train, learned.test, color=plots.GREY, alpha=0.2, label="gap"
        )
        gap = learned.test[-1] - learned.train[-1]
        axes.set(title=f"{way}: gap {gap:.2f}", xlabel="epoch", yscale="log")
    grid[0].set_ylabel("loss (nats)")
    plots.legend_below(fig, grid[0])
    fig.suptitle("17,000 weights, 60 points")
    return fig


def boundaries(found: dict[str, Learned], dataset: Dataset) -> Figure:
    """Where each network is undecided, over the points that it learned from."""
    fig, axes = plots.figure(11, 3, ncols=len(found))
    grid = grid_over(dataset.x_test)
    for axis, (way, learned) in zip(axes, found.items(), strict=True):
        p = learned.net.predict_proba(grid)[:, 1]
        right = learned.net.score(dataset.x_test, dataset.y_test)
        x, y, title = dataset.x_train, dataset.y_train, f"{way}: {right:.0%} right"
        plots.boundary(axis, x, y, grid, p, title, ("upper moon", "lower moon"))
    plots.legend_below(fig, axes[0])
    fig.suptitle("60 training points, what each network makes of the plane, and its test accuracy")
    return fig


if __name__ == "__main__":
    main(run)
