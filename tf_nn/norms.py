"""BatchNorm in TensorFlow, its running statistics kept in the canonical form."""

from __future__ import annotations

import keras
import tensorflow as tf

from brain import spec
from tf_nn.passes import InPass, Pass


class BatchNorm(InPass):
    """Normalised over all axes but the last, by the batch in training, else by running statistics.

    `keras.layers.BatchNormalization` multiplies the old statistics, not the new ones, by its
    momentum, moves them in every call in training, and computes y in another order; here the
    batch's statistics are left in the pass, and a training step takes them up.
    """

    def __init__(self, channels: int, momentum: float, eps: float, dtype: str) -> None:
        super().__init__(dtype=dtype)
        self.momentum, self.eps = momentum, eps
        self.gamma, self.beta = self._vector("gamma", channels), self._vector("beta", channels)
        self.running_mean = self._vector("running_mean", channels, trainable=False)
        self.running_var = self._vector("running_var", channels, trainable=False)

    def _vector(self, name: str, channels: int, trainable: bool = True) -> keras.Variable:
        return self.add_weight(
            shape=(channels,),
            initializer="zeros",  # the values come from brain.parameters
            trainable=trainable,
            name=name,
        )

    def walk(self, x: tf.Tensor, name: str, run: Pass) -> tf.Tensor:
        mean, var = self.running_mean, self.running_var
        if run.training:
            mean, var = tf.nn.moments(x, axes=list(range(x.shape.rank - 1)))  # the biased one
            run.state[f"{name}.running_mean"] = self._moved(self.running_mean, mean)
            run.state[f"{name}.running_var"] = self._moved(self.running_var, var)
        scale = tf.math.rsqrt(var + self.eps) * self.gamma  # of a channel each, before the images
        return (x - mean) * scale + self.beta

    def _moved(self, running: keras.Variable, batch: tf.Tensor) -> tf.Tensor:
        return (1 - self.momentum) * running + self.momentum * batch


def batchnorm(layer: spec.BatchNorm, node: spec.Node, dtype: str) -> keras.layers.Layer:
    return BatchNorm(node.input_shape[-1], layer.momentum, layer.eps, dtype)


def layernorm(layer: spec.LayerNorm, node: spec.Node, dtype: str) -> keras.layers.Layer:
    made = keras.layers.LayerNormalization(
        axis=-1,
        epsilon=layer.eps,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="zeros",
        dtype=dtype,
    )
    made.build((None, *node.input_shape))
    return made
