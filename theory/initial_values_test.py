"""The equations of initial-values.md, held against the code."""

from __future__ import annotations

import math

import numpy as np

from brain import spec
from brain.parameters import draw
from brain.randomness import generator
from scratch.context import Context
from scratch.dense import d_dense
from theory.equations import CHANCE, MANY, Array, chance, near, normal, same


def weights(init: spec.init.Initializer, *shape: int, label: str = "w") -> Array:
    info = spec.ParameterInfo(shape, init, math.prod(shape[:-1]), shape[-1])
    return draw(info, generator(5, f"theory initial {label}"))


def test_initial_values_1_the_size_of_a_signal() -> None:
    x = 0.5 + normal("signal", 30)  # a mean that is not 0: the mean square counts
    z = x @ weights(spec.init.Normal(0.3), 30, MANY)
    chance(z.var(), 30 * 0.3**2 * np.mean(x**2))


def test_initial_values_2_he() -> None:
    w = weights(spec.init.He(), 30, MANY)
    chance(w.var(), 2 / 30)
    x = np.maximum(normal("signal", 30), 0)
    # max(z, 0)^2 scatters more: sqrt(5 / n) of its mean, 1.6 %
    chance(np.mean(np.maximum(x @ w, 0) ** 2), np.mean(x**2), tolerance=2 * CHANCE)


def test_initial_values_3_the_size_of_a_gradient() -> None:
    w, dz = weights(spec.init.Normal(0.3), MANY, 30), 0.5 + normal("gradient", 30)
    params, x = {"weight": w, "bias": np.zeros(30)}, np.zeros((1, MANY))
    dx = d_dense(spec.Dense(30), params, x, dz[None], Context())[0]
    assert dx is not None
    chance(dx.var(), 30 * 0.3**2 * np.mean(dz**2))


def test_initial_values_4_glorot() -> None:
    for distribution in ("normal", "uniform"):
        w = weights(spec.init.Glorot(distribution), 40, 500)
        chance(w.var(), 2 / (40 + 500))


def test_initial_values_5_the_limit_of_a_uniform_draw() -> None:
    for init, variance in ((spec.init.He("uniform"), 2 / 40), (spec.init.Glorot(), 2 / 540)):
        largest, limit = np.abs(weights(init, 40, 500)).max(), math.sqrt(3 * variance)
        assert 0.999 * limit < largest <= limit  # of 20 000 draws, one comes so close
    u = (np.arange(1_000_000) + 0.5) / 500_000 - 1  # -1 to 1, by the midpoint rule
    near(np.mean(u**2), 1 / 3)


def test_initial_values_6_orthogonal() -> None:
    q, wide = weights(spec.init.Orthogonal(), 7, 4), weights(spec.init.Orthogonal(), 4, 7)
    u = normal("u", 4)
    same(q.T @ q, np.eye(4))
    same(np.linalg.norm(q @ u), np.linalg.norm(u))
    same(wide @ wide.T, np.eye(4))
    same(np.linalg.norm(u @ wide), np.linalg.norm(u))
