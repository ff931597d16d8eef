"""The equations of layernorm.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.norms import d_layernorm, layernorm
from theory.equations import Array, near, normal, same, slope

EPS, C = 0.3, 5
LAYER = spec.LayerNorm(eps=EPS)
X, DY = normal("layer x", 3, C), normal("layer dy", 3, C)
GAMMA, BETA = normal("gamma", C), normal("beta", C)


def norm_forward(x: Array = X, gamma: Array = GAMMA, beta: Array = BETA) -> tuple[Array, Any]:
    return layernorm(LAYER, {"gamma": gamma, "beta": beta}, x, Context())


def norm_backward() -> tuple[Any, dict[str, Any]]:
    cache = norm_forward()[1]
    return d_layernorm(LAYER, {"gamma": GAMMA, "beta": BETA}, cache, DY, Context())


def loss(**changed: Any) -> Any:
    return np.sum(DY * norm_forward(**changed)[0])


MEAN = np.array([[sum(x) / C] for x in X])
S = np.array([[1 / np.sqrt(sum((x - sum(x) / C) ** 2) / C + EPS)] for x in X])
X_HAT = S * (X - MEAN)


def test_layernorm_1_standardized() -> None:
    same(norm_forward(gamma=np.ones(C), beta=np.zeros(C))[0], X_HAT)


def test_layernorm_2_scale_and_shift() -> None:
    same(norm_forward()[0], [GAMMA * row + BETA for row in X_HAT])


def test_layernorm_3_gradients_of_scale_and_shift() -> None:
    grads = norm_backward()[1]
    same(grads["gamma"], sum(DY[n] * X_HAT[n] for n in range(3)))
    near(grads["gamma"], slope(lambda gamma: loss(gamma=gamma), GAMMA))
    same(grads["beta"], sum(DY[n] for n in range(3)))
    near(grads["beta"], slope(lambda beta: loss(beta=beta), BETA))


def test_layernorm_4_gradient_of_the_standardized() -> None:
    near(GAMMA * DY, slope(lambda h: np.sum(DY * (GAMMA * h + BETA)), X_HAT))


def test_layernorm_5_gradient_of_the_input() -> None:
    dx, g = norm_backward()[0], GAMMA * DY
    for n in range(3):
        along = sum(g[n] * X_HAT[n]) / C
        same(dx[n], S[n] * (g[n] - sum(g[n]) / C - X_HAT[n] * along))
    near(dx, slope(lambda x: loss(x=x), X))


def test_layernorm_6_a_row_of_the_gradient_adds_up_to_nothing() -> None:
    same(norm_backward()[0].sum(axis=1), np.zeros(3))
    same(norm_forward(x=X + 2.5)[0], norm_forward()[0].copy())
