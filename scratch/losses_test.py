"""The losses by hand, in loops, and where their numbers are large."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from scratch.losses import (
    LOSSES,
    binary_cross_entropy,
    mean_squared_error,
    plain_softmax_cross_entropy,
    softmax_cross_entropy,
)

Array = NDArray[Any]
pytestmark = pytest.mark.filterwarnings("error")
RANDOM = np.random.default_rng(2)


@pytest.mark.parametrize(("samples", "classes"), [(7, 3), (1, 2), (4, 10)])
def test_cross_entropy_equals_its_loops(samples: int, classes: int) -> None:
    logits = 3 * RANDOM.standard_normal((samples, classes))
    labels = RANDOM.integers(0, classes, samples)
    loss, _ = softmax_cross_entropy(logits, labels)
    # Two dozen roundings of numbers near 1.
    assert float(loss) == pytest.approx(plain_softmax_cross_entropy(logits, labels), rel=1e-14)


def test_cross_entropy_by_hand() -> None:
    logits = np.log(np.array([[1.0, 2.0, 5.0], [4.0, 2.0, 2.0]]))
    loss, d_logits = softmax_cross_entropy(logits, np.array([2, 1]))
    assert float(loss) == pytest.approx(-(math.log(5 / 8) + math.log(2 / 8)) / 2, rel=1e-15)
    wanted = np.array([[1 / 8, 2 / 8, 5 / 8 - 1], [4 / 8, 2 / 8 - 1, 2 / 8]]) / 2
    np.testing.assert_allclose(d_logits, wanted, rtol=1e-14)


def test_cross_entropy_over_time_is_over_all_positions() -> None:
    logits, labels = RANDOM.standard_normal((4, 3, 5)), RANDOM.integers(0, 5, (4, 3))
    loss, d_logits = softmax_cross_entropy(logits, labels)
    flat_loss, d_flat = softmax_cross_entropy(logits.reshape(12, 5), labels.reshape(12))
    assert loss == flat_loss
    assert float(loss) == pytest.approx(
        plain_softmax_cross_entropy(logits.reshape(12, 5), labels.reshape(12)), rel=1e-14
    )
    np.testing.assert_array_equal(d_logits, d_flat.reshape(4, 3, 5))


def test_binary_cross_entropy_by_hand() -> None:
    logits = np.array([[0.0, math.log(3)], [-math.log(3), math.log(9)]])  # p 1/2, 3/4, 1/4, 9/10
    labels = np.array([[1, 0], [1, 1]])
    loss, d_logits = binary_cross_entropy(logits, labels)
    wanted = -(math.log(1 / 2) + math.log(1 / 4) + math.log(1 / 4) + math.log(9 / 10)) / 4
    assert float(loss) == pytest.approx(wanted, rel=1e-15)
    np.testing.assert_allclose(
        d_logits, np.array([[-1 / 2, 3 / 4], [-3 / 4, -1 / 10]]) / 4, rtol=1e-14
    )


def test_binary_cross_entropy_is_cross_entropy_of_two() -> None:
    logits, labels = RANDOM.standard_normal((9, 1)), RANDOM.integers(0, 2, (9, 1))
    two = np.concatenate([np.zeros_like(logits), logits], axis=1)
    loss, d_logits = binary_cross_entropy(logits, labels)
    other, d_two = softmax_cross_entropy(two, labels[:, 0])
    assert float(loss) == pytest.approx(float(other), rel=1e-14)
    np.testing.assert_allclose(d_logits[:, 0], d_two[:, 1], rtol=1e-13)


def test_squared_error_by_hand() -> None:
    output, target = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 4.0], [2.0, 2.0]])
    loss, d_output = mean_squared_error(output, target)
    assert float(loss) == (0 + 4 + 1 + 9) / 4
    np.testing.assert_array_equal(d_output, np.array([[0.0, -2.0], [1.0, 3.0]]) * 2 / 4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits(dtype: type) -> None:
    logits: Array = np.array([[1e3, -1e3], [-1e3, 1e3]]).astype(dtype)
    loss, d_logits = softmax_cross_entropy(logits, np.array([0, 1]))
    assert float(loss) == 0
    assert not d_logits.any()
    loss, d_logits = softmax_cross_entropy(logits, np.array([1, 1]))
    assert float(loss) == 1000  # 2000 and 0
    np.testing.assert_array_equal(d_logits, [[0.5, -0.5], [0, 0]])
    loss, d_logits = binary_cross_entropy(logits, np.array([[0, 0], [1, 1]]))
    assert float(loss) == 500  # 1000, 0, 1000, 0
    np.testing.assert_array_equal(d_logits, [[0.25, 0], [-0.25, 0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.__name__)
def test_a_loss_keeps_the_dtype_and_its_inputs(kind: type[spec.Loss], dtype: type) -> None:
    output: Array = RANDOM.standard_normal((5, 3)).astype(dtype)
    shape = kind().target_shape((3,))
    target = RANDOM.integers(0, 2, (5, *shape)) if kind.labels else output - dtype(1)
    copies = output.copy(), target.copy()
    loss, d_output = LOSSES[kind](output, target)
    assert loss.dtype == d_output.dtype == dtype
    assert d_output.shape == output.shape
    np.testing.assert_array_equal(output, copies[0])
    np.testing.assert_array_equal(target, copies[1])
