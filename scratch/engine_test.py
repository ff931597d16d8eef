"""What is the NumPy engine's own: its device, nested parameters, and runs that diverge."""

from __future__ import annotations

import tracemalloc
import warnings
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from brain import spec
from brain.compare.cases import CASES
from brain.compare.examples import example
from brain.engine import Network, build
from brain.parameters import initial_parameters
from brain.testing.carry_suite import Carrying
from brain.testing.model_strategies import models
from brain.testing.refusals import refusal
from brain.testing.saving_suite import Saving
from scratch.context import Context, Pass
from scratch.engine import NumpyNetwork
from scratch.trees import flat, nested


@given(models())
def test_nested_and_flat_undo_each_other(model: spec.Model) -> None:
    arrays = initial_parameters(model)
    tree = nested(model.nodes, arrays)
    back = flat(model.nodes, tree)
    assert list(back) == list(arrays)
    assert all(back[name] is arrays[name] for name in arrays)  # nothing is copied
    for name, array in arrays.items():
        branch: Any = tree
        for part in name.split("."):
            branch = branch[part]
        assert branch is array


def test_it_computes_on_the_cpu_unless_told_otherwise() -> None:
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    net = build(model, "numpy")
    assert isinstance(net, NumpyNetwork)
    assert net.device == "cpu"
    for device in ("mps", "gpu"):  # and more of it in devices_test.py
        text = refusal(partial(build, model, device=device))
        assert "the numpy engine computes on 'cpu' or 'cuda', not on" in text
        assert repr(device) in text


def test_a_run_that_diverges_says_so_by_its_loss() -> None:
    model = spec.Model("m", (3,), (spec.Dense(4), spec.Dense(2)), spec.MeanSquaredError())
    net = build(model, optimizer=spec.SGD(1e6))
    x, y = np.ones((5, 3)), np.ones((5, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses = [float(net.train_step(x, y)) for _ in range(20)]
        net.predict(x)
    assert np.isfinite(losses[0])
    assert not np.isfinite(losses[-1])


def test_a_context_lends_one_array_for_one_shape() -> None:
    context, like = Context(), np.zeros(1, np.float32)
    first = context.empty("z", (2, 3), like)
    assert first.dtype == np.float32
    assert context.empty("z", (2, 3), like) is first
    assert context.empty("dx", (2, 3), like) is not first
    assert context.empty("z", (4, 3), like).shape == (4, 3)
    assert context.empty("z", (4, 3), np.zeros(1)).dtype == np.float64


def held(context: Context) -> list[Any]:
    """Every array that a context and those inside it keep."""
    inside = [array for inner in context._inside.values() for array in held(inner)]
    return [*context._arrays.values(), *inside]


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_a_prediction_keeps_nothing_and_leaves_what_training_keeps(model: spec.Model) -> None:
    values, net = example(model), NumpyNetwork(model)
    net.predict(values.x)
    net.evaluate(values.x, values.y)
    net.trace(values.x)
    assert held(net._contexts[0]) == []
    net.train_step(values.x, values.y)
    kept = held(net._contexts[0])
    net.predict(values.x[:2])
    assert all(a is b for a, b in zip(held(net._contexts[0]), kept, strict=True))


def test_a_prediction_never_holds_all_windows_of_a_convolution() -> None:
    layers = (spec.Conv2D(3, kernel=5, padding="same"), spec.GlobalAvgPool2D())
    net = build(spec.Model("m", (32, 32, 3), layers, spec.MeanSquaredError()))
    x = np.ones((64, 32, 32, 3), np.float32)  # 768 KiB; its windows are 25 times as much
    net.predict(x)
    tracemalloc.start()
    net.predict(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * x.nbytes


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_what_happens_between_two_steps_leaves_no_trace(model: spec.Model) -> None:
    values, other = example(model), example(model, 3, seed=5)

    def trained(between: Any) -> Network:
        net = build(model, optimizer=spec.SGD(0.01, momentum=0.9))
        for _ in range(3):
            net.train_step(values.x, values.y)
            between(net)
        return net

    def looked_at(net: Network) -> None:
        first = net.predict(other.x)
        kept = first.copy()
        net.evaluate(values.x, values.y)
        net.predict(values.x)
        np.testing.assert_array_equal(first, kept)

    alone, asked = trained(lambda net: None), trained(looked_at)
    for name, array in (alone.parameters() | alone.state()).items():
        np.testing.assert_array_equal((asked.parameters() | asked.state())[name], array)


def test_contexts_inside_know_their_names_and_the_pass() -> None:
    context = Context(Pass(training=True, masks={"residual1.body.dropout1": np.ones(2)}))
    inner = context.inside("residual1").inside("body").inside("dropout1")
    assert inner.name == "residual1.body.dropout1"
    assert inner.training
    assert inner.mask is not None
    assert context.inside("dropout1").mask is None
    context.run = Pass()
    inner = context.inside("residual1").inside("body").inside("dropout1")
    assert not inner.training
    assert inner.mask is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_without_parameters_can_be_stepped(dtype: str) -> None:
    layers = (spec.Residual((spec.Tanh(),)), spec.Sequential((spec.Sequential(()), spec.ReLU())))
    net = build(spec.Model("m", (3,), layers, spec.MeanSquaredError()), dtype=dtype)
    x, y = np.ones((2, 3)), np.zeros((2, 3))
    assert net.parameters() == {}
    wanted, eps = (1 + np.tanh(1.0)) ** 2, float(np.finfo(dtype).eps)
    assert net.train_step(x, y) == pytest.approx(wanted, rel=8 * eps)  # a handful of roundings
    assert net.step == 1


class TestCarrying(Carrying):
    engine = "numpy"


class TestSaving(Saving):
    engine = "numpy"
