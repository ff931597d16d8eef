"""The list of cases covers what there is to cover, and its numbers hide nothing."""

from __future__ import annotations

import math
from dataclasses import is_dataclass

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, example, optimizers, targets
from brain.engine import build

TRAINABLE = [case for case in CASES if case.parameters()]


def offered(base: type) -> set[type]:
    """Every declaration in `brain.spec` of the kind `base`."""
    found = (getattr(spec, name) for name in spec.__all__)
    return {c for c in found if isinstance(c, type) and issubclass(c, base) and is_dataclass(c)}


def test_every_layer_and_loss_has_several_cases() -> None:
    layers = [type(node.layer) for case in CASES for node in case.walk()]
    losses = [type(case.loss) for case in CASES]
    assert set(layers) == offered(spec.Layer)
    assert set(losses) == offered(spec.Loss)
    assert min(losses.count(loss) for loss in offered(spec.Loss)) >= 2
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_optimizer_is_there_with_everything_on() -> None:
    rules = optimizers()
    assert {type(rule) for rule in rules.values()} == offered(spec.Optimizer)
    for rule in rules.values():
        assert rule.weight_decay > 0
        assert rule.clip_norm is not None
        rates = [rule.rate(step) for step in range(100)]
        assert len(set(rates)) > 90  # a schedule that moves all the time
        assert min(rates) > 0
        if hasattr(rule, "eps"):
            assert rule.eps >= 1e-3
    assert optimizers(7)["adam"] != rules["adam"]


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_the_numbers_of_a_case_hide_nothing(model: spec.Model) -> None:
    given = example(model)
    assert {k: v.shape for k, v in given.parameters.items()} == {
        k: info.shape for k, info in model.parameters().items()
    }
    assert given.x.shape == (7, *model.input_shape)
    assert given.dy.shape == (7, *model.output_shape)
    for name, array in {**given.parameters, "x": given.x, "dy": given.dy}.items():
        assert array.dtype == np.float64
        assert (array != 0).all(), name
        assert len(np.unique(array)) == array.size, name
        np.testing.assert_array_equal(array, array.astype(np.float32))  # both start equal
    for name, info in model.parameters().items():
        rows = info.shape
        assert len(rows) == 1 or rows[0] != rows[1] or model.name.startswith("residual"), name


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_targets_are_of_the_losss_kind(model: spec.Model) -> None:
    y = targets(model, 200)
    assert y.shape == (200, *model.target_shape)
    if model.loss.labels:
        classes = model.loss.classes(model.output_shape)
        assert y.dtype == np.int64
        assert set(np.unique(y).tolist()) == set(range(classes))
    else:
        np.testing.assert_array_equal(y, y.astype(np.float32))


def test_values_depend_on_the_seed_and_their_name_alone() -> None:
    model, wider = (
        CASES[0],
        spec.Model("other", (5,), (spec.Dense(3), spec.Dense(9)), CASES[0].loss),
    )
    one, again, other = example(model), example(model), example(model, seed=1)
    np.testing.assert_array_equal(one.x, again.x)
    assert (one.x != other.x).all()
    assert (one.parameters["dense1.weight"] != other.parameters["dense1.weight"]).all()
    np.testing.assert_array_equal(
        one.parameters["dense1.bias"], example(wider).parameters["dense1.bias"]
    )
    np.testing.assert_array_equal(one.x, example(model, 20).x[:7])


def test_weights_keep_signals_at_their_size() -> None:
    model = spec.Model("m", (300,), (spec.Dense(200),) * 5, spec.MeanSquaredError())
    given = example(model)
    x = given.x
    for number in range(1, 6):
        x = x @ given.parameters[f"dense{number}.weight"]
        assert 0.3 < x.std() < 3


@pytest.mark.parametrize("model", TRAINABLE, ids=lambda model: model.name)
def test_a_case_has_a_finite_loss_and_gradients_that_are_not_zero(model: spec.Model) -> None:
    pytest.importorskip("scratch")
    given = example(model)
    net = build(model, dtype="float64")
    net.load_parameters(given.parameters)
    loss, gradients = net.loss_and_gradients(given.x, given.y)
    assert math.isfinite(loss)
    for name, gradient in gradients.items():
        assert np.linalg.norm(gradient) > 1e-3, name
