"""The numbers of the cases hide nothing; scratch/completeness_test.py tells what has no case."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, VANISHING, optimizers
from brain.compare.examples import example
from brain.engine import build

TRAINABLE = [case for case in CASES if case.parameters()]


def test_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_optimizer_has_everything_on() -> None:
    rules = optimizers()
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
    assert {k: v.shape for k, v in given.state.items()} == {
        k: info.shape for k, info in model.state().items()
    }
    floats = {**given.parameters, **given.state, "dy": given.dy}
    if model.ids is None:
        floats["x"] = given.x
    else:
        assert given.x.dtype == np.int64
        assert len(np.unique(given.x)) < given.x.size  # an id that occurs again
        assert given.x.min() >= 0
        assert given.x.max() < model.ids
    for name, array in floats.items():
        assert array.dtype == np.float64
        assert (array != 0).all(), name
        assert len(np.unique(array)) == array.size, name
        np.testing.assert_array_equal(array, array.astype(np.float32))  # both start equal
    for name, info in model.parameters().items():
        # the last two axes lead from inputs to outputs; before them a kernel is square by nature
        square = len(info.shape) > 1 and info.shape[-2] == info.shape[-1]
        square = square and not name.endswith(".recurrent_weight")  # that of an RNN is, by nature
        assert not square or model.name.startswith("residual"), name


@pytest.mark.parametrize("model", TRAINABLE, ids=lambda model: model.name)
def test_a_case_has_a_finite_loss_and_gradients_that_are_not_zero(model: spec.Model) -> None:
    pytest.importorskip("scratch")
    given = example(model)
    net = build(model, dtype="float64")
    net.load_parameters(given.parameters)
    loss, gradients = net.loss_and_gradients(given.x, given.y)
    assert math.isfinite(loss)
    for name, gradient in gradients.items():
        vanishes = name == VANISHING.get(model.name)
        assert (np.linalg.norm(gradient) > 1e-3) != vanishes, name
