"""A user's Keras model made, the settings under which it runs, and its layers' names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf
from keras import layers
from keras.layers import Layer

from tf_nn.own.layers import inside, is_leaf, steps_alone


@contextlib.contextmanager
def kept(layer: Layer) -> Iterator[None]:
    """What a layer's variables hold is put back afterwards, the state of a stateful one as well."""
    states = [getattr(inner, "states", None) or [] for inner in layer._flatten_layers()]
    before = [(v, v.numpy()) for v in [*layer.variables, *tf.nest.flatten(states)]]
    try:
        yield
    finally:
        for variable, array in before:
            variable.assign(array)


def retyped(model: Layer, dtype: str) -> None:
    """Lead layers that name a dtype of their own, as `dtype="float32"`, to the one asked for."""
    for layer in model._flatten_layers():
        wrong = {layer.compute_dtype, layer.variable_dtype} - {dtype}
        if not wrong or not all(kind and "float" in kind for kind in wrong):
            continue
        layer.dtype_policy = keras.DTypePolicy(dtype)
        for variable in layer.weights:
            if is_float(variable) and variable.dtype != dtype:
                variable._value = tf.Variable(
                    tf.cast(variable.value, dtype), trainable=variable.trainable
                )
                variable._dtype = dtype
    for tensor in getattr(model, "inputs", None) or []:
        if "float" in tensor.dtype:
            tensor._dtype = dtype


@contextlib.contextmanager
def settings(dtype: str) -> Iterator[None]:
    """Keras makes and computes in `dtype`, eagerly, on the CPU; put back afterwards."""
    config = keras.config
    floatx, policy, graphs = config.floatx(), config.dtype_policy(), not eager()
    short = config.is_traceback_filtering_enabled()
    config.set_floatx(dtype)
    config.set_dtype_policy(dtype)
    config.disable_traceback_filtering()  # it puts a list of all arguments before what is said
    tf.config.run_functions_eagerly(True)
    try:
        with tf.device("/CPU:0"):
            yield
    finally:
        config.set_floatx(floatx)
        config.set_dtype_policy(policy)
        if short:
            config.enable_traceback_filtering()
        tf.config.run_functions_eagerly(not graphs)


def eager() -> bool:
    """Whether TensorFlow runs functions line by line."""
    return bool(tf.config.functions_run_eagerly())


def named(model: Layer) -> dict[int, tuple[str, Layer]]:
    """Every layer of a model by its identity, with its name: `block.dense`, as Keras has them."""
    found: dict[int, tuple[str, Layer]] = {}
    taken: set[str] = set()

    def walk(layer: Layer, before: str) -> None:
        for child in inside(layer):
            if id(child) in found or isinstance(child, layers.InputLayer):
                continue
            name = before + child.name
            while name in taken:
                name += "_"
            taken.add(name)
            found[id(child)] = name, child
            walk(child, f"{name}.")

    found[id(model)] = model.name, model
    walk(model, "")
    return found


def leaves_of(model: Layer) -> list[tuple[str, Layer]]:
    """The leaves that a model holds, called or not, in the order in which it holds them."""
    names, found = named(model), []

    def walk(layer: Layer) -> None:
        if is_leaf(layer):
            found.append(names[id(layer)])
        elif steps_alone(layer) or not isinstance(layer, layers.TimeDistributed):
            for child in inside(layer):
                if id(child) in names and names[id(child)] not in found:
                    walk(child)

    walk(model)
    return found


@contextlib.contextmanager
def as_graph(layer: Layer) -> Iterator[None]:
    """A convolution in groups is compiled: on a CPU it has no gradient otherwise."""
    grouped = getattr(layer, "groups", 1) > 1 and hasattr(layer, "convolution_op")
    was = eager()
    tf.config.run_functions_eagerly(was and not grouped)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(was)


def is_float(variable: Any) -> bool:
    """Whether a variable holds numbers with a point."""
    return "float" in str(variable.dtype)
