"""The losses as TensorFlow computes them, from logits, reductions written down."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from brain import spec


def softmax_cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    )


def binary_cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    y = tf.cast(labels, logits.dtype)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits))


def mean_squared_error(output: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.math.squared_difference(output, target))


LOSSES: dict[type[spec.Loss], Callable[[tf.Tensor, tf.Tensor], tf.Tensor]] = {
    spec.SoftmaxCrossEntropy: softmax_cross_entropy,
    spec.BinaryCrossEntropy: binary_cross_entropy,
    spec.MeanSquaredError: mean_squared_error,
}
