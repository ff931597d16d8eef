"""What the classic algorithms and the runner reach: `python -m scratch.classic.measure`.

Accuracies over seeds, the time of k-nearest neighbours beside that of scikit-learn, which must be
installed (it brings the data, too), and how long everything takes in a hurry: the rows of the table
in scratch/README.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from brain import data
from brain.data.bundled import require_scikit_learn
from brain.errors import UserError
from brain.randomness import generator
from scratch.classic.estimator import Array
from scratch.classic.knn import KNearestNeighbours
from scratch.classic.network import OneHiddenLayer

NETWORKS: dict[str, dict[str, Any]] = {
    "iris": {"hidden": 16, "lr": 0.02, "epochs": 60, "batch_size": 16},
    "digits": {"hidden": 64, "lr": 0.1, "epochs": 40, "batch_size": 32},
}
"""The settings with which one hidden layer learns a set; momentum 0.9."""

WANTED = {"iris": 0.94, "digits": 0.97}
"""The test accuracy that each must reach, as the mean of 20 seeds."""

SIZES = ((1437, 360, 64), (10_000, 1000, 64), (5000, 1000, 10), (20_000, 500, 784))
"""Samples learned, samples asked about, columns; the first are those of digits."""

RUNNER = Path(__file__).resolve().parents[2] / "run_all.py"


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
    return best_times(ours.predict, theirs.predict, new)


def best_times(
    one: Callable[[Array], Any], other: Callable[[Array], Any], x: Array
) -> tuple[float, float]:
    """The shortest time of each, asked in turns for two seconds, and seven times at the least."""
    times: list[tuple[float, float]] = []
    while len(times) < 7 or np.sum(times) < 2:
        start = time.perf_counter()
        one(x)
        between = time.perf_counter()
        other(x)
        times.append((between - start, time.perf_counter() - between))
    ours, theirs = np.min(times, axis=0)
    return float(ours), float(theirs)


def runner(*arguments: str) -> tuple[float, int]:
    """Seconds of `run_all.py ARGUMENTS`, a process of its own, and how many pictures it wrote."""
    if not RUNNER.is_file():
        raise UserError("run_all.py is not here: measure in a clone of the project.")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        ran = subprocess.run(
            [sys.executable, str(RUNNER), *arguments, "--no-show", "--out", folder],
            env={**os.environ, "PYTHONPATH": str(RUNNER.parent)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if ran.returncode:
            said = ran.stderr.strip().rpartition("\n")[2].removeprefix("brain: ")
            raise UserError(f"run_all.py {' '.join(arguments)} failed: {said}")
        return seconds, sum(path.suffix in (".png", ".gif") for path in Path(folder).rglob("*"))


def measure(
    seeds: Annotated[int, typer.Option(min=1, help="How many splits and starts.")] = 20,
) -> None:
    """Measure the classic algorithms, and how long `run_all.py` takes: a few minutes."""
    require_scikit_learn("digits")
    row("what", "measured", "wanted")
    row("---", "---", "---")
    for name, wanted in WANTED.items():
        each = [accuracy(name, seed) for seed in range(seeds)]
        what = f"{name}, one hidden layer: test accuracy, the mean of {seeds} seeds"
        row(what, f"{np.mean(each):.4f}; the worst {min(each):.4f}", f"{wanted} at least")
    for samples, asked, columns in SIZES:
        ours, theirs = speed(samples, asked, columns)
        what = f"kNN, {samples} samples of {columns} columns, {asked} asked"
        told = f"{1e3 * ours:.1f} ms; scikit-learn {1e3 * theirs:.1f} ms: {ours / theirs:.2f} times"
        row(what, told, "2 times at most")
    seconds, pictures = runner("--all", "--quick")
    row("`run_all.py --all --quick`", f"{seconds:.0f} s, {pictures} pictures", "under 180 s")
    seconds = min(runner("--list")[0] for _ in range(5))
    row("`run_all.py --list`", f"{seconds:.2f} s", "under 0.5 s")


def row(*cells: str) -> None:
    """A line of a table in Markdown."""
    Console().print(f"| {' | '.join(cells)} |", markup=False, highlight=False, soft_wrap=True)


def main() -> None:
    """The command line; it ends as the `brain` command does."""
    from brain import cli

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(measure)
    cli.main(command=app)


if __name__ == "__main__":
    main()
