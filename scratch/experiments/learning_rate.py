"""The same network, the same data, and a step that is too small, right, or far too large.

L. Bottou, "Stochastic Gradient Descent Tricks" (2012), section 4.3: rates are tried on a scale of
powers; theory/optimizers.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.figure import Figure

from brain import data, plots, spec
from brain.alone import main
from brain.data import Dataset
from brain.engine import build
from brain.pictures import COLOURS
from brain.stage import Stage
from brain.training import DivergenceError, Step, train
from scratch.pictures import DASHES

RATES = {"too small": 0.001, "right": 1.0, "too large": 100.0}
EVERY = tuple(float(rate) for rate in np.logspace(-4, 2, 19))


def run(stage: Stage) -> None:
    """Train with three rates and watch; then with nineteen, and see where learning is possible."""
    dataset = data.load("moons", noise=0.3, seed=stage.seed)
    epochs = 10 if stage.quick else 40
    curves = {}
    for name, rate in RATES.items():
        steps = learning(dataset, rate, epochs, stage.seed)
        curves[name], last = told(stage.watch(steps, f"learning rate {rate:g}"))
        stage.say(f"{name:9} {rate:6g}: {in_words(last)}")
    finals = {}
    for rate in EVERY:
        _, last = told(learning(dataset, rate, epochs, stage.seed))
        finals[rate] = last.get("loss", math.inf)
    best = min(finals, key=lambda rate: finals[rate])
    stage.say(f"of {len(finals)} rates from {EVERY[0]:g} to {EVERY[-1]:g} the best is {best:.2g}")
    stage.picture("learning_rate-loss", draw(curves, finals))


def model() -> spec.Model:
    """2-16-1 with tanh, whose outputs stay between -1 and 1 whatever the weights become."""
    glorot = spec.init.Glorot()
    layers = (spec.Dense(16, init=glorot), spec.Tanh(), spec.Dense(1, init=glorot))
    return spec.Model("learning-rate", (2,), layers, spec.BinaryCrossEntropy())


def learning(dataset: Dataset, rate: float, epochs: int, seed: int) -> Iterator[Step]:
    """The same training but for its rate: plain gradient descent on batches of 50."""
    net = build(model(), "numpy", seed=seed, optimizer=spec.SGD(rate))
    return train(net, dataset, batch_size=50, epochs=epochs, seed=seed)


def told(steps: Iterable[Step]) -> tuple[list[float], dict[str, float]]:
    """The loss of every step, and the last test metrics: none where the training diverged."""
    losses: list[float] = []
    last: dict[str, float] = {}
    try:
        for step in steps:
            losses.append(float(step.loss))
            last = step.metrics or last
    except DivergenceError:
        return losses, {}
    return losses, last


def in_words(last: dict[str, float]) -> str:
    """The last test metrics for a reader."""
    if not last:
        return "diverged, the loss is no longer a number"
    return f"test loss {last['loss']:.3f}, {last['accuracy']:.0%} right"


def draw(curves: dict[str, list[float]], finals: dict[float, float]) -> Figure:
    """The loss of three trainings, step by step; and where each of nineteen ends."""
    fig, (left, right) = plots.figure(11, 4.8, ncols=2)
    for number, (name, losses) in enumerate(curves.items()):
        colour, dash, rate = COLOURS[number], DASHES[number], RATES[name]
        steps = np.arange(1, len(losses) + 1)
        left.plot(steps, losses, color=colour, linestyle=dash, label=f"{name}: {rate:g}")
        right.axvline(rate, color=colour, linestyle=dash, linewidth=1)
    title = "Three learning rates"
    left.set(title=title, xlabel="training step", ylabel="loss of the batch (nats)", yscale="log")
    right.loglog(list(finals), list(finals.values()), "o-", color="black")
    title = "The same training with nineteen"
    right.set(title=title, xlabel="learning rate", ylabel="test loss at the end (nats)")
    plots.legend_below(fig, left)
    fig.suptitle("Two moons: too small a step gets nowhere, too large a one leaps about")
    return fig


if __name__ == "__main__":
    main(run)
