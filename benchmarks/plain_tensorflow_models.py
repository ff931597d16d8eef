"""The workloads' models in Keras, one factory a family, and how their variables lie.

A factory gives the model, and its layers in the order of the canonical parameters. Shapes are
Keras's own, which are the canonical ones, but for GRU.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from benchmarks.contender import Array
from brain import spec

Made = tuple[keras.Model, list[keras.layers.Layer]]


def mlp(model: spec.Model, batch_size: int) -> Made:
    """Dense layers with ReLU between them."""
    *hidden, last = (layer.units for layer in model.layers if isinstance(layer, spec.Dense))
    layers = [keras.layers.Dense(units, activation="relu") for units in hidden]
    return _in_a_row(model, [*layers, keras.layers.Dense(last)], batch_size)


def cnn(model: spec.Model, batch_size: int) -> Made:
    """Convolutions, each with ReLU and pooling; a Dense layer at the end."""
    layers: list[keras.layers.Layer] = []
    for layer in model.layers:
        if isinstance(layer, spec.Conv2D):
            conv = keras.layers.Conv2D(layer.filters, 3, padding="same", activation="relu")
            layers += [conv, keras.layers.MaxPooling2D(2)]
    end = [keras.layers.Flatten(), keras.layers.Dense(model.output_shape[-1])]
    return _in_a_row(model, layers + end, batch_size)


def recurrent(model: spec.Model, batch_size: int) -> Made:
    """Characters in, logits for the next one out, at each step."""
    embedding, reading, last = model.layers
    assert isinstance(embedding, spec.Embedding)
    assert isinstance(reading, spec.RNN | spec.LSTM | spec.GRU)
    assert isinstance(last, spec.Dense)
    kind = {spec.RNN: "SimpleRNN", spec.LSTM: "LSTM", spec.GRU: "GRU"}[type(reading)]
    memory = getattr(keras.layers, kind)(reading.units, return_sequences=True)
    layers = [keras.layers.Embedding(embedding.vocab, embedding.dim), memory]
    return _in_a_row(model, [*layers, keras.layers.Dense(last.units)], batch_size)


def _in_a_row(model: spec.Model, layers: list[keras.layers.Layer], batch_size: int) -> Made:
    given = keras.Input(model.input_shape, batch_size=batch_size, dtype=_dtype(model))
    return keras.Sequential([given, *layers]), layers


def _dtype(model: spec.Model) -> str:
    return "float32" if model.ids is None else "int64"


def resnet(model: spec.Model, batch_size: int) -> Made:
    """A stem, three stages of one block each, the mean over the image, a Dense layer."""
    layers: list[keras.layers.Layer] = []

    def added(layer: keras.layers.Layer) -> keras.layers.Layer:
        layers.append(layer)
        return layer

    def conv(x: keras.KerasTensor, filters: int, size: int = 3, stride: int = 1) -> Array:
        if size == 3:  # "same" pads one side alone where the stride is 2
            x = keras.layers.ZeroPadding2D(1)(x)
        x = added(keras.layers.Conv2D(filters, size, strides=stride, use_bias=False))(x)
        return added(keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5))(x)

    stem = next(layer for layer in model.layers if isinstance(layer, spec.Conv2D))
    given = keras.Input(model.input_shape, batch_size=batch_size)
    x = keras.ops.relu(conv(given, stem.filters))
    for block in (layer for layer in model.layers if isinstance(layer, spec.Residual)):
        first = next(layer for layer in block.body if isinstance(layer, spec.Conv2D))
        filters, stride = first.filters, first.stride
        y = keras.ops.relu(conv(x, filters, stride=stride))
        y = conv(y, filters)
        x = keras.ops.relu(y + (conv(x, filters, 1, stride) if stride > 1 else x))
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(given, added(keras.layers.Dense(model.output_shape[-1]))(x)), layers


MODELS: dict[str, Callable[[spec.Model, int], Made]] = {
    "mlp": mlp,
    "cnn": cnn,
    "resnet": resnet,
    "recurrent": recurrent,
}


def read(layer: keras.layers.Layer) -> list[Array]:
    """Copies of a layer's trained arrays in the canonical form and order."""
    arrays = [np.array(variable) for variable in layer.trainable_variables]
    if isinstance(layer, keras.layers.GRU):
        *weights, biases = map(_gates_swapped, arrays)
        return [*weights, *biases]
    return arrays


def write(layer: keras.layers.Layer, arrays: list[Array]) -> None:
    """The inverse of `read`."""
    if isinstance(layer, keras.layers.GRU):
        *weights, bias, recurrent_bias = map(_gates_swapped, arrays)
        arrays = [*weights, np.stack([bias, recurrent_bias])]
    for variable, array in zip(layer.trainable_variables, arrays, strict=True):
        variable.assign(array)


def _gates_swapped(array: Array) -> Array:
    """Keras has the gates in the order z, r, n; the canonical one is r, z, n."""
    first, second, third = np.split(array, 3, axis=-1)
    return np.concatenate([second, first, third], axis=-1)
