"""The losses and their derivatives with respect to the network's output. theory/losses.md

Each: `loss(output, target) -> (value, d_output)`, the mean over all target positions. Value and
derivative share nearly all their work, so they are one function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.activations import sigmoid_of

Array = NDArray[Any]


def plain_softmax_cross_entropy(logits: Array, labels: Array) -> float:
    """The equation in loops: minus the log of the probability of each right class, averaged."""
    total = 0.0
    for z, label in zip(logits, labels, strict=True):  # z (K,)
        odds = [np.exp(z[k] - max(z)) for k in range(len(z))]
        total -= np.log(odds[label] / sum(odds))
    return total / len(logits)


def softmax_cross_entropy(logits: Array, labels: Array) -> tuple[Array, Array]:
    z = logits.reshape(-1, logits.shape[-1])  # (M, K), M = N or N * T
    rows = np.arange(len(z), like=z), labels.reshape(-1)
    z = z - z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=-1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - z[rows])  # theory/losses.md (1)
    e /= total
    e[rows] -= 1
    e /= len(z)  # (2)
    return loss, e.reshape(logits.shape)


def binary_cross_entropy(logits: Array, labels: Array) -> tuple[Array, Array]:
    y = labels.astype(logits.dtype)
    # log(1 + exp(z)) - y z, with the exponential of a negative number only
    each = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits))) - y * logits
    return np.mean(each), (sigmoid_of(logits) - y) / logits.size  # (3), (4)


def mean_squared_error(output: Array, target: Array) -> tuple[Array, Array]:
    difference = output - target
    return np.mean(difference * difference), difference * (2 / output.size)  # (5), (6)


LOSSES: dict[type[spec.Loss], Callable[[Array, Array], tuple[Array, Array]]] = {
    spec.SoftmaxCrossEntropy: softmax_cross_entropy,
    spec.BinaryCrossEntropy: binary_cross_entropy,
    spec.MeanSquaredError: mean_squared_error,
}
