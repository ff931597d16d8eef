"""Signals die, blow up or stay alive as the theory has it, and the same bits are drawn twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brain import data
from brain.engine import build
from scratch.experiments import initialisation
from scratch.experiments.initialisation import ACTIVATIONS, DEPTH, SCHEMES, WIDTH
from scratch.testing.staged import repeats


def test_it_tells_of_every_scheme_and_draws_the_same_twice(tmp_path: Path) -> None:
    names = ("initialisation-depth.png", "initialisation-histograms.png")
    said = repeats(initialisation.run, tmp_path, *names)
    for activation in ACTIVATIONS:
        for scheme in SCHEMES:
            assert any(line.split("outputs")[0].split() == [activation, *scheme.split()]
                       for line in said.splitlines())  # fmt: skip


def test_small_weights_let_a_signal_die_and_he_keeps_it() -> None:
    moons = data.load("moons", n=200)
    found = {
        scheme: initialisation.depths(build(initialisation.model("ReLU", scheme)), moons)
        for scheme in SCHEMES
    }
    for depth in found.values():
        assert depth.outputs.shape == depth.gradients.shape == (DEPTH,)
        assert depth.last.shape == (len(moons.x_train), WIDTH)
    ratios = {name: depth.outputs[-1] / depth.outputs[0] for name, depth in found.items()}
    assert ratios["normal, 0.01"] < 1e-9
    assert ratios["normal, 1"] > 1e6
    assert 0.1 < ratios["He"] < 10
    back = found["normal, 0.01"].gradients
    assert (np.diff(back) > 0).all()  # the way back makes them smaller at every layer


def test_size_is_the_root_mean_square() -> None:
    assert initialisation.size(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)) == 2.5
