"""Seven optimizers on one loss surface, from the same start: what each does with the same slope.

The network has two weights, y = w2 tanh(w1 x), so that its loss can be drawn as a landscape. It has
two equal valleys, since both weights may change their signs, and a saddle at (0, 0) between them;
what has gathered momentum may cross it and end in the other one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import plots, spec
from brain.alone import main
from brain.engine import Network, build
from brain.randomness import generator
from brain.stage import Stage, Tick
from scratch.pictures import DASHES, PATHS, landscape

Array = NDArray[np.float64]

START = (-0.8, 1.0)
ENDS = {"across": (-3.2, 2.6), "up": (-2.6, 2.8)}
OPTIMIZERS: dict[str, spec.Optimizer] = {
    "SGD": spec.SGD(0.05),
    "momentum": spec.SGD(0.02, momentum=0.9),
    "Nesterov": spec.SGD(0.02, momentum=0.9, nesterov=True),
    "AdaGrad": spec.AdaGrad(0.5),
    "RMSprop": spec.RMSprop(0.05),
    "Adam": spec.Adam(0.1),
    "AdamW": spec.AdamW(0.1, weight_decay=0.1),
}


def run(stage: Stage) -> None:
    """Let each walk, and draw the paths on the surface, and the loss at every step."""
    x, y = curve(stage.seed)
    steps = 40 if stage.quick else 150
    paths = {}
    for name, optimizer in OPTIMIZERS.items():
        walked: list[tuple[float, float, float]] = []
        for _ in stage.watch(walk(optimizer, x, y, steps, walked), name):
            pass
        paths[name] = np.array(walked)  # (steps + 1, 3)
        w1, w2, loss = walked[-1]
        stage.say(f"{name:9} rate {optimizer.rate(0):g}: loss {loss:.4f} at ({w1:.2f}, {w2:.2f})")

    side = 60
    across, up = np.linspace(*ENDS["across"], side), np.linspace(*ENDS["up"], side)
    heights = surface(across, up, x, y)
    names = ("weight w1", "weight w2", "mean squared error")
    title = f"{steps} steps of each optimizer on the loss of y = w2 tanh(w1 x)"
    stage.picture("optimizers-paths", landscape(across, up, heights, paths, names, title))
    stage.picture("optimizers-loss", curves(paths))


def curve(seed: int) -> tuple[Array, Array]:
    """40 points near y = 2 tanh(1.5 x), x and y `(40, 1)`."""
    x = np.linspace(-2, 2, 40)[:, None]
    noise = generator(seed, "optimizers noise").standard_normal(x.shape)
    return x, 2 * np.tanh(1.5 * x) + 0.2 * noise


def network(optimizer: spec.Optimizer | None = None) -> Network:
    """1-1-1 without biases: w1 before the tanh and w2 after it, which begin at START."""
    layers = (spec.Dense(1, bias=False), spec.Tanh(), spec.Dense(1, bias=False))
    model = spec.Model("two-weights", (1,), layers, spec.MeanSquaredError())
    net = build(model, dtype="float64", optimizer=optimizer)
    put(net, *START)
    return net


def put(net: Network, w1: float, w2: float) -> None:
    """Give the network these two weights."""
    net.load_parameters({"dense1.weight": [[w1]], "dense2.weight": [[w2]]})


def walk(
    optimizer: spec.Optimizer,
    x: Array,
    y: Array,
    steps: int,
    walked: list[tuple[float, float, float]],
) -> Iterator[Tick]:
    """Train on all points at once; every place (w1, w2, loss) is put down in `walked`."""
    net = network(optimizer)
    for step in range(steps + 1):
        w1, w2 = (float(net.parameters()[f"dense{n}.weight"][0, 0]) for n in (1, 2))
        loss = net.train_step(x, y)  # the loss before the step
        walked.append((w1, w2, float(loss)))
        if step:
            yield Tick(step, steps, float(loss))


def surface(across: Array, up: Array, x: Array, y: Array) -> Array:
    """The loss at every pair of weights, `(U, A)`."""
    net, heights = network(), np.zeros((len(up), len(across)))
    for (row, column), _ in np.ndenumerate(heights):
        put(net, float(across[column]), float(up[row]))
        heights[row, column] = net.evaluate(x, y)["loss"]
    return heights


def curves(paths: dict[str, Array]) -> Figure:
    """The loss of each, step by step."""
    fig, axes = plots.figure(8, 4.6)
    for number, (name, path) in enumerate(paths.items()):
        axes.plot(path[:, 2], label=name, color=PATHS[number], linestyle=DASHES[number // 2])
    title = "The same walks: how fast, and how straight"
    axes.set(title=title, xlabel="step", ylabel="mean squared error", yscale="log")
    fig.legend(loc="outside right center", frameon=False)
    return fig


if __name__ == "__main__":
    main(run)
