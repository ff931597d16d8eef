"""Probabilities and scores against numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.scores import probabilities, score
from brain.testing.refusals import refusal

CROSS, BINARY, SQUARED = (
    spec.SoftmaxCrossEntropy(),
    spec.BinaryCrossEntropy(),
    spec.MeanSquaredError(),
)


def test_softmax_probabilities() -> None:
    logits = np.log(np.array([[1.0, 2.0, 5.0], [3.0, 3.0, 3.0]]))
    wanted = [[1 / 8, 2 / 8, 5 / 8], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(probabilities(CROSS, logits), wanted, rtol=1e-15)
    shifted = probabilities(CROSS, logits + 700)
    np.testing.assert_allclose(shifted, wanted, rtol=1e-12)  # 700 costs three digits of the logits


def test_sigmoid_probabilities_of_one_unit_are_two() -> None:
    p = probabilities(BINARY, np.array([[0.0], [math.log(3)], [-math.log(3)]]))
    np.testing.assert_allclose(p, [[0.5, 0.5], [0.25, 0.75], [0.75, 0.25]], rtol=1e-15)


def test_sigmoid_probabilities_of_several_labels() -> None:
    p = probabilities(BINARY, np.array([[0.0, math.log(3)], [-math.log(3), 0.0]]))
    np.testing.assert_allclose(p, [[0.5, 0.75], [0.25, 0.5]], rtol=1e-15)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits_neither_overflow_nor_change_the_dtype(dtype: type) -> None:
    logits: NDArray[Any] = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]]).astype(dtype)
    for loss, wanted in ((CROSS, [[1, 0], [0, 1]]), (BINARY, [[1, 0], [0, 1]])):
        p = probabilities(loss, logits)
        assert p.dtype == dtype
        np.testing.assert_array_equal(p, wanted)
    column = probabilities(BINARY, logits[:, :1])
    assert column.dtype == dtype
    np.testing.assert_array_equal(column, [[0, 1], [1, 0]])


def test_there_are_no_probabilities_of_numbers() -> None:
    text = refusal(lambda: probabilities(SQUARED, np.ones((2, 1))))
    assert "MeanSquaredError" in text
    assert "use predict" in text


def test_accuracy() -> None:
    outputs = np.array([[0.1, 0.2, 0.0], [3.0, 2.0, 1.0], [0.0, 0.0, 1.0], [5.0, 1.0, 6.0]])
    assert score(CROSS, outputs, np.array([1, 0, 2, 0])) == 0.75
    sequence = outputs.reshape(2, 2, 3)
    assert score(CROSS, sequence, np.array([[1, 0], [0, 0]])) == 0.5


def test_binary_accuracy() -> None:
    outputs = np.array([[2.0], [-1.0], [0.5], [-0.1]])
    assert score(BINARY, outputs, np.array([[1], [0], [0], [0]])) == 0.75
    several = np.array([[1.0, -1.0, 2.0], [-1.0, -1.0, 3.0]])
    assert score(BINARY, several, np.array([[1, 0, 0], [0, 1, 1]])) == pytest.approx(4 / 6)


def test_r_squared() -> None:
    targets = np.array([[1.0], [2.0], [3.0], [6.0]])  # mean 3, squared deviations 4 + 1 + 0 + 9
    outputs = np.array([[1.5], [2.0], [2.0], [5.0]])  # squared errors 0.25 + 0 + 1 + 1
    assert score(SQUARED, outputs, targets) == pytest.approx(1 - 2.25 / 14)
    assert score(SQUARED, targets, targets) == 1
    assert score(SQUARED, np.full((4, 1), 3.0), targets) == 0
    assert score(SQUARED, -outputs, targets) < 0


def test_r_squared_takes_each_outputs_own_mean() -> None:
    targets = np.array([[0.0, 100.0], [2.0, 102.0]])  # deviations 1 each: 4
    outputs = np.array([[0.0, 100.0], [1.0, 102.0]])  # one error of 1
    assert score(SQUARED, outputs, targets) == pytest.approx(0.75)


def test_r_squared_of_targets_that_do_not_vary() -> None:
    targets = np.full((3, 1), 2.0)
    assert score(SQUARED, targets, targets) == 1
    assert score(SQUARED, targets + 1, targets) == 0


def test_r_squared_of_targets_that_do_not_vary_and_are_rounded() -> None:
    targets = np.full((3, 1), 0.1)
    assert score(SQUARED, targets, targets) == 1
    assert score(SQUARED, targets + 1, targets) == 0
