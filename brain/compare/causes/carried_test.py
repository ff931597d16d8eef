"""Each mistake with a carried state is told from all others by what it leads to."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.compare.causes.carried import Carried, candidates, diagnose, quantities
from brain.compare.causes.finder import INHERITED, UNKNOWN
from brain.compare.examples import example
from brain.parameters import Arrays

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

LAYERS = (
    spec.RNN(3),
    spec.LSTM(3),
    spec.LSTM(2, return_sequences=True),
    spec.GRU(3, return_sequences=True),
)


def given(layer: spec.Layer) -> Carried:
    shape = (4, 3)
    drawn = example(spec.Model("alone", shape, (layer,), spec.MeanSquaredError()), 5)
    parameters, carry = (
        {name.rpartition(".")[2]: array for name, array in arrays.items()}
        for arrays in (drawn.parameters, drawn.carry)
    )
    return Carried(layer, shape, drawn.x, parameters, carry)


def ask(one: Carried) -> Arrays:
    return quantities("numpy", one.layer, one.shape, one.x, one.parameters, one.carry)


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_every_mistake_is_led_back_to_itself(layer: spec.Layer) -> None:
    one = given(layer)
    right = ask(one)
    found = list(candidates(one, right, {}, ask))
    assert len(found) >= (16 if isinstance(layer, spec.LSTM) else 14)
    for cause, there in found:
        assert diagnose(one, there, ask).causes == (cause,)


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_an_order_of_samples_is_read_off(layer: spec.Layer) -> None:
    one, order = given(layer), np.array([2, 0, 1, 4, 3])
    right = ask(one)
    there = {k: a if k == "output" else a[order] for k, a in right.items()}
    assert str(diagnose(one, there, ask)).endswith("order of the samples: 2, 0, 1, 4, 3")


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_what_is_right_or_unknown_has_no_cause(layer: spec.Layer) -> None:
    one = given(layer)
    right = ask(one)
    assert str(diagnose(one, right, ask)) == INHERITED
    assert str(diagnose(one, {**right, "next hidden": right["next hidden"] + 1e-3}, ask)) == UNKNOWN
