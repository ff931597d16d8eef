"""Every layer has a binding; where TensorFlow's own habit is another, ours follows the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.cases import CASES  # noqa: E402
from brain.compare.examples import example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.randomness import generator  # noqa: E402
from brain.testing.equivalence_suite import declared  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_layer  # noqa: E402
from tf_nn.layers import LAYERS, VARIABLES  # noqa: E402

WALKED = {spec.Dropout, spec.Sequential, spec.Residual, spec.Bidirectional}
"""What `Chain` handles itself on its walk."""


def test_every_layer_has_a_binding() -> None:
    lacking = {layer.__name__ for layer in declared(spec.Layer) - LAYERS.keys() - WALKED}
    assert not lacking, f"tf_nn/layers.py binds no {', '.join(lacking)}"


def test_every_parameter_has_its_variable() -> None:
    wanted = {
        (type(node.layer), name)
        for case in CASES
        for node in case.walk()
        for name in (*node.parameters, *node.state)
    }
    assert wanted == {(layer, name) for layer, names in VARIABLES.items() for name in names}


@pytest.mark.parametrize(
    ("naive", "layer", "off_by"),
    [
        # constants pass through float32, whatever the dtype of x
        (lambda x: tf.nn.gelu(x), spec.GELU(), 2e-9),
        (lambda x: tf.nn.gelu(x, approximate=True), spec.GELU("tanh"), 2e-10),
        (lambda x: tf.nn.leaky_relu(x, 0.1), spec.LeakyReLU(0.1), 1e-9),
        (lambda x: keras.layers.LeakyReLU(0.1, dtype="float64")(x), spec.LeakyReLU(0.1), 1e-9),
        # other defaults: slope 0.3 for Keras's layer, 0.2 for its function, 0.01 in the table
        (lambda x: keras.layers.LeakyReLU(dtype="float64")(x), spec.LeakyReLU(), 0.25),
        (lambda x: keras.activations.leaky_relu(x), spec.LeakyReLU(), 0.15),
        # the other form
        (lambda x: tf.nn.gelu(x, approximate=True), spec.GELU(), 1e-4),
        # a layer without a dtype rounds its input to float32
        (lambda x: keras.layers.ELU()(x), spec.ELU(), 1e-9),
    ],
    ids=[
        *("gelu", "gelu-tanh", "slope", "slope-layer", "default-layer", "default", "gelu-form"),
        "dtype",
    ],
)
def test_trap_activations(naive: Callable[[Any], Any], layer: spec.Layer, off_by: float) -> None:
    x = np.linspace(-3.0, 3.1, 13)[None]
    right, ours = both("tensorflow", of_layer, layer, x)
    assert_trap(naive(tf.constant(x)).numpy(), ours, right, off_by)


def test_trap_keras_computes_in_float32_unless_told() -> None:
    """float64 goes in, float32 comes out: off by 1e-8 and more."""
    model = spec.Model("dense", (5,), (spec.Dense(3),), spec.MeanSquaredError())
    given = example(model)
    naive = keras.layers.Dense(3)
    naive.build((None, 5))
    naive.set_weights(list(given.parameters.values()))
    x = given.x + 1e-9  # what the example holds, float32 holds too
    right, ours = (build(model, engine, dtype="float64") for engine in ("numpy", "tensorflow"))
    for net in (right, ours):
        net.load_parameters(given.parameters)
    assert naive(tf.constant(x)).dtype == tf.float32
    assert_trap(naive(tf.constant(x)).numpy(), ours.predict(x), right.predict(x), off_by=1e-8)


def test_trap_dropout_draws_its_own_mask() -> None:
    """Seeded alike, `keras.layers.Dropout` drops other units: off by more than half."""
    model = spec.Model("dropout", (50,), (spec.Dropout(0.3),), spec.MeanSquaredError())
    x = example(model).x
    right, ours = (
        build(model, e, seed=1, dtype="float64").trace(x, training=True).outputs["dropout1"]
        for e in ("numpy", "tensorflow")
    )
    naive = keras.layers.Dropout(0.3, seed=1, dtype="float64")(tf.constant(x), training=True)
    assert_trap(naive.numpy(), ours, right, off_by=0.5)


def test_defaults_that_agree_today() -> None:
    """Written down at the bindings all the same; were one to change, only this test would tell."""
    x = 20 * generator(0, "x").standard_normal((4, 3, 5))
    for function, layer in (
        (keras.layers.Softmax(dtype="float64"), spec.Softmax()),
        (keras.layers.ELU(dtype="float64"), spec.ELU()),
        (keras.activations.softplus, spec.Softplus()),
        (keras.layers.Flatten(dtype="float64"), spec.Flatten()),
    ):
        assert error(function(tf.constant(x)).numpy(), of_layer("numpy", layer, x)) < 1e-12
