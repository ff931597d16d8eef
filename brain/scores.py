"""Probabilities and scores from a network's outputs; the same NumPy for every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.errors import UserError

Array = NDArray[Any]


def probabilities(loss: spec.Loss, outputs: Array) -> Array:
    """Class probabilities from logits: softmax over the last axis, or sigmoid.

    Outputs `(..., 1)` under BinaryCrossEntropy give `(..., 2)`, the other class first; outputs
    `(..., K)`, K labels that exclude nothing, give `(..., K)`.
    """
    match loss:
        case spec.SoftmaxCrossEntropy():
            e = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
            return np.divide(e, e.sum(axis=-1, keepdims=True))
        case spec.BinaryCrossEntropy():
            e = np.exp(-np.abs(outputs))  # never overflows
            p: Array = np.where(outputs >= 0, 1, e) / (1 + e)
            if outputs.shape[-1] > 1:
                return p
            return np.concatenate([np.where(outputs >= 0, e, 1) / (1 + e), p], axis=-1)
    raise UserError(f"a model with {loss.kind} gives numbers, not probabilities: use predict.")


def score(loss: spec.Loss, outputs: Array, targets: Array) -> float:
    """The share of right answers, or the coefficient of determination R^2 for numbers.

    R^2 = 1 - (sum of squared errors) / (sum of squared deviations from each output's mean); where
    the targets do not vary it is 1 for a perfect answer and 0 for any other.
    """
    match loss:
        case spec.SoftmaxCrossEntropy():
            return float(np.mean(outputs.argmax(axis=-1) == targets))
        case spec.BinaryCrossEntropy():
            return float(np.mean((outputs > 0) == (targets == 1)))
    y, z = targets.astype(np.float64), outputs.astype(np.float64)
    residual = np.sum((y - z) ** 2)
    if (y == y[:1]).all():
        return float(residual == 0)
    return float(1 - residual / np.sum((y - y.mean(axis=0)) ** 2))
