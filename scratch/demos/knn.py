"""k-nearest neighbours learn nothing and ask the points around: how many of them is all there is.

T. Hastie, R. Tibshirani and J. Friedman, "The Elements of Statistical Learning" (2009), section
2.3.2 and figure 2.4; theory/knn.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from brain import data, plots
from brain.alone import main
from brain.data import Dataset
from brain.stage import Stage, Tick
from scratch.classic.knn import KNearestNeighbours
from scratch.pictures import grid_over, regions

SPIRALS = {"n": 500, "arms": 3, "turns": 0.6, "noise": 0.13, "test_fraction": 0.4}
SHOWN = (1, 5, 25, 101)
EVERY = (1, 3, 5, 9, 15, 25, 41, 65, 101, 151)


def run(stage: Stage) -> None:
    """Draw the regions for four k, and the share of mistakes for ten."""
    dataset = data.load("spirals", **SPIRALS, seed=stage.seed)
    wrong: dict[int, tuple[float, float]] = {}

    def asked() -> Iterator[Tick]:
        for number, k in enumerate(EVERY, start=1):
            model = learned(dataset, k)
            mistakes = 1 - model.score(dataset.x_train, dataset.y_train)
            wrong[k] = mistakes, 1 - model.score(dataset.x_test, dataset.y_test)
            yield Tick(number, len(EVERY), wrong[k][1])

    for _ in stage.watch(asked(), "mistakes by k"):
        pass
    best = min(wrong, key=lambda k: wrong[k][1])
    for k in (1, best, EVERY[-1]):
        own, others = wrong[k]
        stage.say(f"k = {k:3}: wrong {own:.1%} of its own points, {others:.1%} of others")
    stage.picture("knn-regions", maps(dataset, 60 if stage.quick else 160))
    stage.picture("knn-mistakes", curve(wrong))


def learned(dataset: Dataset, k: int) -> KNearestNeighbours:
    """The training points, to be asked k at a time."""
    return KNearestNeighbours(k).fit(dataset.x_train, dataset.y_train)


def maps(dataset: Dataset, side: int) -> Figure:
    """What is answered at each place of the plane, for each k of SHOWN."""
    fig, axes = plots.figure(10, 8.6, nrows=2, ncols=2)
    grid = grid_over(dataset.x_train, side)
    for axis, k in zip(axes.flat, SHOWN, strict=True):
        model = learned(dataset, k)
        right = model.score(dataset.x_test, dataset.y_test)
        title = f"k = {k}: {right:.0%} of the test points right"
        p = model.predict_proba(grid)
        regions(axis, dataset.x_train, dataset.y_train, grid, p, dataset.classes, title)
    plots.legend_below(fig, axes.flat[0])
    fig.suptitle("k-nearest neighbours: few follow every point, many smooth it all away")
    return fig


def curve(wrong: dict[int, tuple[float, float]]) -> Figure:
    """The share of mistakes among the training and the test points, by k."""
    fig, axes = plots.figure(7, 4.2)
    own, others = 100 * np.array(list(wrong.values())).T
    axes.plot(list(wrong), own, "o-", color=plots.BLUE, label="training points")
    axes.plot(list(wrong), others, "s--", color=plots.ORANGE, label="test points")
    title = "With k = 1 every training point is its own nearest neighbour"
    axes.set(title=title, xlabel="k, neighbours that are asked", ylabel="mistakes (%)")
    axes.set_xscale("log")
    axes.set_xticks(list(wrong), [str(k) for k in wrong])
    axes.minorticks_off()
    axes.legend(frameon=False)
    return fig


if __name__ == "__main__":
    main(run)
