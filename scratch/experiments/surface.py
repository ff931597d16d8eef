"""Eight tanh neurons bend themselves into x1² + x2²: the true surface beside the learned one."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, spec
from brain.alone import main
from brain.scores import score
from brain.stage import Stage
from scratch.neurons.neuron import Identity, NeuralNetwork, Tanh

Array = NDArray[np.floating]

HIDDEN, REACH, LR = 8, 1.25, 0.15


def run(stage: Stage) -> None:
    """Train 2-8-1 on 300 points, judge it by 100 others; `quick` takes a quarter of the steps."""
    dataset = data.load("surface", seed=stage.seed)
    net = NeuralNetwork((2, HIDDEN, 1), Tanh(), Identity(), seed=stage.seed, reach=REACH)
    steps = 1000 if stage.quick else 4000
    for _ in stage.watch(net.fit(dataset.x_train, dataset.y_train, LR, steps), "x1² + x2²"):
        pass
    answers = net.predict(dataset.x_test)
    r2 = score(spec.MeanSquaredError(), answers, dataset.y_test)
    stage.say(f"R² on {len(answers)} points that it never saw: {r2:.4f}")
    stage.picture("surface-3d", surfaces(net))
    stage.picture("surface-held_out", held_out(dataset.y_test[:, 0], answers[:, 0], r2))


def surfaces(net: NeuralNetwork) -> Figure:
    """The true height, the learned one, and their difference, over the square."""
    line = np.linspace(-1, 1, 41)
    x1, x2 = np.meshgrid(line, line)
    true = x1**2 + x2**2
    learned = net.predict(np.stack([x1.ravel(), x2.ravel()], axis=1)).reshape(x1.shape)
    fig, axes = plots.figure(13, 4.6, ncols=3, subplot_kw={"projection": "3d"})
    gap = learned - true
    reach = np.abs(gap).max()
    for axis, height, title, label, cmap, limits in (
        (axes[0], true, "true: x1² + x2²", "height", "cividis", (0, 2)),
        (axes[1], learned, f"learned: 2-{HIDDEN}-1, tanh", "height", "cividis", (0, 2)),
        (axes[2], gap, "learned − true", "difference", plots.CLASSES, (-reach, reach)),
    ):
        axis.plot_surface(x1, x2, height, cmap=cmap, vmin=limits[0], vmax=limits[1], linewidth=0)
        axis.set(title=title, xlabel="x1", ylabel="x2", zlim=limits)
        axis.set_zlabel(label, labelpad=12)  # beside numbers as long as -0.05
        axis.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axis.set_box_aspect(None, zoom=0.8)
    fig.suptitle("A surface made of eight bent planes (x1, x2 and heights without unit)")
    return fig


def held_out(true: Array, learned: Array, r2: float) -> Figure:
    """Each held-out point: its true height, and what the network says."""
    fig, axes = plots.figure(5.4, 5.0)
    axes.plot([0, 2], [0, 2], color="black", linewidth=1, linestyle="--", label="no error")
    axes.scatter(true, learned, s=16, color=plots.BLUE, alpha=0.8, label="held-out point")
    axes.set(
        title=f"Heights of {len(true)} held-out points: R² = {r2:.4f}",
        xlabel="true height x1² + x2²",
        ylabel="learned height",
        aspect="equal",
    )
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    main(run)
