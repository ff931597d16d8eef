"""The losses as formulas of one position, each with a mistake, and under the name "" without one.

A formula takes the outputs z `(M, K)` of M positions and their targets y `(M,)`, and gives `(M,)`.
It is written so that z may be complex: the branches look at the real part alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np

from brain import spec
from brain.compare.causes.alone import Array

Each = Callable[[Array, Array], Array]


def lower(a: Array, least: float) -> Array:
    return np.where(a.real < least, least, a)


def clipped(a: Array, eps: float) -> Array:
    return np.where(a.real > 1 - eps, 1 - eps, lower(a, eps))


def size_of(a: Array) -> Array:
    return np.where(a.real < 0, -a, a)


def softmax(z: Array) -> Array:
    e = np.exp(z - z.real.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(z: Array) -> Array:
    e = np.exp(-size_of(z))
    return np.where(z.real < 0, e, 1) / (1 + e)


def of_label(a: Array, y: Array) -> Array:
    return a[np.arange(len(y)), y % a.shape[1]]


def hot(z: Array, y: Array) -> Array:
    return np.eye(z.shape[1])[y]


def cross_entropy(z: Array, y: Array) -> Array:
    z = z - z.real.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - of_label(z, y)


def binary(z: Array, y: Array) -> Array:
    """Of all columns of z, each with the targets `y (M, K)` or `(M,)`, added up."""
    y = y.reshape(len(z), -1)
    return (lower(z, 0) + np.log1p(np.exp(-size_of(z))) - y * z).sum(axis=1)


def logs(p: Array, y: Array) -> Array:
    """-[y log p + (1 - y) log(1 - p)] of the first column."""
    return -y * np.log(p[:, 0]) - (1 - y) * np.log(1 - p[:, 0])


def squared(z: Array, y: Array) -> Array:
    return ((z - y.reshape(len(z), -1)) ** 2).sum(axis=1)


def huber(z: Array, y: Array) -> Array:
    d = size_of(z[:, 0] - y)
    return np.where(d.real < 1, d * d / 2, d - 0.5)


def log_cosh(z: Array, y: Array) -> Array:
    d = size_of(z[:, 0] - y)
    return d + np.log1p(np.exp(-2 * d)) - math.log(2)


# With a share that is given first: an eps of probabilities, a share of smoothed labels


def clipped_softmax(eps: float, z: Array, y: Array) -> Array:
    return -np.log(of_label(clipped(softmax(z), eps), y))


def least_softmax(eps: float, z: Array, y: Array) -> Array:
    return -np.log(of_label(lower(softmax(z), eps), y))


def added_softmax(eps: float, z: Array, y: Array) -> Array:
    return -np.log(of_label(softmax(z) + eps, y))


def divided_softmax(eps: float, z: Array, y: Array) -> Array:
    return cross_entropy(np.log(clipped(softmax(z), eps)), y)


def logits_divided(eps: float, z: Array, y: Array) -> Array:
    return -np.log(of_label(clipped(z / z.sum(axis=1, keepdims=True), eps), y))


def logits_clipped(eps: float, z: Array, y: Array) -> Array:
    return -np.log(of_label(clipped(z, eps), y))


def logits_clipped_divided(eps: float, z: Array, y: Array) -> Array:
    return cross_entropy(np.log(clipped(z, eps)), y)


def smooth_softmax(share: float, z: Array, y: Array) -> Array:
    """Of a label 1 - share + share / K, of all others share / K."""
    return cross_entropy(z, y) + share * (of_label(z, y) - z.mean(axis=1))


def clipped_sigmoid(eps: float, z: Array, y: Array) -> Array:
    return logs(clipped(sigmoid(z), eps), y)


def added_sigmoid(eps: float, z: Array, y: Array) -> Array:
    p = sigmoid(z)[:, 0]
    return -y * np.log(p + eps) - (1 - y) * np.log(1 - p + eps)


def clipped_added_sigmoid(eps: float, z: Array, y: Array) -> Array:
    p = clipped(sigmoid(z), eps)[:, 0]
    return -y * np.log(p + eps) - (1 - y) * np.log(1 - p + eps)


def logits_for_sigmoid(eps: float, z: Array, y: Array) -> Array:
    return logs(clipped(z, eps), y)


def smooth_binary(share: float, z: Array, y: Array) -> Array:
    return binary(z, y * (1 - share) + share / 2)


EPS = (1e-7, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)
SMOOTHING = (0.1, 0.2, 0.05, 0.01)
Shared = Callable[[float, Array, Array], Array]


def shared(formulas: Mapping[str, Shared], shares: Iterable[float]) -> dict[str, Each]:
    """Each formula with each share, which stands in its name."""
    return {
        name.format(share): partial(formula, share)
        for share in shares
        for name, formula in formulas.items()
    }


SOFTMAX: dict[str, Each] = {
    "": cross_entropy,
    "probabilities are taken for logits: softmax is taken twice": (
        lambda z, y: cross_entropy(softmax(z), y)
    ),
    "the logits are taken for log probabilities, without softmax": lambda z, y: -of_label(z, y),
    "the logarithm is to base 2": lambda z, y: cross_entropy(z, y) / math.log(2),
    "the logarithm is to base 10": lambda z, y: cross_entropy(z, y) / math.log(10),
    "the logarithm is left out": lambda z, y: -of_label(softmax(z), y),
    "labels are one too large": lambda z, y: cross_entropy(z, y + 1),
    "labels are one too small": lambda z, y: cross_entropy(z, y - 1),
    "each class has a sigmoid of its own: it is the binary cross-entropy": (
        lambda z, y: binary(z, hot(z, y))
    ),
    "it is the squared error of the probabilities": lambda z, y: squared(softmax(z), hot(z, y)),
    "it is the squared error of the outputs": lambda z, y: squared(z, hot(z, y)),
    **shared(
        {
            "the probabilities are clipped to [{0:g}, 1 - {0:g}]": clipped_softmax,
            "the probabilities are clipped from below at {0:g}": least_softmax,
            "{0:g} is added to the probabilities": added_softmax,
            "the probabilities are clipped at {0:g} and divided by their sum": divided_softmax,
            "the logits are taken for probabilities, divided by their sum, clipped at {0:g}": (
                logits_divided
            ),
            "the logits are taken for probabilities, clipped at {0:g}": logits_clipped,
            "the logits are taken for probabilities, clipped at {0:g}, divided by their sum": (
                logits_clipped_divided
            ),
        },
        EPS,
    ),
    **shared({"labels are smoothed by {0:g}": smooth_softmax}, SMOOTHING),
}

BINARY: dict[str, Each] = {
    "": binary,
    "probabilities are taken for logits: the sigmoid is taken twice": (
        lambda z, y: binary(sigmoid(z), y)
    ),
    "the logarithm is to base 2": lambda z, y: binary(z, y) / math.log(2),
    "the logarithm is to base 10": lambda z, y: binary(z, y) / math.log(10),
    "labels 0 and 1 are exchanged": lambda z, y: binary(z, 1 - y),
    "the term of label 0 is left out": lambda z, y: y * binary(z, y),
    "the term of label 1 is left out": lambda z, y: (1 - y) * binary(z, y),
    "it is the squared error of the probabilities": lambda z, y: squared(sigmoid(z), y),
    "it is the squared error of the outputs": squared,
    "it is the hinge loss": lambda z, y: lower(1 - (2 * y - 1) * z[:, 0], 0),
    **shared(
        {
            "the probabilities are clipped to [{0:g}, 1 - {0:g}]": clipped_sigmoid,
            "{0:g} is added inside of the logarithms": added_sigmoid,
            "the probabilities are clipped to [{0:g}, 1 - {0:g}], and {0:g} is added to them": (
                clipped_added_sigmoid
            ),
            "the logits are taken for probabilities, clipped at {0:g}": logits_for_sigmoid,
        },
        EPS,
    ),
    **shared({"labels are smoothed by {0:g}": smooth_binary}, SMOOTHING),
}

SQUARED: dict[str, Each] = {
    "": squared,
    "it is the absolute error": lambda z, y: size_of(z[:, 0] - y),
    "it is the Huber loss, with 1 for its delta": huber,
    "it is log cosh of the difference": log_cosh,
    "the difference is not squared": lambda z, y: z[:, 0] - y,
    "the target is added, not subtracted": lambda z, y: (z[:, 0] + y) ** 2,
    "the target is left out": lambda z, y: z[:, 0] ** 2,
    "it is the binary cross-entropy": binary,
}

FORMULAS: Mapping[type[spec.Loss], Mapping[str, Each]] = {
    spec.SoftmaxCrossEntropy: SOFTMAX,
    spec.BinaryCrossEntropy: BINARY,
    spec.MeanSquaredError: SQUARED,
}

SMOOTH: Mapping[type[spec.Loss], Shared] = {
    spec.SoftmaxCrossEntropy: smooth_softmax,
    spec.BinaryCrossEntropy: smooth_binary,
}
