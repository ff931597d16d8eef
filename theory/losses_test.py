"""The equations of losses.md, held against the code."""

from __future__ import annotations

import math

import numpy as np

from brain import spec
from scratch.losses import LOSSES
from theory.equations import Array, near, normal, same, sigma, slope

LOGITS, LABELS = normal("logits", 4, 2, 3), np.array([[0, 2], [1, 1], [2, 0], [2, 2]])
ANSWERS = (normal("answers", 4, 2, 3) > 0).astype(np.int64)
TARGETS = normal("targets", 4, 2, 3)


def loss_slope(loss: type[spec.Loss], target: Array) -> Array:
    return slope(lambda z: LOSSES[loss](z, target)[0], LOGITS)


def test_losses_1_softmax_cross_entropy() -> None:
    z, t = LOGITS.reshape(8, 3), LABELS.reshape(8)
    each = [math.log(sum(np.exp(z[m]))) - z[m, t[m]] for m in range(8)]
    same(LOSSES[spec.SoftmaxCrossEntropy](LOGITS, LABELS)[0], sum(each) / 8)
    same(each, [-math.log(np.exp(z[m, t[m]]) / sum(np.exp(z[m]))) for m in range(8)])


def test_losses_2_gradient_of_softmax_cross_entropy() -> None:
    dz = LOSSES[spec.SoftmaxCrossEntropy](LOGITS, LABELS)[1]
    p = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)
    same(dz, (p - np.eye(3)[LABELS]) / 8)
    near(dz, loss_slope(spec.SoftmaxCrossEntropy, LABELS))
    same(dz.sum(axis=-1), 0.0)


def test_losses_3_binary_cross_entropy() -> None:
    loss = LOSSES[spec.BinaryCrossEntropy](LOGITS, ANSWERS)[0]
    same(loss, np.mean(np.log(1 + np.exp(LOGITS)) - ANSWERS * LOGITS))
    p = sigma(LOGITS)
    same(loss, np.mean(-ANSWERS * np.log(p) - (1 - ANSWERS) * np.log(1 - p)))
    pairs = np.stack([np.zeros_like(LOGITS), LOGITS], axis=-1)  # two classes, logits 0 and z
    same(loss, LOSSES[spec.SoftmaxCrossEntropy](pairs, ANSWERS)[0])


def test_losses_4_gradient_of_binary_cross_entropy() -> None:
    dz = LOSSES[spec.BinaryCrossEntropy](LOGITS, ANSWERS)[1]
    same(dz, (sigma(LOGITS) - ANSWERS) / 24)
    near(dz, loss_slope(spec.BinaryCrossEntropy, ANSWERS))


def test_losses_5_mean_squared_error() -> None:
    loss = LOSSES[spec.MeanSquaredError](LOGITS, TARGETS)[0]
    same(loss, sum((o - y) ** 2 for o, y in zip(LOGITS.flat, TARGETS.flat, strict=True)) / 24)


def test_losses_6_gradient_of_mean_squared_error() -> None:
    do = LOSSES[spec.MeanSquaredError](LOGITS, TARGETS)[1]
    same(do, 2 / 24 * (LOGITS - TARGETS))
    near(do, loss_slope(spec.MeanSquaredError, TARGETS))
