"""Fisher's irises: a training and a test part, a network that is saved, loaded and then judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brain import data, plots, recipes, spec
from brain.alone import main
from brain.checkpoints import record
from brain.data import Dataset
from brain.pictures import COLOURS, MARKERS
from brain.stage import Stage
from brain.store import Store
from scratch.pictures import confusion

PETAL = [2, 3]  # the columns that tell the species apart: petal length and width


def run(stage: Stage) -> None:
    """Train 4-16-3 on 120 flowers, save it under `out`/models, load it, and ask it about 30 others.

    The 30 are 10 of each species; the same ones for every seed, so that a saved network is never
    judged by flowers that it has seen.
    """
    dataset = data.load("iris")
    recipe = spec.Recipe(
        model=model(),
        data="iris",
        optimizer=spec.Adam(0.01),
        epochs=25 if stage.quick else 100,
        batch_size=16,
        seed=stage.seed,
    )
    net, steps = recipes.start(recipe, "numpy", dataset=dataset)
    losses, metrics = [], []
    for step in stage.watch(steps, "iris flowers"):
        losses.append(float(step.loss))
        if step.metrics:
            metrics.append(step.metrics)

    done = recipes.steps_of(recipe, dataset)
    result = replace(record(recipe, "numpy", "cpu", dataset), step=done, finished=True)
    store = Store(stage.out / "models")
    reference = store.save("iris", result, net)
    stage.paths.append(store.root / reference)
    loaded = store.open(reference).network("numpy")  # from the file alone
    same = np.array_equal(loaded.predict(dataset.x_test), net.predict(dataset.x_test))
    found = loaded.evaluate(dataset.x_test, dataset.y_test)
    stage.say(f"saved and loaded: its answers are the same bits: {same}")
    stage.say(
        f"the loaded network is right about {found['accuracy']:.1%} of "
        f"{len(dataset.x_test)} flowers that it never saw"
    )
    answers = loaded.predict(dataset.x_test).argmax(axis=1)
    stage.picture("iris-loss", plots.training_curves(losses, metrics, "Iris: 4-16-3 learning"))
    stage.picture("iris-test", judged(dataset, answers))


def model() -> spec.Model:
    """4-16-3 with tanh; the lengths go in as they are, in centimetres."""
    glorot = spec.init.Glorot()
    layers = (spec.Dense(16, init=glorot), spec.Tanh(), spec.Dense(3, init=glorot))
    return spec.Model("iris", (4,), layers, spec.SoftmaxCrossEntropy())


def judged(dataset: Dataset, answers: np.ndarray) -> Figure:
    """The test flowers by their petals, mistakes ringed; and the confusion matrix."""
    fig, (left, right) = plots.figure(10, 4.6, ncols=2)
    flowers(left, dataset, answers)
    confusion(right, dataset.y_test, answers, dataset.classes, "truth and answer, test flowers")
    return fig


def flowers(axes: Axes, dataset: Dataset, answers: np.ndarray) -> None:
    """The petals of the training flowers, pale, of the test flowers, and which were mistaken."""
    for label, name in enumerate(dataset.classes):
        look: dict[str, Any] = {"color": COLOURS[label], "marker": MARKERS[label], "linewidth": 0}
        length, width = dataset.x_train[dataset.y_train == label][:, PETAL].T
        axes.scatter(length, width, s=16, alpha=0.25, **look)
        length, width = dataset.x_test[dataset.y_test == label][:, PETAL].T
        axes.scatter(length, width, s=34, label=f"{name}, test", **look)
    length, width = dataset.x_test[answers != dataset.y_test][:, PETAL].T
    axes.scatter(length, width, s=150, facecolor="none", edgecolor="black", label="mistaken")
    title = "The test flowers among the training flowers (pale)"
    axes.set(title=title, xlabel="petal length (cm)", ylabel="petal width (cm)")
    axes.legend(loc="upper left", frameon=False)


if __name__ == "__main__":
    main(run)
