"""What is the NumPy engine's own: its device, nested parameters, and runs that diverge."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from brain import spec
from brain.engine import build
from brain.parameters import initial_parameters
from brain.testing.saving_suite import Saving
from brain.testing.strategies import models, refusal
from scratch.context import Context, Pass
from scratch.engine import NumpyNetwork, flat, nested


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


def test_it_computes_on_the_cpu_alone() -> None:
    model = spec.Model("m", (3,), (spec.Dense(2),), spec.MeanSquaredError())
    assert isinstance(build(model, "numpy"), NumpyNetwork)
    for device in ("cuda", "mps", "gpu"):
        text = refusal(partial(build, model, device=device))
        assert "the numpy engine computes on 'cpu' only" in text
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


class TestSaving(Saving):
    engine = "numpy"
