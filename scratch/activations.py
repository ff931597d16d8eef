"""The activations and their derivatives, side by side. theory/activations.md

Each pair: `f(spec, x) -> y` and `df(spec, x, y, dy) -> dx`, elementwise but for softmax. They are
vectorised as they stand, so there is no faster version beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec

Array = NDArray[Any]

SQRT_2 = math.sqrt(2.0)
SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)
INVERSE_SQRT_2_PI = 1.0 / math.sqrt(2.0 * math.pi)


def identity(spec: spec.Identity, x: Array) -> Array:
    return x


def d_identity(spec: spec.Identity, x: Array, y: Array, dy: Array) -> Array:
    return dy


def relu(spec: spec.ReLU, x: Array, out: Array | None = None) -> Array:
    return np.maximum(x, 0, out=out)  # theory/activations.md (1)


def d_relu(spec: spec.ReLU, x: Array, y: Array, dy: Array, out: Array | None = None) -> Array:
    return np.multiply(dy, y > 0, out=out)  # (2)


def leaky_relu(spec: spec.LeakyReLU, x: Array) -> Array:
    return np.where(x > 0, x, spec.slope * x)  # (3)


def d_leaky_relu(spec: spec.LeakyReLU, x: Array, y: Array, dy: Array) -> Array:
    return np.where(x > 0, dy, spec.slope * dy)  # (4)


def elu(spec: spec.ELU, x: Array) -> Array:
    return np.where(x > 0, x, spec.alpha * np.expm1(np.minimum(x, 0)))  # (5)


def d_elu(spec: spec.ELU, x: Array, y: Array, dy: Array) -> Array:
    return np.where(x > 0, dy, dy * (y + spec.alpha))  # (6): alpha exp(x) = y + alpha


def sigmoid_of(x: Array) -> Array:
    """1 / (1 + exp(-x)) for any x: the exponential is taken of a negative number only."""
    e = np.exp(-np.abs(x))
    y: Array = np.where(x >= 0, 1, e) / (1 + e)
    return y


def sigmoid(spec: spec.Sigmoid, x: Array) -> Array:
    return sigmoid_of(x)  # (7)


def d_sigmoid(spec: spec.Sigmoid, x: Array, y: Array, dy: Array) -> Array:
    return dy * y * (1 - y)  # (8)


def tanh(spec: spec.Tanh, x: Array) -> Array:
    return np.tanh(x)  # (9)


def d_tanh(spec: spec.Tanh, x: Array, y: Array, dy: Array) -> Array:
    return dy * (1 - y * y)  # (10)


def softplus(spec: spec.Softplus, x: Array) -> Array:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))  # (11)


def d_softplus(spec: spec.Softplus, x: Array, y: Array, dy: Array) -> Array:
    return dy * sigmoid_of(x)  # (12)


def silu(spec: spec.SiLU, x: Array) -> Array:
    return x * sigmoid_of(x)  # (13)


def d_silu(spec: spec.SiLU, x: Array, y: Array, dy: Array) -> Array:
    s = sigmoid_of(x)
    return dy * (s + y * (1 - s))  # (14)


def gelu(spec: spec.GELU, x: Array) -> Array:
    if spec.form == "erf":
        return x * (0.5 + 0.5 * erf(x / SQRT_2))  # (15)
    return 0.5 * x * (1 + np.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x**3)))  # (17)


def d_gelu(spec: spec.GELU, x: Array, y: Array, dy: Array) -> Array:
    if spec.form == "erf":
        cumulative = 0.5 + 0.5 * erf(x / SQRT_2)
        density = INVERSE_SQRT_2_PI * np.exp(-0.5 * x * x)
        return dy * (cumulative + x * density)  # (16)
    t = np.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x**3))
    dt = (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x)
    return dy * (0.5 * (1 + t) + 0.5 * x * dt)  # (18)


def softmax(spec: spec.Softmax, x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))  # (19)
    return np.divide(e, e.sum(axis=-1, keepdims=True))


def d_softmax(spec: spec.Softmax, x: Array, y: Array, dy: Array) -> Array:
    return y * (dy - (y * dy).sum(axis=-1, keepdims=True))  # (20)


def erf(x: Array) -> Array:
    """The error function, to about two units in the last place of float64.

    NumPy has none. Rational approximations of W. J. Cody, "Rational Chebyshev approximations for
    the error function", Math. Comp. 23 (1969): one for |x| <= 0.5, one of erfc up to 4, and beyond
    6 (5.9 in float64) erf is 1 to the last bit, so the third is only wanted in between.
    """
    a = np.abs(x)
    near = np.minimum(a, 0.5)
    middle = np.clip(a, 0.46875, 4.0)
    far = np.clip(a, 4.0, 6.0)
    small = x * _ratio(near * near, ERF_NUMERATOR, ERF_DENOMINATOR)
    tail = np.exp(-middle * middle) * _ratio(middle, ERFC_NUMERATOR, ERFC_DENOMINATOR)
    z = 1 / (far * far)
    series = 1 / math.sqrt(math.pi) - z * _ratio(z, FAR_NUMERATOR, FAR_DENOMINATOR)
    tail = np.where(a <= 4.0, tail, np.exp(-far * far) / far * series)
    return np.where(a <= 0.46875, small, np.copysign(1 - tail, x))


def _ratio(z: Array, numerator: tuple[float, ...], denominator: tuple[float, ...]) -> Array:
    return np.divide(_horner(z, numerator), _horner(z, denominator))


def _horner(z: Array, coefficients: tuple[float, ...]) -> Array:
    total = z * coefficients[0]
    for c in coefficients[1:-1]:
        total = (total + c) * z
    return total + coefficients[-1]


# Highest power first. The accuracy claimed above is checked against math.erf.
ERF_NUMERATOR = (
    1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
    3.77485237685302021e2, 3.20937758913846947e3,
)  # fmt: skip
ERF_DENOMINATOR = (
    1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
    2.84423683343917062e3,
)  # fmt: skip
ERFC_NUMERATOR = (
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
    6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
    1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
)  # fmt: skip
ERFC_DENOMINATOR = (
    1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
    1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
    3.43936767414372164e3, 1.23033935480374942e3,
)  # fmt: skip
FAR_NUMERATOR = (
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
    1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4,
)  # fmt: skip
FAR_DENOMINATOR = (
    1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1,
    6.05183413124413191e-2, 2.33520497626869185e-3,
)  # fmt: skip

ACTIVATIONS: dict[type[spec.Layer], tuple[Callable[..., Array], Callable[..., Array]]] = {
    spec.Identity: (identity, d_identity),
    spec.ReLU: (relu, d_relu),
    spec.LeakyReLU: (leaky_relu, d_leaky_relu),
    spec.ELU: (elu, d_elu),
    spec.GELU: (gelu, d_gelu),
    spec.SiLU: (silu, d_silu),
    spec.Sigmoid: (sigmoid, d_sigmoid),
    spec.Tanh: (tanh, d_tanh),
    spec.Softplus: (softplus, d_softplus),
    spec.Softmax: (softmax, d_softmax),
}
