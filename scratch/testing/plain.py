"""The loops beside the fast layers, all under one signature, in training and from states of zero.

    forward(layer, params, x) -> y
    backward(layer, params, x, dy) -> (dx, grads)

`dx` is None of ids, which have no derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.activations import ACTIVATIONS
from scratch.dense import plain_d_dense, plain_dense
from scratch.embedding import plain_d_embedding, plain_embedding
from scratch.gru import plain_d_gru, plain_gru
from scratch.images import plain_conv2d, plain_d_conv2d
from scratch.lstm import plain_d_lstm, plain_lstm
from scratch.norms import plain_d_norm, plain_norm
from scratch.pooling import plain_avg_pool, plain_d_avg_pool, plain_d_max_pool, plain_max_pool
from scratch.recurrent import plain_d_rnn, plain_rnn

Array = NDArray[Any]
Params = dict[str, Any]
Loops = tuple[Callable[..., Array], Callable[..., tuple[Array | None, Params]]]


def rows(x: Array) -> Array:
    """All axes but the last made one."""
    return x.reshape(-1, x.shape[-1])


def dense(layer: spec.Dense, params: Params, x: Array) -> Array:
    return plain_dense(params, rows(x)).reshape(*x.shape[:-1], layer.units)


def d_dense(layer: spec.Dense, params: Params, x: Array, dy: Array) -> tuple[Array, Params]:
    dx, grads = plain_d_dense(params, rows(x), rows(dy))
    return dx.reshape(x.shape), grads


def norm(layer: spec.BatchNorm | spec.LayerNorm, params: Params, x: Array) -> Array:
    return plain_norm(layer, params, rows(x)).reshape(x.shape)


def d_norm(
    layer: spec.BatchNorm | spec.LayerNorm, params: Params, x: Array, dy: Array
) -> tuple[Array, Params]:
    dx, grads = plain_d_norm(layer, params, rows(x), rows(dy))
    return dx.reshape(x.shape), grads


def global_avg_pool(layer: spec.GlobalAvgPool2D, params: Params, x: Array) -> Array:
    """The mean of the whole image. theory/pooling.md (5)"""
    samples, height, width, channels = x.shape
    y = np.zeros((samples, channels))
    for h in range(height):
        for w in range(width):
            y += x[:, h, w] / (height * width)
    return y


def d_global_avg_pool(
    layer: spec.GlobalAvgPool2D, params: Params, x: Array, dy: Array
) -> tuple[Array, Params]:
    """An equal share for each cell. (6)"""
    dx = np.zeros_like(x)
    for h, w in np.ndindex(x.shape[1:3]):
        dx[:, h, w] = dy / (x.shape[1] * x.shape[2])
    return dx, {}


def recurrent(plain: Callable[..., Any], plain_d: Callable[..., Any]) -> Loops:
    """The loops of a recurrent layer, which have h of every step, as the layer's own output."""

    def states(layer: spec.Recurrent, x: Array) -> list[Array]:
        return [np.zeros((len(x), *shape)) for shape in layer.carry(x.shape[1:]).values()]

    def forward(layer: spec.Recurrent, params: Params, x: Array) -> Array:
        every = plain(layer, params, x, *states(layer, x))
        h: Array = every[0] if isinstance(every, tuple) else every
        return h if layer.return_sequences else h[:, -1]

    def backward(
        layer: spec.Recurrent, params: Params, x: Array, dy: Array
    ) -> tuple[Array, Params]:
        every = np.zeros((*x.shape[:2], layer.units))  # dy of every step
        every[:, slice(None) if layer.return_sequences else -1] = dy
        dx, grads = plain_d(layer, params, x, *states(layer, x), every)
        return dx, grads

    return forward, backward


PLAIN: dict[type[spec.Layer], Loops] = {
    spec.Dense: (dense, d_dense),
    spec.Conv2D: (plain_conv2d, plain_d_conv2d),
    spec.MaxPool2D: (
        lambda layer, params, x: plain_max_pool(layer, x),
        lambda layer, params, x, dy: (plain_d_max_pool(layer, x, dy), {}),
    ),
    spec.AvgPool2D: (
        lambda layer, params, x: plain_avg_pool(layer, x),
        lambda layer, params, x, dy: (plain_d_avg_pool(layer, x, dy), {}),
    ),
    spec.GlobalAvgPool2D: (global_avg_pool, d_global_avg_pool),
    spec.BatchNorm: (norm, d_norm),
    spec.LayerNorm: (norm, d_norm),
    spec.Embedding: (
        lambda layer, params, x: plain_embedding(params, x),
        lambda layer, params, x, dy: (None, plain_d_embedding(params, x, dy)),
    ),
    spec.RNN: recurrent(plain_rnn, plain_d_rnn),
    spec.LSTM: recurrent(plain_lstm, plain_d_lstm),
    spec.GRU: recurrent(plain_gru, plain_d_gru),
}

WITHOUT: tuple[type[spec.Layer], ...] = (
    *ACTIVATIONS,  # one line of NumPy each, which is its equation: loops would say it again
    spec.Flatten,  # moves no number
    spec.Dropout,  # a product with a mask
    spec.Sequential,  # nests call other layers
    spec.Residual,
    spec.Bidirectional,
)
"""The layers that are plain already."""
