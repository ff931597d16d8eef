"""Gaussian naive Bayes: one bell curve for each class and column, and the class that fits best.

C. M. Bishop, "Pattern Recognition and Machine Learning" (2006), section 8.2.2;
theory/naive-bayes.md.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from brain import data, plots
from brain.alone import main
from brain.data import Dataset
from brain.pictures import COLOURS
from brain.stage import Stage
from scratch.classic.naive_bayes import GaussianNaiveBayes
from scratch.pictures import DASHES, grid_over, regions

COLUMNS = {2: "petal length (cm)", 3: "petal width (cm)"}


def run(stage: Stage) -> None:
    """Tell three species of iris apart by their petals, and draw what is believed of each."""
    dataset = petals(stage.seed)
    model = GaussianNaiveBayes().fit(dataset.x_train, dataset.y_train)
    for name, mean, variance in zip(dataset.classes, model.mean, model.variance, strict=True):
        spread = np.sqrt(variance)
        words = (f"{m:.2f} ± {s:.2f}" for m, s in zip(mean, spread, strict=True))
        stage.say(f"{name:11} petals {' by '.join(words)} cm")
    right = model.score(dataset.x_test, dataset.y_test)
    stage.say(f"test accuracy {right:.1%}, by two bell curves for each species")
    stage.picture("naive_bayes-curves", bells(dataset, model))
    stage.picture("naive_bayes-regions", plane(dataset, model, 60 if stage.quick else 160))


def petals(seed: int) -> Dataset:
    """The iris flowers by length and width of their petals alone, `(N, 2)`."""
    whole = data.load("iris", seed=seed)
    columns = list(COLUMNS)
    x_train, x_test = whole.x_train[:, columns], whole.x_test[:, columns]
    return replace(whole, x_train=x_train, x_test=x_test)


def normal(x: NDArray[np.float64], mean: float, variance: float) -> NDArray[np.float64]:
    """The density of the normal distribution at `x`."""
    # theory/naive-bayes.md (2)
    return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def bells(dataset: Dataset, model: GaussianNaiveBayes) -> Figure:
    """For each column the measurements of each class, and the curve that stands for them."""
    fig, grid = plots.figure(11, 4.4, ncols=2)
    for column, (axes, unit) in enumerate(zip(grid, COLUMNS.values(), strict=True)):
        values = dataset.x_train[:, column].astype(np.float64)
        bins = np.linspace(values.min(), values.max(), 24).tolist()
        line = np.linspace(values.min() - 0.5, values.max() + 0.5, 400)
        for label, name in enumerate(dataset.classes):
            of_class = values[dataset.y_train == label]
            colour = COLOURS[label]
            axes.hist(of_class, bins=bins, density=True, color=colour, alpha=0.35)
            curve = normal(line, model.mean[label, column], model.variance[label, column])
            axes.plot(line, curve, color=colour, linestyle=DASHES[label], label=name)
        axes.set(title=unit.partition(" (")[0], xlabel=unit, ylabel="density (1 / cm)")
    plots.legend_below(fig, grid[0])
    fig.suptitle("What each class believes of each column: bars measured, curves normal")
    return fig


def plane(dataset: Dataset, model: GaussianNaiveBayes, side: int) -> Figure:
    """The regions of the classes, with ellipses that hold 39 % and 86 % of what each expects."""
    fig, axes = plots.figure(7.6, 6)
    grid = grid_over(dataset.x_train, side)
    p = model.predict_proba(grid)
    title = "Ellipses at one and two standard deviations, never tilted"
    regions(axes, dataset.x_train, dataset.y_train, grid, p, dataset.classes, title)
    ellipses(axes, model)
    axes.set(xlabel=COLUMNS[2], ylabel=COLUMNS[3])
    plots.legend_below(fig, axes)
    fig.suptitle("Gaussian naive Bayes on the petals of irises")
    return fig


def ellipses(axes: Axes, model: GaussianNaiveBayes) -> None:
    """Lines of equal density of each class: independent columns make upright ellipses."""
    turn = np.linspace(0, 2 * np.pi, 200)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)  # (200, 2)
    for label, (mean, variance) in enumerate(zip(model.mean, model.variance, strict=True)):
        for reach in (1, 2):
            line = mean + reach * np.sqrt(variance) * circle
            axes.plot(*line.T, color=COLOURS[label], linewidth=1.6 / reach)


if __name__ == "__main__":
    main(run)
