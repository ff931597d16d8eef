"""Every loss is there; and where TensorFlow's own habit is another, ours follows the table."""

from __future__ import annotations

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.equivalence_suite import declared  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_loss  # noqa: E402
from tf_nn.losses import LOSSES  # noqa: E402


def test_every_loss_is_there() -> None:
    lacking = {loss.__name__ for loss in declared(spec.Loss) - LOSSES.keys()}
    assert not lacking, f"tf_nn/losses.py has no {', '.join(lacking)}"


def test_trap_keras_takes_probabilities_and_clips_them() -> None:
    """The default of both cross-entropies; a wrong answer never costs more than 16.2."""
    logits, labels = np.array([[40.0], [2.0]]), np.array([[0], [1]])
    naive = keras.losses.BinaryCrossentropy(dtype="float64")(labels, tf.sigmoid(logits))
    right, ours = both("tensorflow", of_loss, spec.BinaryCrossEntropy(), logits, labels)
    assert_trap(naive.numpy(), ours, right, off_by=0.5)

    logits, labels = np.array([[40.0, 0.0], [1.0, 2.0]]), np.array([1, 0])
    sparse = keras.losses.SparseCategoricalCrossentropy(dtype="float64")
    right, ours = both("tensorflow", of_loss, spec.SoftmaxCrossEntropy(), logits, labels)
    assert_trap(sparse(labels, tf.nn.softmax(logits)).numpy(), ours, right, off_by=0.5)
    assert_trap(sparse(labels, logits).numpy(), ours, right, off_by=0.5)


def test_trap_keras_losses_are_float32_unless_told() -> None:
    random = generator(0, "outputs")
    output, y = random.standard_normal((2, 7, 3))
    naive = keras.losses.MeanSquaredError()(tf.constant(y), tf.constant(output))
    right, ours = both("tensorflow", of_loss, spec.MeanSquaredError(), output, y)
    assert naive.dtype == tf.float32
    assert_trap(naive.numpy(), ours, right, off_by=1e-9)


def test_trap_a_column_against_a_row_is_broadcast() -> None:
    """`(N, 1)` minus `(N,)` is `(N, N)`; TensorFlow does not even warn."""
    random = generator(0, "outputs")
    output, y = random.standard_normal((6, 1)), random.standard_normal(6)
    naive = tf.reduce_mean(tf.math.squared_difference(output, y))
    right, ours = both("tensorflow", of_loss, spec.MeanSquaredError(), output, y)
    assert right == pytest.approx(np.mean((output[:, 0] - y) ** 2))
    assert_trap(naive.numpy(), ours, right, off_by=0.1)


def test_trap_sample_weights_are_divided_by_the_number_of_samples() -> None:
    """Not by the sum of the weights, as for samples that are there so often."""
    random, weights = generator(0, "logits"), np.array([1, 2, 1, 3])
    logits, labels = random.standard_normal((6, 4)), random.integers(0, 4, 6)
    often = weights[labels]
    right, ours = both(
        *("tensorflow", of_loss, spec.SoftmaxCrossEntropy()),
        *(logits.repeat(often, axis=0), labels.repeat(often)),
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    naive = loss(labels, logits, sample_weight=often).numpy()
    assert_trap(naive, ours, right, off_by=0.5)
    assert error(naive * 6 / often.sum(), right) < 1e-12


def test_forms_that_agree_today() -> None:
    """The classes are the last axis, wherever else positions are; the mean is over all of them."""
    random = generator(0, "logits")
    logits, labels = random.standard_normal((6, 4, 4)), random.integers(0, 4, (6, 4))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    right = of_loss("numpy", spec.SoftmaxCrossEntropy(), logits, labels)
    assert error(loss(labels, logits).numpy(), right) < 1e-12
