"""Gradients over time are those of a difference, and the theory beside them holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.examples import example
from brain.engine import build
from brain.testing.memory_suite import KINDS, models
from brain.testing.refusals import refusal
from rnn.gradients import at_most, kept, over_time, span


@pytest.mark.parametrize("layer", KINDS, ids=repr)
def test_they_are_what_a_difference_gives(layer: Any) -> None:
    """Of each sample's own loss, by moving what it reads at one step."""
    model = models(layer)[0]
    net, given = build(model, dtype="float64"), example(model)
    net.load_parameters(given.parameters)
    found, h = over_time(net, given.x, given.y), 1e-6

    def losses(x: Any) -> Any:
        return np.mean((net.predict(x) - given.y) ** 2, axis=1)

    for t in (0, 4, 8):
        slopes = []
        for d in range(3):
            nudge = np.zeros_like(given.x)
            nudge[:, t, d] = h
            slopes.append((losses(given.x + nudge) - losses(given.x - nudge)) / (2 * h))
        wanted = np.linalg.norm(slopes, axis=0)
        np.testing.assert_allclose(found.inputs[:, t], wanted, rtol=1e-5, atol=1e-9)


def test_of_a_text_only_the_last_answer_counts() -> None:
    """What is read is the Embedding's output; another answer before the last changes nothing."""
    model = models(spec.GRU(5))[1]
    net, given = build(model, dtype="float64"), example(model)
    net.load_parameters(given.parameters)
    found = over_time(net, given.x, given.y)
    assert (found.layer, found.inputs.shape) == ("gru1", given.x.shape)
    other = given.y.copy()
    other[:, :-1] = (other[:, :-1] + 1) % 6
    np.testing.assert_array_equal(over_time(net, given.x, other).inputs, found.inputs)
    other[:, -1] = (other[:, -1] + 1) % 6
    assert (over_time(net, given.x, other).inputs != found.inputs).all()
    # the second layer hands gradients to every state of the first, so theory says nothing simple
    assert at_most(net, found) is None


def test_one_sample_has_the_gradient_that_a_loss_of_its_own_gives() -> None:
    layers = (spec.LSTM(4), spec.Dense(3))
    model = spec.Model("classes", (6, 2), layers, spec.SoftmaxCrossEntropy())
    net, given = build(model, dtype="float64"), example(model)
    found = over_time(net, given.x, given.y)
    for n in range(3):
        alone = net.trace(given.x[[n]], given.y[[n]])
        assert alone.d_input is not None
        np.testing.assert_allclose(found.inputs[n], np.linalg.norm(alone.d_input[0], axis=-1))


def test_saturated_gates_keep_everything_or_nothing() -> None:
    model = spec.Model("m", (8, 2), (spec.LSTM(3), spec.Dense(1)), spec.MeanSquaredError())
    net, given = build(model, dtype="float64"), example(model)
    values = net.parameters()
    values["lstm1.bias"][3:6] = [40.0, -40.0, 0.0]  # the forget gates
    net.load_parameters(values)
    left = kept(net, given.x)
    assert left is not None
    assert left.shape == (7, 8, 3)
    np.testing.assert_allclose(left[..., 0], 1)
    assert (left[:, :-1, 1] < 1e-12).all()
    assert (left[:, -1] == 1).all()  # after the last step nothing is lost
    assert (np.diff(left[..., 2], axis=1) > 0).all()
    plain = spec.Model("m", (8, 2), (spec.RNN(3), spec.Dense(1)), spec.MeanSquaredError())
    assert kept(build(plain, dtype="float64"), given.x) is None


def test_a_gate_of_one_half_spans_a_step_and_a_half() -> None:
    assert span(0.5) == pytest.approx(1.4427, abs=1e-4)


def test_a_network_without_memory_is_one_sentence() -> None:
    net = build(spec.Model("mlp", (4,), (spec.Dense(1),), spec.MeanSquaredError()))
    assert "no recurrent layer" in refusal(lambda: over_time(net, np.ones((2, 4)), np.ones((2, 1))))
