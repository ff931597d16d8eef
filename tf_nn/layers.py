"""One binding a layer: the Keras layer for it, and how its parameters lie in TensorFlow.

No default of Keras's is inherited in silence: what a layer could choose is written down here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from operator import attrgetter

import keras
import tensorflow as tf

from brain import spec
from tf_nn import images, norms, recurrent
from tf_nn.passes import InPass, Pass


def activation(function: Callable[[tf.Tensor], tf.Tensor]) -> Callable[..., keras.layers.Layer]:
    """The binding of an activation without constants."""
    return lambda layer, node, dtype: keras.layers.Activation(function, dtype=dtype)


def dense(layer: spec.Dense, node: spec.Node, dtype: str) -> keras.layers.Layer:
    made = keras.layers.Dense(
        layer.units,
        activation=None,
        use_bias=layer.bias,
        kernel_initializer="zeros",  # the values come from brain.parameters
        bias_initializer="zeros",
        dtype=dtype,
    )
    made.build((None, *node.input_shape))
    return made


def leaky_relu(layer: spec.LeakyReLU, node: spec.Node, dtype: str) -> keras.layers.Layer:
    """`tf.nn.leaky_relu` keeps the slope in float32 whatever the dtype: 0.1 is off by 1.5e-9."""
    return keras.layers.Activation(lambda x: tf.where(x > 0, x, layer.slope * x), dtype=dtype)


def embedding(layer: spec.Embedding, node: spec.Node, dtype: str) -> keras.layers.Layer:
    made = keras.layers.Embedding(
        layer.vocab,
        layer.dim,
        embeddings_initializer="zeros",  # the values come from brain.parameters
        mask_zero=False,
        dtype=dtype,
    )
    made.build((None, *node.input_shape))
    return made


def gelu_erf(x: tf.Tensor) -> tf.Tensor:
    """x * P(Z <= x). `tf.nn.gelu` takes its constants through float32: 2e-9 off in float64."""
    return x * (0.5 + 0.5 * tf.math.erf(x / math.sqrt(2.0)))


def gelu_tanh(x: tf.Tensor) -> tf.Tensor:
    """The approximation of `GELU(form="tanh")`, its constants in the dtype of `x`."""
    inner = math.sqrt(2.0 / math.pi) * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + tf.tanh(inner))


def gelu(layer: spec.GELU, node: spec.Node, dtype: str) -> keras.layers.Layer:
    function = {"erf": gelu_erf, "tanh": gelu_tanh}[layer.form]
    return keras.layers.Activation(function, dtype=dtype)


LAYERS: dict[type[spec.Layer], Callable[..., keras.layers.Layer]] = {
    spec.Dense: dense,
    spec.Conv2D: images.conv2d,
    spec.MaxPool2D: images.max_pool,
    spec.AvgPool2D: images.avg_pool,
    spec.GlobalAvgPool2D: images.global_avg_pool,
    # a shape with one axis is flat already; Reshape keeps the row-major order of all axes
    spec.Flatten: lambda layer, node, dtype: keras.layers.Reshape(node.output_shape, dtype=dtype),
    spec.Identity: activation(tf.identity),
    spec.ReLU: activation(tf.nn.relu),
    spec.LeakyReLU: leaky_relu,
    spec.ELU: lambda layer, node, dtype: keras.layers.ELU(alpha=layer.alpha, dtype=dtype),
    spec.GELU: gelu,
    spec.SiLU: activation(tf.nn.silu),
    spec.Sigmoid: activation(tf.nn.sigmoid),
    spec.Tanh: activation(tf.nn.tanh),
    spec.Softplus: activation(tf.nn.softplus),
    spec.Softmax: activation(lambda x: tf.nn.softmax(x, axis=-1)),
    spec.BatchNorm: norms.batchnorm,
    spec.LayerNorm: norms.layernorm,
    spec.Embedding: embedding,
    spec.RNN: recurrent.rnn,
    spec.LSTM: recurrent.lstm,
    spec.GRU: recurrent.gru,
}
"""Each: `binding(layer, node, dtype)`, the layer's declaration and its place."""

VARIABLES: dict[type[spec.Layer], dict[str, str]] = {
    spec.Dense: {"weight": "kernel", "bias": "bias"},  # the layouts are the canonical ones
    spec.Conv2D: {"weight": "kernel", "bias": "bias"},
    spec.BatchNorm: {name: name for name in ("gamma", "beta", "running_mean", "running_var")},
    spec.LayerNorm: {"gamma": "gamma", "beta": "beta"},
    spec.Embedding: {"weight": "embeddings"},
    spec.RNN: recurrent.STOCK,
    spec.LSTM: recurrent.STOCK,  # gates i, f, c, o: the canonical order, c being our g
    spec.GRU: recurrent.OWN,
}
"""Where a Keras layer keeps each parameter."""


class Chain:
    """The Keras layers of a model, and the walk through them.

    Dropout has no layer here: its mask is an argument of the walk, since `brain` draws it.
    """

    def __init__(self, nodes: tuple[spec.Node, ...], dtype: str) -> None:
        self.nodes = nodes
        walked = [node for top in nodes for node in top.walk()]
        self.layers = {
            n.name: LAYERS[type(n.layer)](n.layer, n, dtype)
            for n in walked
            if type(n.layer) in LAYERS
        }
        self.variables = self._named(walked, lambda node: node.parameters)
        self.state = self._named(walked, lambda node: node.state)

    def _named(
        self, nodes: list[spec.Node], arrays: Callable[[spec.Node], Iterable[str]]
    ) -> dict[str, tf.Variable]:
        return {
            f"{n.name}.{name}": attrgetter(VARIABLES[type(n.layer)][name])(self.layers[n.name])
            for n in nodes
            for name in arrays(n)
        }

    def __call__(self, x: tf.Tensor, run: Pass) -> tf.Tensor:
        """The output for `x`; what else the pass leaves is in `run`."""
        return self._walk(self.nodes, x, run)

    def _walk(self, nodes: tuple[spec.Node, ...], x: tf.Tensor, run: Pass) -> tf.Tensor:
        for node in nodes:
            match node.layer:
                case spec.Dropout():
                    mask = run.masks.get(node.name)
                    y = x if mask is None else x * mask
                case spec.Sequential():
                    y = self._walk(node.nests[""], x, run)
                case spec.Residual():
                    y = self._walk(node.nests["body"], x, run)
                    y += self._walk(node.nests["shortcut"], x, run)
                case spec.Bidirectional():
                    y = self._both_ways(node, x, run)
                case _:
                    layer = self.layers[node.name]
                    inside = isinstance(layer, InPass)
                    y = layer.walk(x, node.name, run) if inside else layer(x)
            x = run.record(node.name, y)
        return x

    def _both_ways(self, node: spec.Node, x: tf.Tensor, run: Pass) -> tf.Tensor:
        ahead = self._walk(node.nests["forward"], x, run)
        twin = self._walk(node.nests["backward"], tf.reverse(x, [1]), run)
        twin = tf.reverse(twin, [1]) if len(node.output_shape) == 2 else twin
        return tf.concat([ahead, twin], axis=-1)  # (N, T, 2H) or (N, 2H)
