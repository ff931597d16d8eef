"""The equations of activations.md, held against the code."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from brain import spec
from scratch.activations import ACTIVATIONS
from theory.equations import Array, near, normal, same, sigma, slope

POINTS = np.array([[-3.1, -1.2, -0.4], [0.3, 1.5, 2.8]])  # none near the corner at 0
DY = normal("dy", 2, 3)


def activation(
    layer: spec.Activation,
    value: Callable[[Array], Array],
    derivative: Callable[[Array, Array], Array],
) -> None:
    """Hold value(x) and derivative(x, y) against the code."""
    f, df = ACTIVATIONS[type(layer)]
    for x in (POINTS, np.zeros((2, 3))):
        y = value(x)
        same(f(layer, x), y)
        same(df(layer, x, y, DY), DY * derivative(x, y))
    near(df(layer, POINTS, f(layer, POINTS), DY), slope(lambda x: np.sum(DY * f(layer, x)), POINTS))


def phi(x: Array) -> Array:
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def big_phi(x: Array) -> Array:
    return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def tanh_of_gelu(x: Array) -> Array:
    return np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))


def d_tanh_of_gelu(x: Array) -> Array:
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return (1 - tanh_of_gelu(x) ** 2) * inner


def test_activations_1_2_relu() -> None:
    activation(spec.ReLU(), lambda x: (x + abs(x)) / 2, lambda x, y: 1.0 * (x > 0))


def test_activations_3_4_leaky_relu() -> None:
    activation(
        spec.LeakyReLU(0.2),
        lambda x: np.maximum(x, 0) + 0.2 * np.minimum(x, 0),
        lambda x, y: 0.2 + 0.8 * (x > 0),
    )


def test_activations_5_6_elu() -> None:
    activation(
        spec.ELU(0.7),
        lambda x: np.where(x > 0, x, 0.7 * (np.exp(x) - 1)),
        lambda x, y: np.where(x > 0, 1, y + 0.7),
    )


def test_activations_7_8_sigmoid() -> None:
    activation(spec.Sigmoid(), sigma, lambda x, y: y * (1 - y))


def test_activations_9_10_tanh() -> None:
    def tanh(x: Array) -> Array:
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))

    activation(spec.Tanh(), tanh, lambda x, y: 1 - y**2)
    same(tanh(POINTS), 2 * sigma(2 * POINTS) - 1)


def test_activations_11_12_softplus() -> None:
    activation(spec.Softplus(), lambda x: np.log(1 + np.exp(x)), lambda x, y: sigma(x))


def test_activations_13_14_silu() -> None:
    activation(spec.SiLU(), lambda x: x * sigma(x), lambda x, y: sigma(x) + y * (1 - sigma(x)))


def test_activations_15_16_gelu() -> None:
    activation(spec.GELU(), lambda x: x * big_phi(x), lambda x, y: big_phi(x) + x * phi(x))


def test_activations_17_18_gelu_by_tanh() -> None:
    activation(
        spec.GELU("tanh"),
        lambda x: x * (1 + tanh_of_gelu(x)) / 2,
        lambda x, y: (1 + tanh_of_gelu(x)) / 2 + x * d_tanh_of_gelu(x) / 2,
    )


def test_activations_19_20_softmax() -> None:
    f, df = ACTIVATIONS[spec.Softmax]
    y = np.array([[math.exp(v) / sum(math.exp(u) for u in row) for v in row] for row in POINTS])
    same(f(spec.Softmax(), POINTS), y)
    dx = df(spec.Softmax(), POINTS, y, DY)
    jacobians = [np.diag(row) - np.outer(row, row) for row in y]
    same(dx, [jacobian.T @ dy for jacobian, dy in zip(jacobians, DY, strict=True)])
    same(dx, y * (DY - np.sum(y * DY, axis=1, keepdims=True)))
    near(dx, slope(lambda x: np.sum(DY * f(spec.Softmax(), x)), POINTS))
    near(df(spec.Softmax(), POINTS, y, np.ones((2, 3))), 0.0)
