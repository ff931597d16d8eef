"""A training that diverges ends soon, and says which layer first went non-finite."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from brain import data, divergence, spec
from brain.data import Dataset
from brain.divergence import DivergenceError, first_not_finite
from brain.engine import Network, build
from brain.testing.arrays import assert_same, everything
from brain.training import Step, train

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

SURFACE = data.load("surface", n=1000)  # 800 rows to train on
MOONS = data.load("moons")


def regressor(rate: float, **options: Any) -> Network:
    layers = (spec.Dense(8), spec.ReLU(), spec.Dense(1))
    model = spec.Model("small", (2,), layers, spec.MeanSquaredError())
    return build(model, optimizer=spec.SGD(rate), **options)


def diverged(net: Network, dataset: Dataset, **options: Any) -> tuple[list[Step], str]:
    """The steps of a training, and what it says when it diverges."""
    steps: list[Step] = []
    with pytest.raises(DivergenceError) as caught:
        steps.extend(train(net, dataset, **options))
    return steps, str(caught.value)


def taken(net: Network, dataset: Dataset, **options: Any) -> list[Step]:
    """The steps that a training gives before it diverges."""
    steps: list[Step] = []
    try:
        for step in train(net, dataset, **options):
            steps.append(step)
    except DivergenceError:
        return steps
    raise AssertionError("it did not diverge")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rate", [3.0, 1e3, 1e9])
def test_it_ends_soon_and_names_the_step_and_the_layer(rate: float, dtype: str) -> None:
    """Against a training of the same steps in which every number is looked at."""
    options: dict[str, Any] = {"batch_size": 2, "epochs": 1, "seed": 3}
    steps = taken(regressor(rate, dtype=dtype), SURFACE, **options)
    bad = next(s.step for s in steps if not math.isfinite(float(s.loss)))
    assert len(steps) <= bad + 2 * divergence.LOOK
    assert len(steps) < 400  # which make an epoch

    net = regressor(rate, dtype=dtype)
    _, text = diverged(net, SURFACE, **options)
    found = re.search(r"the first that is not finite is (.+), in step (\d+);", text)
    assert found, text
    first = int(found[2])
    twin = regressor(rate, dtype=dtype)
    stream = train(twin, SURFACE, **options)
    for _ in range(first - 1):
        assert math.isfinite(float(next(stream).loss))
    assert all(np.isfinite(array).all() for array in everything(twin).values())
    assert_same(everything(net), everything(twin))  # left as it was before that step
    next(stream)
    lost = [name for name, a in everything(twin).items() if not np.isfinite(a).all()]
    assert lost or first == bad
    assert "a smaller learning rate" in text


@pytest.mark.parametrize("rate", [0.01, 3.0])
def test_it_says_that_it_goes_back_before_it_does(rate: float) -> None:
    net, said, steps_then = regressor(rate), list[str](), list[int]()

    def told(text: str) -> None:
        said.append(text)
        steps_then.append(net.step)

    try:
        for step in train(net, SURFACE, batch_size=2, epochs=1, seed=3, told=told):
            last = step.step
    except DivergenceError as error:
        found = re.search(r"at step (\d+), .*, in step (\d+);", str(error))
        assert found
        assert steps_then == [0]  # the copy of the beginning: not a step was taken again
        assert said == [
            "the numbers are no longer finite: looking for the first step that failed, from step "
            f"1 to {found[1]} ..."
        ]
        assert int(found[2]) <= last + 1
    else:
        assert not said
        assert rate < 1


class Poisoned(Network):
    """Stands for a network of two layers whose trace has numbers that are not finite."""

    def __init__(self, **bad: str) -> None:
        layers = (spec.Dense(3), spec.Residual((spec.Dense(3),)), spec.Dense(1))
        self.model = spec.Model("m", (2,), layers, spec.MeanSquaredError())
        self.real, self.bad = build(self.model), bad

    def trace(self, x: Any, *arguments: Any, **options: Any) -> Any:
        trace = self.real.trace(x, *arguments, **options)
        parts: Mapping[str, Any] = {
            "output": trace.outputs, "back": trace.d_outputs, "gradient": trace.d_parameters
        }  # fmt: skip
        for what, name in self.bad.items():
            if what == "loss":
                trace.loss = math.inf
            elif name in parts[what]:
                parts[what][name][0] = math.nan
        return trace


for method in Network.__abstractmethods__:
    setattr(Poisoned, method, lambda *_: None)
Poisoned.__abstractmethods__ = frozenset()


@pytest.mark.parametrize("together", [1, 2, 8])
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({}, ""),
        ({"output": "dense2", "back": "dense2"}, "the output of dense2 (Dense)"),
        ({"output": "residual1.body.dense1"}, "the output of residual1.body.dense1 (Dense)"),
        ({"loss": "", "back": "dense2"}, "the loss, behind outputs that are finite"),
        ({"back": "dense1"}, "the gradient that comes back to dense1 (Dense)"),
        ({"back": "residual1", "gradient": "dense1.bias"}, "comes back to residual1 (Residual)"),
        ({"gradient": "dense1.bias"}, "the gradient of dense1.bias"),
    ],
)
def test_the_first_in_the_order_of_a_pass(
    bad: dict[str, str], words: str, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divergence, "LAYERS", together)
    net = Poisoned(**bad)  # type: ignore[abstract] # no more: see above
    batch = net.real.prepare(np.ones((4, 2)), np.ones((4, 1)))
    found = first_not_finite(net, batch, training=True)
    assert (words in found) if words else not found


def test_a_nest_is_named_after_what_is_inside_it() -> None:
    """Only the body's weights overflow: the layer in it is the first, not the Residual."""
    body = (spec.Dense(2),)
    model = spec.Model("m", (2,), (spec.Residual(body), spec.Dense(1)), spec.MeanSquaredError())
    net = build(model)
    arrays = net.parameters()
    arrays["residual1.body.dense1.weight"][:] = 3e38
    net.load_parameters(arrays)
    batch = net.prepare(np.full((3, 2), 9.0), np.ones((3, 1)))
    assert first_not_finite(net, batch, True) == "the output of residual1.body.dense1 (Dense)"


