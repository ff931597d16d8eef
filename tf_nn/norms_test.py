"""Where TensorFlow's own normalisations and embeddings part from the table, and by how much."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.examples import example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_batch, of_statistics  # noqa: E402

X = 2 * generator(0, "norms").standard_normal((7, 5)) + 1


def statistics(naive: Any) -> np.ndarray:
    """The running statistics of one of Keras's own layers after a pass in training, as rows."""
    naive(tf.constant(X), training=True)
    return np.stack([naive.moving_mean.numpy(), naive.moving_variance.numpy()])


def test_trap_the_momentum_of_keras_is_what_is_kept() -> None:
    """0.1 would keep a tenth and take up nine tenths; ours is 1 minus it."""
    right, ours = both("tensorflow", of_statistics, spec.BatchNorm(momentum=0.1), X)
    naive = keras.layers.BatchNormalization(momentum=0.1, dtype="float64")
    assert_trap(statistics(naive), ours, right, off_by=1.0)
    turned = keras.layers.BatchNormalization(momentum=1 - 0.1, dtype="float64")
    assert error(statistics(turned), right) < 1e-12  # the variance it keeps is the biased one


def test_trap_the_default_momentum_of_keras_is_ten_times_slower() -> None:
    """0.99 is kept, where 0.9 is here."""
    right, ours = both("tensorflow", of_statistics, spec.BatchNorm(), X)
    naive = keras.layers.BatchNormalization(dtype="float64")
    assert_trap(statistics(naive), ours, right, off_by=0.1)


def test_trap_the_fused_kernel_gives_an_unbiased_variance() -> None:
    """It divides the variance that it returns by 6, the one it normalises with by 7."""
    image = X.astype(np.float32).reshape(7, 1, 1, 5)
    one, zero = tf.ones(5), tf.zeros(5)
    y, _, var = tf.compat.v1.nn.fused_batch_norm(image, one, zero, epsilon=1e-5, is_training=True)
    right, ours = both("tensorflow", of_statistics, spec.BatchNorm(momentum=1.0), X)
    assert_trap(var.numpy(), ours[1], right[1], off_by=0.16)
    assert error(var.numpy() * 6 / 7, right[1]) < 1e-6
    assert error(y.numpy().reshape(7, 5), of_batch("numpy", spec.BatchNorm(), X)) < 1e-6


@pytest.mark.parametrize(
    ("kind", "layer"),
    [
        (keras.layers.BatchNormalization, spec.BatchNorm()),
        (keras.layers.LayerNormalization, spec.LayerNorm()),
    ],
    ids=["batchnorm", "layernorm"],
)
def test_trap_the_default_eps_of_keras_is_a_thousandth(kind: Any, layer: spec.Layer) -> None:
    """A hundred times ours: with a deviation of 0.1, 1e-3 beside 1e-2 is off by 3 % and more."""
    x = 0.1 * X / X.std()
    right, ours = both("tensorflow", of_batch, layer, x)
    assert_trap(kind(dtype="float64")(tf.constant(x), training=True).numpy(), ours, right, 0.03)


def test_trap_every_pass_in_training_takes_up_statistics() -> None:
    """A look at the gradients moves them; of ours, a step alone does."""
    naive = keras.layers.BatchNormalization(dtype="float64")
    model = spec.Model("m", (5,), (spec.BatchNorm(),), spec.MeanSquaredError())
    net = build(model, "tensorflow", dtype="float64")
    net.trace(X, X, training=True)
    net.loss_and_gradients(X, X)
    begin = np.stack([np.zeros(5), np.ones(5)])
    assert_trap(statistics(naive), np.stack([*net.state().values()]), begin, off_by=0.01)


def test_forms_that_agree_today() -> None:
    """The last axis is that of the channels, a batch of one is beta; `std` divides by the count."""
    for x in (X, X[:1], X.reshape(7, 1, 5)):
        for kind, layer in (
            (keras.layers.BatchNormalization, spec.BatchNorm()),
            (keras.layers.LayerNormalization, spec.LayerNorm()),
        ):
            naive = kind(epsilon=1e-5, dtype="float64")(tf.constant(x), training=True)
            right = of_batch("numpy", layer, x)
            np.testing.assert_allclose(naive.numpy(), right, rtol=1e-12, atol=1e-12)
    assert error(tf.math.reduce_std(X, axis=-1).numpy(), X.std(axis=-1)) < 1e-12


def test_an_embedding_with_a_mask_learns_it() -> None:
    """`mask_zero=True` hides row 0 from the layers behind, and gives it its gradient."""
    model = spec.Model("m", (4,), (spec.Embedding(6, 3),), spec.MeanSquaredError())
    given = example(model)
    layer = keras.layers.Embedding(6, 3, mask_zero=True, dtype="float64")
    layer.build((None, 4))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(layer(given.x) * given.dy)
    naive = tf.convert_to_tensor(tape.gradient(y, layer.embeddings)).numpy()
    net = build(model, "numpy", dtype="float64")
    right = net.trace(given.x, dy=given.dy).d_parameters["embedding1.weight"]
    assert (given.x == 0).any()
    assert error(naive, right) < 1e-12


def test_trap_the_norm_of_an_embeddings_gradient_counts_rows_before_they_are_added() -> None:
    """What `tape.gradient` gives is a row for every place; clipping by it is another clipping."""
    model = spec.Model("m", (4,), (spec.Embedding(6, 3),), spec.MeanSquaredError())
    given, key = example(model), "embedding1.weight"
    weight = tf.Variable(given.parameters[key])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.gather(weight, given.x) - given.y) ** 2)
    slices = tape.gradient(loss, weight)
    assert isinstance(slices, tf.IndexedSlices)
    moved = []
    for engine in ("numpy", "tensorflow"):
        rule = spec.SGD(1.0, clip_norm=0.01)
        net = build(model, engine, dtype="float64", optimizer=rule)
        net.load_parameters(given.parameters)
        net.train_step(given.x, given.y)
        moved.append(given.parameters[key] - net.parameters()[key])
    (clipped,), _ = tf.clip_by_global_norm([slices], 0.01)
    assert_trap(tf.convert_to_tensor(clipped).numpy(), moved[1], moved[0], off_by=0.1)
    (whole,), _ = tf.clip_by_global_norm([tf.convert_to_tensor(slices)], 0.01)
    assert error(whole.numpy(), moved[0]) < 1e-12
