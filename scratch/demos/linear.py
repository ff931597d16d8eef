"""Linear regression finds a line: at once by its equations, and step by step down a bowl."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import plots
from brain.alone import main
from brain.pictures import COLOURS
from brain.randomness import generator
from brain.stage import Stage
from scratch.classic.linear import LinearRegression
from scratch.pictures import DASHES, landscape

Array = NDArray[np.float64]

SLOPE, HEIGHT, NOISE = 1.5, 2.0, 0.8  # what the points are made with
RATE = 0.05  # a quarter of what is safe, so that the way bends instead of leaping
SHOWN = (0, 1, 3, 8)


def run(stage: Stage) -> None:
    """Fit 60 points in both ways, and draw the bowl, the way down, and the line."""
    x, y = points(stage.seed)
    exact = LinearRegression().fit(x, y)
    model = LinearRegression(method="descent", lr=RATE, max_steps=200)
    path = []
    for tick in stage.watch(model.steps(x, y), "a line through 60 points"):
        path.append((float(model.weight[0]), float(model.bias), tick.loss))
    w, b = np.array([place[:2] for place in path]).T
    # a Tick's loss is that before its step: the walk began at zero
    ways = np.column_stack([np.append(0, w[:-1]), np.append(0, b[:-1]), [p[2] for p in path]])

    stage.say(f"made with        y = {SLOPE:.3f} x + {HEIGHT:.3f}, and noise")
    stage.say(f"normal equations y = {exact.weight[0]:.3f} x + {exact.bias:.3f}")
    stage.say(f"{len(path):3} steps down   y = {w[-1]:.3f} x + {b[-1]:.3f}")
    stage.say(f"R² {exact.score(x, y):.3f}, the share of the variance that the line explains")
    across, up = np.linspace(-0.5, 3.0, 60), np.linspace(-0.5, 4.0, 60)
    heights = bowl(across, up, x, y)
    names = ("slope w", "height b", "mean squared error")
    title = f"The loss of a line is a bowl: {len(path)} steps down from (0, 0)"
    stage.picture("linear-bowl", landscape(across, up, heights, {"descent": ways}, names, title))
    stage.picture("linear-fit", lines(x, y, ways, exact))


def points(seed: int) -> tuple[Array, Array]:
    """60 points near a line: x `(60, 1)`, y `(60,)`."""
    draw = generator(seed, "linear points")
    x = draw.uniform(-1, 3, (60, 1))
    return x, SLOPE * x[:, 0] + HEIGHT + NOISE * draw.standard_normal(60)


def bowl(across: Array, up: Array, x: Array, y: Array) -> Array:
    """The mean squared error of every line, `(U, A)`: slopes `across`, heights `up`."""
    w, b = np.meshgrid(across, up)
    error = w[..., None] * x[:, 0] + b[..., None] - y  # (U, A, N)
    return np.mean(error**2, axis=-1)  # theory/linear-regression.md (2)


def lines(x: Array, y: Array, path: Array, exact: LinearRegression) -> Figure:
    """The points, some lines on the way, the best one with its errors, and the loss by step."""
    fig, (left, right) = plots.figure(11, 4.8, ncols=2)
    ends = np.array([x.min(), x.max()])
    best = exact.predict(x)
    left.vlines(x[:, 0], y, best, color=plots.GREY, linewidth=0.8, alpha=0.6, label="error")
    left.scatter(x[:, 0], y, s=18, color=COLOURS[0], label="points", zorder=3)
    for step, dash in zip(SHOWN, DASHES, strict=True):
        w, b, _ = path[step]
        name = f"after {step} steps"
        left.plot(ends, w * ends + b, dash, color=COLOURS[4], linewidth=1.2, label=name)
    left.plot(ends, exact.predict(ends[:, None]), color="black", label="normal equations")
    left.set(title="Lines on the way down", xlabel="x", ylabel="y")
    left.legend(frameon=False)
    least = float(np.mean((best - y) ** 2))
    right.plot(path[:, 2] - least, color=COLOURS[4])
    title = "What the descent has still to lose"
    right.set(title=title, xlabel="step", ylabel="loss above the least loss", yscale="log")
    fig.suptitle(f"Linear regression: the least mean squared error is {least:.3f}")
    return fig


if __name__ == "__main__":
    main(run)
