"""The equations of batchnorm.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context, Pass
from scratch.norms import batchnorm, d_batchnorm, next_batchnorm
from theory.equations import Array, near, normal, same, slope

EPS, M = 0.3, 6
LAYER = spec.BatchNorm(momentum=0.2, eps=EPS)
X, DY = normal("batch x", M, 4), normal("batch dy", M, 4)
GAMMA, BETA = normal("gamma", 4), normal("beta", 4)
STATE = {"running_mean": normal("mean", 4), "running_var": normal("var", 4) ** 2}


def norm_forward(
    x: Array = X, gamma: Array = GAMMA, beta: Array = BETA, training: bool = True
) -> tuple[Array, Any]:
    context = Context(Pass(training=training, state={"": STATE}))
    return batchnorm(LAYER, {"gamma": gamma, "beta": beta}, x, context)


def norm_backward(training: bool = True) -> tuple[Any, dict[str, Any]]:
    params, (_, cache) = {"gamma": GAMMA, "beta": BETA}, norm_forward(training=training)
    return d_batchnorm(LAYER, params, cache, DY, Context(Pass(training=training)))


def x_hat_of(x: Array) -> Array:
    mean = sum(x) / len(x)
    return (x - mean) / np.sqrt(sum((x - mean) ** 2) / len(x) + EPS)


def loss(**changed: Any) -> Any:
    return np.sum(DY * norm_forward(**changed)[0])


X_HAT, S = x_hat_of(X), 1 / np.sqrt(X.var(axis=0) + EPS)


def test_batchnorm_1_standardized() -> None:
    same(norm_forward(gamma=np.ones(4), beta=np.zeros(4))[0], X_HAT)


def test_batchnorm_2_scale_and_shift() -> None:
    same(norm_forward()[0], GAMMA * X_HAT + BETA)


def test_batchnorm_3_gradient_of_the_scale() -> None:
    gradient = norm_backward()[1]["gamma"]
    same(gradient, sum(DY[n] * X_HAT[n] for n in range(M)))
    near(gradient, slope(lambda gamma: loss(gamma=gamma), GAMMA))


def test_batchnorm_4_gradient_of_the_shift() -> None:
    gradient = norm_backward()[1]["beta"]
    same(gradient, sum(DY[n] for n in range(M)))
    near(gradient, slope(lambda beta: loss(beta=beta), BETA))


def test_batchnorm_5_gradient_of_the_standardized() -> None:
    near(GAMMA * DY, slope(lambda h: np.sum(DY * (GAMMA * h + BETA)), X_HAT))


def test_batchnorm_6_every_number_moves_every_other() -> None:
    x, hat, s = X[:, 0], X_HAT[:, 0], S[0]
    for k in range(M):
        row = [s * ((i == k) - 1 / M - hat[i] * hat[k] / M) for i in range(M)]
        near(row, slope(lambda x, k=k: x_hat_of(x)[k], x))  # type: ignore[misc]


def test_batchnorm_7_gradient_of_the_input() -> None:
    dx, g = norm_backward()[0], GAMMA * DY
    same(dx, S * (g - sum(g) / M - X_HAT * sum(g * X_HAT) / M))
    near(dx, slope(lambda x: loss(x=x), X))


def test_batchnorm_8_running_statistics() -> None:
    after = next_batchnorm(LAYER, STATE, norm_forward()[1])
    same(after["running_mean"], 0.8 * STATE["running_mean"] + 0.2 * X.mean(axis=0))
    same(after["running_var"], 0.8 * STATE["running_var"] + 0.2 * X.var(axis=0))


def test_batchnorm_9_evaluation() -> None:
    x_hat = (X - STATE["running_mean"]) / np.sqrt(STATE["running_var"] + EPS)
    same(norm_forward(training=False)[0], GAMMA * x_hat + BETA)


def test_batchnorm_10_gradient_in_evaluation() -> None:
    dx = norm_backward(training=False)[0]
    same(dx, GAMMA * DY / np.sqrt(STATE["running_var"] + EPS))
    near(dx, slope(lambda x: loss(x=x, training=False), X))


def test_batchnorm_11_a_bias_before_it_has_no_gradient() -> None:
    same(norm_backward()[0].sum(axis=0), np.zeros(4))
    same(norm_forward(x=X + normal("bias", 4))[0], norm_forward()[0].copy())
