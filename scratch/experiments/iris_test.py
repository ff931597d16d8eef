"""The network is saved, loaded, and judged by flowers that it never saw."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from brain import data
from brain.store import Store
from scratch.experiments.iris import run
from scratch.testing.staged import quick, repeats

pytest.importorskip("sklearn", reason="the irises come with scikit-learn")


def test_the_loaded_network_knows_its_irises(tmp_path: Path) -> None:
    said = repeats(run, tmp_path, "models/iris/0001", "iris-loss.png", "iris-test.png")
    assert "saved and loaded: its answers are the same bits: True" in said
    found = re.search(r"right about ([\d.]+)% of 30 flowers", said)
    assert found
    saved = Store(tmp_path / "one" / "models").open("iris")
    flowers = data.load("iris")
    right = saved.network("numpy").score(flowers.x_test, flowers.y_test)
    assert float(found[1]) == pytest.approx(100 * right, abs=0.05)
    assert right > 0.9
    assert saved.run.finished


def test_another_seed_learns_other_weights_from_the_same_flowers(tmp_path: Path) -> None:
    weights = []
    for seed in (0, 1):
        quick(run, tmp_path / str(seed), seed)
        saved = Store(tmp_path / str(seed) / "models").open("iris")
        weights.append(saved.network("numpy").parameters()["dense1.weight"])
        assert saved.run.recipe.seed == seed
    assert not np.array_equal(weights[0], weights[1])
