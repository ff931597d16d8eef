"""The numbers that models are checked with."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES
from brain.compare.examples import example, targets


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


def test_a_recurrent_state_is_given_for_each_sample_and_name() -> None:
    inner = spec.Residual((spec.LSTM(2, return_sequences=True),))
    layers = (inner, spec.Bidirectional(spec.GRU(3)))
    given = example(spec.Model("m", (5, 2), layers, spec.MeanSquaredError()), 6)
    hidden, cell = (given.carry[f"residual1.body.lstm1.{name}"] for name in ("hidden", "cell"))
    assert len(given.carry) == 2  # a Bidirectional needs the whole sequence: it carries nothing
    assert hidden.shape == cell.shape == (6, 2)
    assert (hidden != cell).all()
    np.testing.assert_array_equal(hidden, hidden.astype(np.float32))
