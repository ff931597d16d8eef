"""Which declaration a Keras activation is, layer or function."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import activations, layers
from keras.layers import Layer

from brain import spec
from tf_nn.own.told import Told

ROUNDED = {"constants": "float32"}
"""Their constants are rounded to float32 by TensorFlow, whatever the dtype."""

FUNCTIONS: dict[Any, spec.Layer] = {
    **{f: spec.ReLU() for f in (activations.relu, tf.nn.relu, keras.ops.relu)},
    **{f: spec.ELU() for f in (activations.elu, tf.nn.elu, keras.ops.elu)},
    **{f: spec.SiLU() for f in (activations.silu, tf.nn.silu, keras.ops.silu)},
    **{f: spec.Sigmoid() for f in (activations.sigmoid, tf.nn.sigmoid, keras.ops.sigmoid)},
    **{f: spec.Tanh() for f in (activations.tanh, tf.nn.tanh, keras.ops.tanh)},
    **{f: spec.Softplus() for f in (activations.softplus, tf.nn.softplus, keras.ops.softplus)},
    **{f: spec.Softmax() for f in (activations.softmax, tf.nn.softmax, keras.ops.softmax)},
    **{f: spec.GELU() for f in (activations.gelu, tf.nn.gelu)},
    keras.ops.gelu: spec.GELU("tanh"),
    **{
        f: spec.LeakyReLU(0.2)
        for f in (activations.leaky_relu, tf.nn.leaky_relu, keras.ops.leaky_relu)
    },
}
"""The functions that a declaration stands for, called with their defaults."""

CLASSES = {
    **{"relu6": "ReLU6", "selu": "SELU", "celu": "CELU", "mish": "Mish", "glu": "GLU"},
    **{"hard_sigmoid": "Hardsigmoid", "hard_silu": "Hardswish", "hard_tanh": "Hardtanh"},
    **{"softsign": "Softsign", "log_softmax": "LogSoftmax", "log_sigmoid": "LogSigmoid"},
    **{"tanh_shrink": "Tanhshrink", "hard_shrink": "Hardshrink", "soft_shrink": "Softshrink"},
}
"""Keras's functions without a declaration: PyTorch's classes for them, Keras having none."""


def declared(function: Any) -> spec.Layer | None:
    try:
        return FUNCTIONS.get(function)
    except TypeError:  # a callable that cannot be hashed
        return None


def word(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def told_activation(function: Any, double: bool) -> Told:
    """An activation function; `double`: it computes in float64."""
    layer = declared(function)
    if layer is None:
        known = getattr(activations, word(function), None) is function
        return Told(None, CLASSES.get(word(function), "Activation") if known else "Activation")
    rounded = double and isinstance(layer, spec.GELU | spec.LeakyReLU)
    return Told(layer, layer.kind, dict(ROUNDED) if rounded else {})


def told_elementwise(layer: Layer, rank: int) -> Told | None:
    double = layer.compute_dtype == "float64"
    match layer:
        case layers.Activation():
            return told_activation(layer.activation, double)
        case layers.LeakyReLU():
            return _leaky(layer.negative_slope, double)
        case layers.ReLU():
            return _relu(layer, double)
        case layers.ELU() if layer.alpha > 0:
            return Told(spec.ELU(float(layer.alpha)), "ELU")
        case layers.Softmax():
            axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
            last = [axis % rank for axis in axes] == [rank - 1]
            return Told(spec.Softmax(), "Softmax", {} if last else {"axis": str(layer.axis)})
    return None


def _leaky(slope: float, double: bool) -> Told:
    rounded = double and float(np.float32(slope)) != slope
    return Told(spec.LeakyReLU(float(slope)), "LeakyReLU", dict(ROUNDED) if rounded else {})


def _relu(layer: Layer, double: bool) -> Told:
    limits = {
        name: str(getattr(layer, name))
        for name, usual in (("max_value", None), ("threshold", 0.0), ("negative_slope", 0.0))
        if getattr(layer, name) != usual
    }
    if limits.keys() == {"negative_slope"}:
        return _leaky(layer.negative_slope, double)
    if limits.keys() == {"max_value"} and layer.max_value == 6:
        return Told(None, "ReLU6")
    return Told(spec.ReLU(), "ReLU", limits)
