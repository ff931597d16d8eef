"""The last hidden layer, and the directions in which its rows vary most."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from brain.testing.shapes import plain, residual, shapes
from cnn.embedding import last_hidden, principal_components


def test_the_last_hidden_layer_feeds_the_last_dense() -> None:
    x = shapes().x_test
    net = build(plain(), dtype="float64")
    name, hidden = last_hidden(net, x, batch_size=10)
    assert (name, hidden.shape) == ("tanh3", (36, 7))
    parameters = net.parameters()
    outputs = hidden @ parameters["dense2.weight"] + parameters["dense2.bias"]
    np.testing.assert_allclose(outputs, net.predict(x))
    assert last_hidden(build(residual()), shapes(3).x_test)[0] == "globalavgpool1"


def test_components_are_those_of_the_covariance() -> None:
    random = generator(0, "components")
    rows = random.normal(size=(200, 5)) @ random.normal(size=(5, 5)) + 3
    found = principal_components(rows, 2)
    values, vectors = np.linalg.eigh(np.cov(rows.T, bias=True))
    np.testing.assert_allclose(found.explained, values[::-1] / values.sum())
    for axis, vector in zip(found.axes, vectors.T[::-1], strict=False):
        assert abs(axis @ vector) == pytest.approx(1)
        assert axis[np.abs(axis).argmax()] > 0
    np.testing.assert_allclose(found.scores, (rows - rows.mean(axis=0)) @ found.axes.T, atol=1e-12)
    np.testing.assert_allclose(found.mean, rows.mean(axis=0))


def test_all_components_bring_the_rows_back() -> None:
    rows = generator(1, "components").normal(size=(20, 4))
    found = principal_components(rows, 4)
    np.testing.assert_allclose(found.scores @ found.axes + found.mean, rows)
    assert found.explained.sum() == pytest.approx(1)


def test_rows_that_do_not_vary_have_nothing_to_explain() -> None:
    found = principal_components(np.ones((6, 3)))
    assert not found.explained.any()
    assert not found.scores.any()


def test_what_cannot_be_asked_is_refused() -> None:
    for rows in (np.zeros((2, 5)), np.zeros((9, 1)), np.zeros((4, 4, 4))):
        assert "2 directions" in refusal(lambda rows=rows: principal_components(rows))  # type: ignore[misc]
    model = spec.Model("m", (4, 4, 1), (spec.Conv2D(2),), spec.MeanSquaredError())
    text = refusal(lambda: last_hidden(build(model), np.zeros((1, 4, 4, 1))))
    assert "no layer before a last Dense" in text
