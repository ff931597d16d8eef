"""Where Keras's own habit is another for sequences, ours follows the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.examples import example  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.engine import build  # noqa: E402
from brain.testing.trap_suite import assert_trap  # noqa: E402

Array = NDArray[Any]


def sequences(layer: spec.Layer, time: int = 5) -> spec.Model:
    return spec.Model("m", (time, 3), (layer,), spec.MeanSquaredError())


def predicted(layer: spec.Layer) -> tuple[Array, Array]:
    """What the NumPy engine gives, then ours."""
    model = sequences(layer)
    given, outputs = example(model), []
    for engine in ("numpy", "tensorflow"):
        net = build(model, engine, dtype="float64")
        net.load_parameters(given.parameters)
        outputs.append(net.predict(given.x))
    return outputs[0], outputs[1]


def naive_gru(order: list[int], **options: Any) -> Array:
    """Keras's own, with the canonical gates in another order."""
    given = example(sequences(spec.GRU(4)))
    w, u, b, q = (
        np.concatenate([np.split(array, 3, axis=-1)[k] for k in order], axis=-1)
        for array in given.parameters.values()
    )
    layer = keras.layers.GRU(4, dtype="float64", use_cudnn=False, **options)
    layer.build((None, 5, 3))
    layer.set_weights([w, u, np.stack((b, q)) if layer.reset_after else b + q])
    output: Array = layer(tf.constant(given.x)).numpy()
    return output


def test_trap_keras_has_the_gates_of_gru_in_another_order() -> None:
    """z, r, n against r, z, n: the shapes fit either way, and nothing is said."""
    right, ours = predicted(spec.GRU(4))
    assert_trap(naive_gru([0, 1, 2]), ours, right, off_by=0.1)
    assert error(naive_gru([1, 0, 2]), right) < 1e-12


def test_trap_the_reset_gate_before_the_product() -> None:
    """The form of the paper, `reset_after=False`, is another function of the same weights."""
    right, ours = predicted(spec.GRU(4))
    assert_trap(naive_gru([1, 0, 2], reset_after=False), ours, right, off_by=0.02)


def test_trap_the_forget_gate_begins_open() -> None:
    """`unit_forget_bias`: with Keras's start for the bias, not the zeros of the table."""
    model = sequences(spec.LSTM(4))
    given = example(model)
    values = {k: a for k, a in given.parameters.items() if k != "lstm1.bias"}
    outputs = []
    for engine in ("numpy", "tensorflow"):
        net = build(model, engine, dtype="float64")
        net.load_parameters({**net.parameters(), **values})  # the bias as `brain` begins it
        outputs.append(net.predict(given.x))
    layer = keras.layers.LSTM(4, dtype="float64", use_cudnn=False)
    layer.build((None, 5, 3))
    layer.set_weights([*values.values(), layer.get_weights()[2]])
    naive = layer(tf.constant(given.x)).numpy()
    assert_trap(naive, outputs[1], outputs[0], off_by=0.1)


def test_trap_recurrent_dropout_is_inside_the_step() -> None:
    """It drops what is read of the last state, not the output: no output is zero."""
    model = sequences(spec.LSTM(4, return_sequences=True))
    given = example(model)
    dropped = spec.Model("m", model.input_shape, (*model.layers, spec.Dropout(0.5)), model.loss)
    outputs = []
    for engine in ("numpy", "tensorflow"):
        net = build(dropped, engine, seed=1, dtype="float64")
        net.load_parameters(given.parameters)
        outputs.append(net.trace(given.x, training=True).outputs["dropout1"])
    layer = keras.layers.LSTM(
        4, return_sequences=True, recurrent_dropout=0.5, seed=1, dtype="float64"
    )
    layer.build((None, 5, 3))
    layer.set_weights(list(given.parameters.values()))
    naive = layer(tf.constant(given.x), training=True).numpy()
    assert naive.all()
    assert_trap(naive, outputs[1], outputs[0], off_by=0.5)


def test_trap_the_last_step_of_both_ways_is_not_the_end() -> None:
    """At the last step, the half that reads backwards has read one step alone."""
    model = sequences(spec.Bidirectional(spec.LSTM(4)))
    values = list(example(model).parameters.values())
    right, ours = predicted(spec.Bidirectional(spec.LSTM(4)))
    wrapper = {}
    for every in (True, False):
        inner = keras.layers.LSTM(4, return_sequences=every, dtype="float64", use_cudnn=False)
        wrapper[every] = keras.layers.Bidirectional(inner, dtype="float64")
        wrapper[every].build((None, 5, 3))
        wrapper[every].set_weights(values)
    x = tf.constant(example(model).x)
    assert_trap(wrapper[True](x)[:, -1].numpy(), ours, right, off_by=0.2)
    assert error(wrapper[False](x).numpy(), right) < 1e-12


def test_defaults_that_agree_today() -> None:
    """Written down at the bindings all the same; were one to change, only this test would tell."""
    for layer, kind in ((spec.RNN(4), keras.layers.SimpleRNN), (spec.LSTM(4), keras.layers.LSTM)):
        model = sequences(layer)
        made = kind(4, dtype="float64")
        made.build((None, 5, 3))
        made.set_weights(list(example(model).parameters.values()))
        x = tf.constant(example(model).x)
        assert error(made(x).numpy(), predicted(layer)[0]) < 1e-12