def test_an_optimizers_memory_is_looked_at_too() -> None:
    """AdaGrad's sum of squares overflows, and no weight moves any more: the loss stays finite."""
    layers = (spec.Dense(1),)
    model = spec.Model("m", (2,), layers, spec.MeanSquaredError())
    net = build(model, optimizer=spec.AdaGrad(1e-3))
    x = np.full((400, 2), 1e9, np.float32)
    wide = Dataset("wide", x, x[:, :1] * 1e3, x, x[:, :1] * 1e3, "regression", (), "wide")
    _, text = diverged(net, wide, batch_size=1, epochs=2)
    assert "the optimizer's memory dense1.weight.sum_of_squares" in text


def test_a_network_with_steps_behind_it_is_traced_by_the_steps_of_this_training() -> None:
    fresh, used = regressor(1e3), regressor(1e3)
    for _ in range(7):
        used.train_step(np.zeros((2, 2)), np.zeros((2, 1)))  # the biases alone may move
    used.load_parameters(fresh.parameters())
    options: dict[str, Any] = {"batch_size": 2, "epochs": 1}
    assert diverged(used, SURFACE, **options)[1] == diverged(fresh, SURFACE, **options)[1]


def test_a_training_gone_on_with_is_traced_from_where_it_went_on() -> None:
    options: dict[str, Any] = {"batch_size": 2, "epochs": 1}
    whole, resumed = regressor(3.0), regressor(3.0)
    wanted = diverged(whole, SURFACE, **options)[1]
    for _ in itertools.islice(train(resumed, SURFACE, **options), 2):
        pass
    assert diverged(resumed, SURFACE, first_step=2, **options)[1] == wanted


@pytest.mark.parametrize("every", [1, 7, 20])
def test_looking_changes_nothing(every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended() -> dict[str, Any]:
        layers = (spec.Dense(6), spec.Dropout(0.2), spec.BatchNorm(), spec.Dense(1))
        model = spec.Model("m", (2,), layers, spec.BinaryCrossEntropy())
        net = build(model, optimizer=spec.Adam(0.01))
        list(train(net, MOONS, batch_size=16, epochs=3))
        return everything(net)

    wanted = ended()
    monkeypatch.setattr(divergence, "LOOK", every)
    monkeypatch.setattr(divergence, "KEEP", every)
    assert_same(ended(), wanted)
