"""What the classic algorithms reach, measured: `python -m scratch.classic.measure`.

Accuracies over seeds, and the time of k-nearest neighbours beside that of scikit-learn, which must
be installed (it brings the data, too).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from brain import data
from brain.data.bundled import require_scikit_learn
from brain.randomness import generator
from scratch.classic.estimator import Array
from scratch.classic.knn import KNearestNeighbours
from scratch.classic.network import OneHiddenLayer

NETWORKS: dict[str, dict[str, Any]] = {
    "iris": {"hidden": 16, "lr": 0.02, "epochs": 60, "batch_size": 16},
    "digits": {"hidden": 64, "lr": 0.1, "epochs": 40, "batch_size": 32},
}
"""The settings with which one hidden layer learns a set; momentum 0.9."""

SIZES = ((1437, 360, 64), (10_000, 1000, 64), (5000, 1000, 10), (20_000, 500, 784))
"""Samples learned, samples asked about, columns; the first are those of digits."""


def accuracy(name: str, seed: int) -> float:
    """The test accuracy of one hidden layer, 80 % for training, 20 % for the test, stratified."""
    found = data.load(name, seed=seed)
    x_train, x_test = (x.reshape(len(x), -1).astype(float) for x in (found.x_train, found.x_test))
    if name == "iris":  # centimetres; the pixels of digits lie in [0, 1] already
        mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
        x_train, x_test = (x_train - mean) / deviation, (x_test - mean) / deviation
    net = OneHiddenLayer(**NETWORKS[name], seed=seed)
    return net.fit(x_train, found.y_train).score(x_test, found.y_test)


def speed(samples: int, asked: int, columns: int) -> tuple[float, float]:
    """Seconds to answer `asked` rows with k = 5: ours, and scikit-learn's brute force."""
    require_scikit_learn("digits")
    from sklearn.neighbors import KNeighborsClassifier

    draw = generator(0, "knn speed")
    x, y = draw.standard_normal((samples, columns)), draw.integers(0, 10, samples)
    new = draw.standard_normal((asked, columns))
    ours = KNearestNeighbours(5).fit(x, y)
    theirs = KNeighborsClassifier(5, algorithm="brute").fit(x, y)
    return best_time(ours.predict, new), best_time(theirs.predict, new)


def best_time(answer: Callable[[Array], Any], x: Array, rounds: int = 7) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer(x)
        times.append(time.perf_counter() - start)
    return min(times)


def measure(
    seeds: Annotated[int, typer.Option(min=1, help="How many splits and starts.")] = 20,
) -> None:
    """Measure the classic algorithms."""
    console = Console()
    for name in NETWORKS:
        each = [accuracy(name, seed) for seed in range(seeds)]
        console.print(
            f"{name}, one hidden layer: test accuracy {np.mean(each):.4f}, the mean of {seeds} "
            f"seeds; the worst is {min(each):.4f}"
        )
    for size in SIZES:
        ours, theirs = speed(*size)
        console.print(
            "kNN, {} samples, {} asked, {} columns: ".format(*size)
            + f"{1e3 * ours:.1f} ms; scikit-learn {1e3 * theirs:.1f} ms; {ours / theirs:.2f} times"
        )


def main() -> None:
    """The command line; it ends as the `brain` command does."""
    from brain import cli

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(measure)
    cli.main(command=app)


if __name__ == "__main__":
    main()
