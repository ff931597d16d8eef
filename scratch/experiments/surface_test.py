"""The surface is learned, drawn twice the same, and R² is that of points it never saw."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from brain import data
from brain.stage import Stage
from scratch.experiments import surface
from scratch.neurons.neuron import Identity, NeuralNetwork, Tanh
from scratch.testing.staged import quick, repeats


def test_the_same_bits_twice(tmp_path: Path) -> None:
    said = repeats(surface.run, tmp_path, "surface-3d.png", "surface-held_out.png")
    assert float(said.split("never saw: ")[1].split()[0]) > 0.9


def test_another_seed_learns_another_surface(tmp_path: Path) -> None:
    (one, _), _ = quick(surface.run, tmp_path / "one")
    (other, _), _ = quick(surface.run, tmp_path / "other", seed=1)
    assert one.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("seed", range(3))
def test_it_explains_99_percent_of_the_heights_it_never_saw(seed: int, tmp_path: Path) -> None:
    screen = io.StringIO()
    surface.run(Stage(tmp_path, seed=seed, console=Console(file=screen, width=200)))
    said = float(screen.getvalue().split("never saw: ")[1].split()[0])
    dataset = data.load("surface", seed=seed)
    net = NeuralNetwork((2, 8, 1), Tanh(), Identity(), seed=seed, reach=surface.REACH)
    for _ in net.fit(dataset.x_train, dataset.y_train, surface.LR, 4000):
        pass
    error = net.predict(dataset.x_test) - dataset.y_test
    r2 = 1 - np.mean(error**2) / np.var(dataset.y_test)
    assert r2 >= 0.99
    assert said == pytest.approx(r2, abs=1e-4)
