"""Activations at known points, their derivatives over a wide grid, and erf to the last places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from scratch.activations import ACTIVATIONS, erf, sigmoid_of

Array = NDArray[Any]
pytestmark = pytest.mark.filterwarnings("error")  # an overflow would be a warning

VARIANTS: tuple[spec.Layer, ...] = (
    spec.Identity(),
    spec.ReLU(),
    spec.LeakyReLU(),
    spec.LeakyReLU(0.0),
    spec.LeakyReLU(1.5),
    spec.ELU(),
    spec.ELU(0.3),
    spec.GELU("erf"),
    spec.GELU("tanh"),
    spec.SiLU(),
    spec.Sigmoid(),
    spec.Tanh(),
    spec.Softplus(),
    spec.Softmax(),
)
ELEMENTWISE = VARIANTS[:-1]
LARGE = [20.0, 88.0, 90.0, 104.0, 709.0, 746.0, 1e3]  # where exp overflows, in either dtype


def near_grid() -> Array:
    """From -8 to 8, offset so that no point is nearer to the kink at 0 than 1e-3."""
    return np.linspace(-8, 8, 1601) + 0.0037


def f(layer: spec.Layer, x: Array) -> Array:
    return ACTIVATIONS[type(layer)][0](layer, x)


def df(layer: spec.Layer, x: Array, dy: Array) -> Array:
    return ACTIVATIONS[type(layer)][1](layer, x, f(layer, x), dy)


def test_every_activation_is_here() -> None:
    assert {type(layer) for layer in VARIANTS} == set(ACTIVATIONS)


@pytest.mark.parametrize("layer", ELEMENTWISE, ids=repr)
def test_derivatives_near_zero(layer: spec.Layer) -> None:
    x, h = near_grid(), 1e-4
    # Fourth order: errs by h^4 / 30 of a fifth derivative below 50, and by eps |f| / h, 2e-11.
    near, far = f(layer, x + h) - f(layer, x - h), f(layer, x + 2 * h) - f(layer, x - 2 * h)
    numerical = (8 * near - far) / (12 * h)
    dy = np.random.default_rng(0).standard_normal(x.shape)
    np.testing.assert_allclose(df(layer, x, dy), dy * numerical, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", ELEMENTWISE, ids=repr)
def test_derivatives_far_away(layer: spec.Layer, dtype: type) -> None:
    x: Array = np.array([sign * value for value in LARGE for sign in (1, -1)]).astype(dtype)
    y, dx = f(layer, x), df(layer, x, np.full_like(x, 1.5))
    assert y.dtype == dx.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()
    slopes = {
        spec.Identity: (1, 1),
        spec.LeakyReLU: (getattr(layer, "slope", 0), 1),
        spec.Sigmoid: (0, 0),
        spec.Tanh: (0, 0),
    }
    left, right = slopes.get(type(layer), (0, 1))
    # At 20 the exponential tails are 2e-9, times x for SiLU; float32 rounds at 1e-7.
    np.testing.assert_allclose(dx[0::2], 1.5 * right, atol=2e-7)
    np.testing.assert_allclose(dx[1::2], 1.5 * left, rtol=2e-7, atol=2e-7)


@pytest.mark.parametrize("layer", ELEMENTWISE, ids=repr)
def test_infinity_in_is_no_nan_in_the_value(layer: spec.Layer) -> None:
    with np.errstate(invalid="ignore"):
        y = f(layer, np.array([np.inf]))
    assert not np.isnan(y).any()


def test_values_at_known_points() -> None:
    x = np.array([-2.0, 0.0, 3.0])

    def same(layer: spec.Layer, wanted: list[float]) -> None:
        np.testing.assert_allclose(f(layer, x), wanted, rtol=1e-15, atol=1e-16)

    same(spec.Identity(), [-2, 0, 3])
    same(spec.ReLU(), [0, 0, 3])
    same(spec.LeakyReLU(0.25), [-0.5, 0, 3])
    same(spec.ELU(0.5), [0.5 * (math.exp(-2) - 1), 0, 3])
    same(spec.Sigmoid(), [1 / (1 + math.exp(2)), 0.5, 1 / (1 + math.exp(-3))])
    same(spec.Tanh(), [math.tanh(-2), 0, math.tanh(3)])
    same(spec.Softplus(), [math.log1p(math.exp(-2)), math.log(2), math.log1p(math.exp(3))])
    same(spec.SiLU(), [-2 / (1 + math.exp(2)), 0, 3 / (1 + math.exp(-3))])
    cumulative = [0.5 * math.erfc(-v / math.sqrt(2)) for v in x]
    # 1 + erf(-1.4) cancels to 0.05: a twentieth of the last places is lost.
    wanted = [v * p for v, p in zip(x, cumulative, strict=True)]
    np.testing.assert_allclose(f(spec.GELU(), x), wanted, rtol=1e-14)
    inner = [math.sqrt(2 / math.pi) * (v + 0.044715 * v**3) for v in x]
    wanted = [0.5 * v * (1 + math.tanh(t)) for v, t in zip(x, inner, strict=True)]
    np.testing.assert_allclose(f(spec.GELU("tanh"), x), wanted, rtol=1e-14)


def test_derivatives_at_the_kink() -> None:
    zero, one = np.zeros(1), np.ones(1)
    assert df(spec.ReLU(), zero, one) == 0
    assert df(spec.LeakyReLU(0.3), zero, one) == 0.3
    assert df(spec.ELU(0.7), zero, one) == 0.7


def test_softmax_and_its_whole_jacobian() -> None:
    x = np.random.default_rng(1).standard_normal((3, 2, 5))
    y = f(spec.Softmax(), x)
    np.testing.assert_allclose(y, np.exp(x) / np.exp(x).sum(-1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(y.sum(-1), 1, rtol=1e-15)
    for k in range(5):  # row k of diag(y) - y y^T
        dy = np.broadcast_to(np.eye(5)[k], x.shape)
        wanted = y[..., k : k + 1] * (np.eye(5)[k] - y)
        np.testing.assert_allclose(df(spec.Softmax(), x, dy), wanted, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_of_large_numbers(dtype: type) -> None:
    x: Array = np.array([[1e3, -1e3, 1e3], [-1e3, -1e3, -1e3]]).astype(dtype)
    y = f(spec.Softmax(), x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, [[0.5, 0, 0.5], [1 / 3] * 3], rtol=1e-6)
    assert np.isfinite(df(spec.Softmax(), x, np.ones_like(x))).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_exact_in_both_tails(dtype: type) -> None:
    x: Array = np.array([-80.0, -30.0, -1.0, 0.0, 1.0, 30.0, 80.0]).astype(dtype)
    wanted = [1 / (1 + math.exp(-float(v))) for v in x]
    np.testing.assert_allclose(sigmoid_of(x), wanted, rtol=4 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize(("dtype", "ulps"), [(np.float64, 4), (np.float32, 4)])
def test_erf_to_the_last_places(dtype: type, ulps: int) -> None:
    edges = [0.46875, 0.5, 4.0, 5.9, 6.0]  # where one approximation hands over to the next
    grid = np.concatenate(
        [
            np.linspace(-7, 7, 20_001),
            np.logspace(-30, 3, 2001),
            *(np.nextafter(edges, s) for s in (0, 9)),
        ]
    )
    x: Array = np.concatenate([grid, -grid, edges]).astype(dtype)
    wanted: Array = np.array([math.erf(float(v)) for v in x]).astype(dtype)
    errors = np.abs(erf(x) - wanted) / np.spacing(np.abs(wanted))
    assert erf(x).dtype == dtype
    assert errors.max() <= ulps, f"{errors.max()} ulp at {x[errors.argmax()]}"


def test_erf_is_odd_and_saturates() -> None:
    x = np.array([0.0, 1e-300, 0.3, 0.47, 2.0, 4.5, 7.0, 1e300, np.inf])
    np.testing.assert_array_equal(erf(-x), -erf(x))
    np.testing.assert_array_equal(erf(x)[-3:], 1)
    assert math.copysign(1, erf(np.array([-0.0]))[0]) == -1
    assert np.isnan(erf(np.array([np.nan]))).all()
