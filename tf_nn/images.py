"""Convolution and pooling in TensorFlow, on images `(N, H, W, C)`, which is its own order.

"valid" and "same" are its own words; padding by a number of cells is done beforehand.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from brain import spec
from brain.spec.images import windows


def padded(x: tf.Tensor, cells: int, value: float = 0.0) -> tf.Tensor:
    """Images with so many cells of `value` on every side."""
    if not cells:
        return x
    sides = [[0, 0], [cells, cells], [cells, cells], [0, 0]]
    return tf.pad(x, sides, mode="CONSTANT", constant_values=tf.constant(value, x.dtype))


def split(padding: str | int) -> tuple[str, int]:
    """The padding as TensorFlow's word, and the cells to be added beforehand."""
    return (padding, 0) if isinstance(padding, str) else ("valid", padding)


class Conv2D(keras.layers.Conv2D):
    """Keras's own, but for integer padding and groups.

    On a CPU TensorFlow has no gradient for a convolution in groups, at least not in float64, and
    Keras compiles one with XLA, anew for every size of batch. Here the groups are convolved one by
    one; where each is a single channel there is an operation of its own. For a dilation
    `tf.nn.convolution` rearranges the cells, since `tf.nn.conv2d` lacks the gradient too.
    """

    cells: int = 0

    def convolution_op(self, inputs: tf.Tensor, kernel: Any) -> tf.Tensor:
        x, kernel = padded(inputs, self.cells), tf.convert_to_tensor(kernel)
        if self.groups == 1:
            return self._convolved(x, kernel)
        if kernel.shape[2] == 1:
            return self._depthwise(x, kernel)
        parts = (tf.split(array, self.groups, axis=-1) for array in (x, kernel))
        return tf.concat([self._convolved(*part) for part in zip(*parts, strict=True)], axis=-1)

    def _convolved(self, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        strides = self.strides
        if kernel.shape[0] == 1 and strides != (1, 1):
            # TensorFlow 2.21's float32 gradient of the kernel writes past its memory here
            x, strides = x[:, :: strides[0], :: strides[1]], (1, 1)
        return tf.nn.convolution(
            x,
            kernel,
            strides=strides,
            padding=self.padding.upper(),
            data_format="NHWC",
            dilations=self.dilation_rate,
        )

    def _depthwise(self, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        size, channels = kernel.shape[0], x.shape[-1]
        return tf.nn.depthwise_conv2d(
            x,
            tf.reshape(kernel, (size, size, channels, self.filters // channels)),
            strides=(1, *self.strides, 1),
            padding=self.padding.upper(),
            data_format="NHWC",
            dilations=self.dilation_rate,
        )


def conv2d(layer: spec.Conv2D, node: spec.Node, dtype: str) -> keras.layers.Layer:
    padding, cells = split(layer.padding)
    made = Conv2D(
        layer.filters,
        kernel_size=layer.kernel,
        strides=layer.stride,
        padding=padding,
        data_format="channels_last",
        dilation_rate=layer.dilation,
        groups=layer.groups,
        activation=None,
        use_bias=layer.bias,
        kernel_initializer="zeros",  # the values come from brain.parameters
        bias_initializer="zeros",
        dtype=dtype,
    )
    made.cells = cells
    height, width, channels = node.input_shape
    made.build((None, height + 2 * cells, width + 2 * cells, channels))
    return made


class MaxPool2D(keras.layers.MaxPooling2D):
    """Keras's own, but for integer padding, which is -inf."""

    cells: int = 0

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        return super().call(padded(inputs, self.cells, -np.inf))


class AvgPool2D(keras.layers.AveragePooling2D):
    """Keras's own, but for integer padding, which does not count."""

    cells: int = 0
    share: np.ndarray | None = None

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        y = super().call(padded(inputs, self.cells))
        return y if self.share is None else y * tf.constant(self.share, y.dtype)


def _pool(kind: Any, layer: spec.MaxPool2D | spec.AvgPool2D, dtype: str) -> keras.layers.Layer:
    padding, cells = split(layer.padding)
    made = kind(
        pool_size=layer.size,
        strides=layer.step,
        padding=padding,
        data_format="channels_last",
        dtype=dtype,
    )
    made.cells = cells
    return made


def max_pool(layer: spec.MaxPool2D, node: spec.Node, dtype: str) -> keras.layers.Layer:
    return _pool(MaxPool2D, layer, dtype)


def avg_pool(layer: spec.AvgPool2D, node: spec.Node, dtype: str) -> keras.layers.Layer:
    made = _pool(AvgPool2D, layer, dtype)
    if made.cells:  # a mean over the padded window is too small by the share of its real cells
        rows, columns = (real_cells(layer, length) for length in node.input_shape[:2])
        made.share = layer.size**2 / (rows[:, None, None] * columns[:, None])  # (P, Q, 1)
    return made


def real_cells(layer: spec.AvgPool2D, length: int) -> np.ndarray:
    """How many cells of each window are on the image, along one axis."""
    count, before, _ = windows(length, layer.size, layer.step, layer.padding)
    first = np.arange(count) * layer.step - before
    return np.minimum(first + layer.size, length) - np.maximum(first, 0)


def global_avg_pool(layer: spec.GlobalAvgPool2D, node: spec.Node, dtype: str) -> keras.layers.Layer:
    return keras.layers.GlobalAveragePooling2D(
        data_format="channels_last", keepdims=False, dtype=dtype
    )
