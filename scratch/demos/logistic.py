"""Logistic regression draws a straight line between two classes; a line for each, between more."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots
from brain.alone import main
from brain.stage import Stage
from scratch.classic.logistic import LogisticRegression
from scratch.pictures import grid_over, moments_of

CLASSES = ("upper moon", "lower moon")


def run(stage: Stage) -> None:
    """Descend on two moons, watch the line turn, and hold the way down against Newton's."""
    dataset = data.load("moons", noise=0.2, seed=stage.seed)
    x, y = dataset.x_train, dataset.y_train
    model = LogisticRegression(method="descent", max_steps=30 if stage.quick else 200)
    grid = grid_over(x)
    last = model.max_steps
    moments = set(np.geomspace(1, last, 8 if stage.quick else 24).astype(int).tolist())
    found: dict[str, list[tuple[float, float, float]]] = {}
    frames: list[tuple[int, NDArray[np.float64]]] = []

    def draw(axes: Axes, number: int) -> None:
        step, p = frames[number]
        plots.boundary(axes, x, y, grid, p, f"step {step}", CLASSES)

    def live(figure: Figure) -> None:
        if frames:
            draw(figure.subplots(), -1)

    rows = []
    for tick in stage.watch(model.steps(x, y), "gradient descent", live):
        rows.append((tick.loss, tick.metrics["gradient"], model.score(x, y)))
        if tick.step in moments:
            frames.append((tick.step, model.predict_proba(grid)[:, 1]))
    found["gradient descent"] = rows
    if frames[-1][0] != len(rows):  # it was done before the last step
        frames.append((len(rows), model.predict_proba(grid)[:, 1]))
    newton = LogisticRegression()
    found["Newton"] = [
        (tick.loss, tick.metrics["gradient"], newton.score(x, y))
        for tick in stage.watch(newton.steps(x, y), "Newton's method")
    ]
    for name, way in found.items():
        stage.say(f"{name:16} {len(way):4} steps, loss {way[-1][0]:.6f}, slope {way[-1][1]:.1e}")
    right = newton.score(dataset.x_test, dataset.y_test)
    stage.say(f"test accuracy {right:.1%}: no straight line parts two moons")

    title = "Logistic regression on two moons: the line turns, and the probabilities sharpen"
    stage.picture("logistic-boundary", moments_of(len(frames), draw, title, height=4.8))
    stage.picture("logistic-curves", curves(found))
    stage.film("logistic-boundary", len(frames), draw, height=4.0)


def curves(found: dict[str, list[tuple[float, float, float]]]) -> Figure:
    """Loss, length of the gradient, and accuracy after each step, in both ways."""
    fig, grid = plots.figure(11, 4, ncols=3)
    looks = {"gradient descent": (plots.BLUE, "-"), "Newton": (plots.ORANGE, "--")}
    words = (("loss", "mean cross-entropy (nats)"), ("slope", "length of the gradient"),
             ("accuracy", "share of training points right"))  # fmt: skip
    for column, (axes, (title, label)) in enumerate(zip(grid, words, strict=True)):
        for name, way in found.items():
            colour, dash = looks[name]
            steps = np.arange(1, len(way) + 1)
            axes.plot(steps, [row[column] for row in way], dash, color=colour, label=name)
        axes.set(title=title, xlabel="step", ylabel=label, xscale="log")
    grid[1].set_yscale("log")
    plots.legend_below(fig, grid[0])
    fig.suptitle("The same lowest point, reached in two ways")
    return fig


if __name__ == "__main__":
    main(run)
