"""The equations of logistic-regression.md, held against the code."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from scratch.classic.logistic import (
    LogisticRegression,
    curvature,
    log_softmax,
    loss_and_gradient,
    newton_direction,
    scores,
    with_ones,
)
from theory.equations import Array, near, normal, same, sigma, slope

X, L2 = normal("x", 8, 2), 0.7
ONES = with_ones(X)
LABELS = {1: np.array([0, 1, 1, 0, 1, 0, 0, 1]), 3: np.array([0, 1, 2, 2, 1, 0, 0, 1])}
THETA = {1: normal("theta 1", 3, 1), 3: normal("theta 3", 3, 3)}

two_and_many = pytest.mark.parametrize("free", [1, 3])


def target(free: int) -> Array:
    return np.eye(max(free, 2))[LABELS[free]]


def loss(theta: Array, l2: float = L2) -> float:
    free = theta.shape[1]
    return loss_and_gradient(ONES, target(free), theta, l2)[0]


def gradient(theta: Array) -> Array:
    return loss_and_gradient(ONES, target(theta.shape[1]), theta, L2)[1]


def entry(i: int, k: int, theta: Array) -> Array:
    return gradient(theta)[i, k]


def probabilities(theta: Array) -> Array:
    """Of the free classes, `(N, F)`."""
    z = ONES @ theta
    return sigma(z) if z.shape[1] == 1 else np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def test_logistic_regression_1_scores() -> None:
    w, b = THETA[3][:2], THETA[3][2]
    same(scores(ONES, THETA[3]), X @ w + b)


def test_logistic_regression_2_two_classes() -> None:
    z = (ONES @ THETA[1])[:, 0]
    p = np.exp(log_softmax(scores(ONES, THETA[1])))
    same(p[:, 1], np.exp(z) / (np.exp(0) + np.exp(z)))
    same(p, np.stack([1 - sigma(z), sigma(z)], axis=1))


def test_logistic_regression_3_log_probabilities() -> None:
    z = normal("z", 8, 3)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    same(log_softmax(z), np.log(p))
    same(log_softmax(z + 1e3 * np.ones((8, 1))), log_softmax((z + 1e3) - 1e3))
    assert np.isfinite(log_softmax(1e300 * z)).all()


@two_and_many
def test_logistic_regression_4_cross_entropy(free: int) -> None:
    p = np.exp(log_softmax(scores(ONES, THETA[free])))
    same(loss(THETA[free], 0), -sum(np.log(p[n, LABELS[free][n]]) for n in range(8)) / 8)


@two_and_many
def test_logistic_regression_5_the_price_on_length(free: int) -> None:
    weights = THETA[free][:2]
    same(loss(THETA[free]), loss(THETA[free], 0) + L2 / (2 * 8) * sum(weights.ravel() ** 2))


@two_and_many
def test_logistic_regression_6_gradient(free: int) -> None:
    theta = THETA[free]
    free_weights = np.vstack([theta[:2], np.zeros(free)])
    wrong = probabilities(theta) - target(free)[:, -free:]
    same(gradient(theta), (ONES.T @ wrong + L2 * free_weights) / 8)
    near(gradient(theta), slope(loss, theta))


@two_and_many
def test_logistic_regression_7_curvature(free: int) -> None:
    theta = THETA[free]
    p, price = probabilities(theta), np.diag([L2, L2, 0])
    second = curvature(ONES, p, L2)
    for k in range(free):
        for other in range(free):
            d = float(k == other)
            outer = sum(p[n, k] * (d - p[n, other]) * np.outer(ONES[n], ONES[n]) for n in range(8))
            block = second[3 * k : 3 * k + 3, 3 * other : 3 * other + 3]
            same(block, (outer + d * price) / 8)
            for i in range(3):  # the slope of the slope
                near(block[i], slope(partial(entry, i, k), theta)[:, other])
    assert np.linalg.eigvalsh(second).min() > -1e-12


@two_and_many
def test_logistic_regression_8_newtons_step(free: int) -> None:
    theta = THETA[free]
    p = probabilities(theta)
    direction = newton_direction(ONES, p, gradient(theta), L2)
    same(curvature(ONES, p, L2) @ direction.T.ravel(), -gradient(theta).T.ravel())
    model = LogisticRegression(L2)
    next(model.steps(X, LABELS[free]))
    start = np.zeros((3, free))
    p = probabilities(start)
    direction = newton_direction(ONES, p, gradient(start), L2)
    same(np.vstack([model.weight, model.bias]), start + direction)  # s = 1


def test_logistic_regression_9_halving_the_step() -> None:
    model = LogisticRegression(0.0)
    model._theta = theta = 6 * THETA[3]  # far off, where Newton's whole step leads up
    _, g, p = loss_and_gradient(ONES, target(3), theta, 0.0)
    direction = newton_direction(ONES, p, g, 0.0)
    size = model._line_search(ONES, target(3), direction, 1.0, loss(theta, 0.0), g)

    def enough(s: float) -> bool:
        return loss(theta + s * direction, 0.0) <= loss(theta, 0.0) + 1e-4 * s * np.sum(
            g * direction
        )

    halved = [0.5**count for count in range(60)]
    assert size == next(s for s in halved if enough(s))
    assert size < 1
