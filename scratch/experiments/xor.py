"""XOR by two hidden neurons: what they do, how often it is learned, and what goes wrong if not.

The scheme is fixed: 2-2-1, tanh and then a plain sum, weights even between -1/2 and 1/2, biases 0,
gradient descent with rate 1/2 on all four rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots, recipes, spec
from brain.alone import main
from brain.checkpoints import record
from brain.data import Dataset
from brain.engine import Network
from brain.stage import Stage, Tick
from brain.store import Store
from scratch.neurons.neuron import Identity, NeuralNetwork, Tanh

Array = NDArray[Any]

REACH, LR = 0.5, 0.5
SOLVED = 2e-3
"""At this loss the four squares add up to 0.008: no answer is off by more than 0.09."""
RESTARTS = 5


def run(stage: Stage) -> None:
    """Train once, save and load; then from many seeds. `quick`: half the steps, 10 seeds of 100."""
    gate = data.load("xor")
    recipe = recipe_of(stage.seed, steps=1000 if stage.quick else 2000)
    engine, steps = recipes.start(recipe, "numpy", dataset=gate)
    net = NeuralNetwork((2, 2, 1), Tanh(), Identity())
    net.load_parameters(engine.parameters())  # the same start
    for _ in stage.watch(steps, "XOR, 2-2-1"):
        pass
    for _ in net.fit(gate.x_train, gate.y_train, LR, recipe.epochs):
        pass
    apart = np.abs(net.predict(gate.x_train) - engine.predict(gate.x_train)).max()
    stage.say(f"neurons and engine, from one start, answer alike to {apart:.0e}")
    save_and_load(stage, recipe, engine, gate)
    stage.picture("xor-planes", planes(net, gate))
    many_seeds(stage, gate, seeds=10 if stage.quick else 100, steps=recipe.epochs)


def recipe_of(seed: int, steps: int) -> spec.Recipe:
    """The scheme as a recipe: an epoch is one step, since a batch is all there is."""
    even = spec.init.Uniform(-REACH, REACH)
    layers = (spec.Dense(2, init=even), spec.Tanh(), spec.Dense(1, init=even))
    model = spec.Model("xor", (2,), layers, spec.MeanSquaredError())
    optimizer = spec.SGD(LR)
    return spec.Recipe(model, "xor", optimizer, steps, batch_size=4, seed=seed, dtype="float64")


def save_and_load(stage: Stage, recipe: spec.Recipe, net: Network, gate: Dataset) -> None:
    """Save the network under `out`/models, load it from the files alone, and ask it."""
    store = Store(stage.out / "models")
    done = replace(record(recipe, "numpy", "cpu", gate), step=net.step, finished=True)
    reference = store.save("xor", done, net)
    stage.paths.append(store.root / reference)
    loaded = store.open(reference).network("numpy")
    answers = loaded.predict(gate.x_train)
    same = np.array_equal(answers, net.predict(gate.x_train))
    stage.say(f"saved and loaded: its answers are the same bits: {same}")
    for row, answer, right in zip(gate.x_train, answers[:, 0], gate.y_train, strict=True):
        stage.say(
            f"  {row[0]:.0f} xor {row[1]:.0f} = {right}, and it says {round(answer, 3) + 0.0:.3f}"
        )  # no "-0.000"


def many_seeds(stage: Stage, gate: Dataset, seeds: int, steps: int) -> None:
    """How many seeds learn it without a restart; apart from that, how many with some."""
    runs: list[list[float]] = []

    def each() -> Iterator[Tick]:
        for seed in range(seeds):
            runs.append(losses_of(gate, seed, steps))
            learned = sum(losses[-1] < SOLVED for losses in runs)
            yield Tick(seed + 1, seeds, runs[-1][-1], {"learned": learned / len(runs)})

    for _ in stage.watch(each(), f"XOR, seeds 0 to {seeds - 1}"):
        pass
    stuck = [seed for seed, losses in enumerate(runs) if losses[-1] >= SOLVED]
    stage.say(f"without a restart: {seeds - len(stuck)} of {seeds} seeds learn XOR")
    if stuck:
        rescued = sum(restarted(gate, seed, steps) for seed in stuck)
        stage.say(f"with up to {RESTARTS} restarts: {seeds - len(stuck) + rescued} of {seeds}")
    stage.picture("xor-seeds", seed_curves(runs))


def losses_of(gate: Dataset, seed: int, steps: int) -> list[float]:
    """The losses of one training, until it is solved or its steps are over."""
    net = NeuralNetwork((2, 2, 1), Tanh(), Identity(), seed=seed, reach=REACH)
    losses = []
    for tick in net.fit(gate.x_train, gate.y_train, LR, steps):
        losses.append(tick.loss)
        if tick.loss < SOLVED:
            break
    return losses


def restarted(gate: Dataset, seed: int, steps: int) -> bool:
    """Whether one of `RESTARTS` other starts learns it: seed + 1000, seed + 2000 and so on."""
    others = (seed + 1000 * (count + 1) for count in range(RESTARTS))
    return any(losses_of(gate, other, steps)[-1] < SOLVED for other in others)


def planes(net: NeuralNetwork, gate: Dataset) -> Figure:
    """The answer over the inputs, which no line divides, and over the two hidden neurons."""
    fig, (left, right) = plots.figure(10.4, 5.2, ncols=2)
    hidden = net.layers[0].forward(gate.x_train.astype(np.float64))  # (4, 2)
    bend, last = net.layers[0].forward, net.layers[1].forward
    answers(left, gate.x_train, gate.y_train, (-0.3, 1.3), lambda x: last(bend(x)))
    left.set(title="what goes in", xlabel="x1", ylabel="x2")
    answers(right, hidden, gate.y_train, (-1.15, 1.15), last)
    right.set(title="what the hidden neurons make of it", xlabel="neuron 1", ylabel="neuron 2")
    plots.legend_below(fig, right)
    fig.suptitle("XOR: two neurons move the four points so that one line divides them")
    return fig


def answers(
    axes: Axes, x: Array, y: Array, limits: tuple[float, float], answer: Callable[[Array], Array]
) -> None:
    """The four points `x (4, 2)` over what the network answers everywhere in a square."""
    line = np.linspace(*limits, 121)
    across, up = np.meshgrid(line, line)
    told = answer(np.stack([across.ravel(), up.ravel()], axis=1)).reshape(across.shape)
    shades = np.linspace(0, 1, 21)
    axes.contourf(across, up, np.clip(told, 0, 1), levels=shades, cmap=plots.CLASSES, alpha=0.75)
    axes.contour(across, up, told, levels=[0.5], colors="black", linewidths=1.2)
    for label, marker in ((0, "o"), (1, "s")):
        mine = x[y == label]
        look: dict[str, Any] = {"s": 90, "marker": marker, "edgecolor": "white", "zorder": 3}
        colour = plots.CLASS_COLOURS[label]
        axes.scatter(mine[:, 0], mine[:, 1], color=colour, label=f"XOR is {label}", **look)
    axes.plot([], [], color="black", linewidth=1.2, label="the answer is 1/2")
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    axes.grid(False)


def seed_curves(runs: list[list[float]]) -> Figure:
    """The loss of every seed; those that are stuck stand out."""
    fig, axes = plots.figure(7.4, 4.6)
    for solved, look in (
        (True, {"color": plots.BLUE, "alpha": 0.35, "linewidth": 0.9}),
        (False, {"color": plots.ORANGE, "linewidth": 1.8, "linestyle": "--"}),
    ):
        mine = [losses for losses in runs if (losses[-1] < SOLVED) == solved]
        for losses in mine:
            axes.plot(range(1, len(losses) + 1), losses, **look)
        name = "learned" if solved else "not learned"
        axes.plot([], [], label=f"{name}: {len(mine)} of {len(runs)}", **look)
    axes.axhline(0.25, color=plots.GREY, linewidth=1, linestyle=":", label="every answer is 1/2")
    axes.axhline(0.125, color="black", linewidth=1, linestyle="-.", label="two answers are 1/2")
    title = f"XOR by 2-2-1 from {len(runs)} seeds, no restarts"
    axes.set(title=title, xlabel="step", ylabel="mean squared error", yscale="log")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return fig


if __name__ == "__main__":
    main(run)
