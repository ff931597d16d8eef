"""One hidden layer: against the engine, step by step, and what it reaches on real data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.data.bundled import has_scikit_learn
from brain.engine import build
from brain.errors import UserError
from brain.randomness import generator
from brain.training import batches
from scratch.classic.measure import accuracy
from scratch.classic.network import OneHiddenLayer

DRAW = generator(0, "one hidden layer tests")
X = DRAW.standard_normal((30, 4))
TWO, THREE = DRAW.integers(0, 2, 30), np.arange(30) % 3

MODES: dict[str, dict[str, Any]] = {
    "full-batch": {"batch_size": None, "momentum": 0.0},
    "mini-batch": {"batch_size": 8, "momentum": 0.0},
    "stochastic": {"batch_size": 1, "momentum": 0.0},
    "momentum": {"batch_size": 8, "momentum": 0.9},
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("y", [TWO, THREE], ids=["binary", "multiclass"])
def test_the_engine_takes_the_same_steps(y: np.ndarray, mode: str) -> None:
    outputs = 1 if y is TWO else 3
    size, momentum = MODES[mode]["batch_size"], MODES[mode]["momentum"]
    ours = OneHiddenLayer(5, lr=0.1, epochs=3, seed=1, **MODES[mode])
    steps = ours.steps(X, y)
    first = OneHiddenLayer(5, lr=0.0, epochs=1, seed=1).fit(X, y).params  # where both begin
    layers = (spec.Dense(5), spec.ReLU(), spec.Dense(outputs))
    loss = spec.BinaryCrossEntropy() if outputs == 1 else spec.SoftmaxCrossEntropy()
    optimizer = spec.SGD(0.1, momentum=momentum or 0.0)
    net = build(spec.Model("one", (4,), layers, loss), dtype="float64", optimizer=optimizer)
    names = {f"dense{n}.{kind}": f"{kind}{n}" for n in (1, 2) for kind in ("weight", "bias")}
    net.load_parameters({engine: first[own] for engine, own in names.items()})
    for epoch in range(3):
        for chosen in batches(30, int(size or 30), 1, epoch):
            theirs = float(net.train_step(X[chosen], y[chosen]))
            assert next(steps).loss == pytest.approx(theirs, rel=1e-10)
    assert next(steps, None) is None
    for engine, own in names.items():
        np.testing.assert_allclose(ours.params[own], net.parameters()[engine], atol=1e-10)
    np.testing.assert_allclose(ours.predict_proba(X), net.predict_proba(X), atol=1e-10)
    assert ours.score(X, y) == pytest.approx(net.score(X, y))


def test_equal_seeds_give_equal_bits_and_others_do_not() -> None:
    one, same, other = (OneHiddenLayer(4, epochs=2, seed=s).fit(X, THREE) for s in (3, 3, 4))
    assert one.predict_proba(X).tobytes() == same.predict_proba(X).tobytes()
    assert one.predict_proba(X).tobytes() != other.predict_proba(X).tobytes()


def test_steps_can_be_watched() -> None:
    ticks = list(OneHiddenLayer(4, batch_size=8, epochs=3).steps(X, THREE))
    assert [tick.step for tick in ticks] == list(range(1, 13))
    assert {tick.steps for tick in ticks} == {12}
    assert [tick.step for tick in ticks if tick.metrics] == [4, 8, 12]


def test_classes_of_any_name() -> None:
    model = OneHiddenLayer(8, epochs=200).fit(X, np.array([30, -1, 7])[THREE])
    assert model.classes.tolist() == [-1, 7, 30]
    assert model.score(X, np.array([30, -1, 7])[THREE]) > 0.8


def test_a_rate_that_is_too_large() -> None:
    with pytest.raises(UserError, match=r"diverged with the rate 1e\+200; take a smaller one"):
        OneHiddenLayer(4, lr=1e200).fit(X, THREE)


def test_settings_out_of_range() -> None:
    for wrong in ({"hidden": 0}, {"batch_size": 0}, {"epochs": 0}, {"momentum": 1.5}, {"lr": -1.0}):
        with pytest.raises(UserError, match=f"{next(iter(wrong))} must be a"):
            OneHiddenLayer(**wrong)


@pytest.mark.skipif(not has_scikit_learn(), reason="scikit-learn brings the data")
@pytest.mark.parametrize(("name", "wanted"), [("iris", 0.94), ("digits", 0.97)])
def test_accuracy_on_held_out_rows(name: str, wanted: float) -> None:
    """The mean of 20 seeds, stratified, 80 % and 20 %: a few seconds."""
    assert np.mean([accuracy(name, seed) for seed in range(20)]) >= wanted
