"""The fast layers against their plain versions; dtypes; what a layer leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import CASES, example
from brain.engine import Network, build
from scratch.context import Context, Pass
from scratch.layers import d_dense, dense, dropout, plain_d_dense, plain_dense

Array = NDArray[Any]
RANDOM = np.random.default_rng(4)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("samples", "width", "units"), [(7, 5, 3), (2, 1, 4), (1, 6, 1)])
def test_dense_equals_its_loops(samples: int, width: int, units: int, bias: bool) -> None:
    x, dz = RANDOM.standard_normal((samples, width)), RANDOM.standard_normal((samples, units))
    params = {"weight": RANDOM.standard_normal((width, units))}
    if bias:
        params["bias"] = RANDOM.standard_normal(units)
    layer, context = spec.Dense(units, bias=bias), Context()
    z, cache = dense(layer, params, x, context)
    # Sums of at most 8 terms near 1, in another order.
    np.testing.assert_allclose(z, plain_dense(params, x), rtol=1e-14, atol=1e-14)
    dx, grads = d_dense(layer, params, cache, dz, context)
    plain_dx, plain_grads = plain_d_dense(params, x, dz)
    assert dx is not None
    np.testing.assert_allclose(dx, plain_dx, rtol=1e-14, atol=1e-14)
    assert set(grads) == set(plain_grads) == set(params)
    for name, gradient in plain_grads.items():
        assert gradient.shape == params[name].shape
        np.testing.assert_allclose(grads[name], gradient, rtol=1e-14, atol=1e-14)


def test_dense_over_more_axes_is_dense_over_rows() -> None:
    x, dz = RANDOM.standard_normal((2, 3, 4, 5)), RANDOM.standard_normal((2, 3, 4, 6))
    params = {"weight": RANDOM.standard_normal((5, 6)), "bias": RANDOM.standard_normal(6)}
    z, cache = dense(spec.Dense(6), params, x, Context())
    np.testing.assert_allclose(
        z.reshape(-1, 6), plain_dense(params, x.reshape(-1, 5)), rtol=1e-14, atol=1e-14
    )
    dx, grads = d_dense(spec.Dense(6), params, cache, dz, Context())
    plain_dx, plain_grads = plain_d_dense(params, x.reshape(-1, 5), dz.reshape(-1, 6))
    assert dx is not None
    np.testing.assert_allclose(dx, plain_dx.reshape(x.shape), rtol=1e-14, atol=1e-14)
    for name in params:  # sums of 24 terms
        np.testing.assert_allclose(grads[name], plain_grads[name], rtol=1e-13, atol=1e-13)


def test_no_gradient_of_the_input_is_computed_unasked() -> None:
    context = Context()
    context.wants_dx = False
    params = {"weight": np.ones((2, 3)), "bias": np.ones(3)}
    dx, grads = d_dense(spec.Dense(3), params, np.ones((4, 2)), np.ones((4, 3)), context)
    assert dx is None
    np.testing.assert_array_equal(grads["bias"], [4, 4, 4])


def test_dropout_without_a_mask_is_the_identity() -> None:
    x = RANDOM.standard_normal((3, 4))
    np.testing.assert_array_equal(dropout(spec.Dropout(0.5), {}, x, Context())[0], x)
    mask = np.array([[0.0, 2.0, 2.0, 0.0]] * 3)
    context = Context(Pass(training=True, masks={"d": mask}), "d")
    np.testing.assert_array_equal(dropout(spec.Dropout(0.5), {}, x, context)[0], x * mask)


def network(model: spec.Model, dtype: str) -> Network:
    net = build(model, dtype=dtype, seed=3)
    net.load_parameters(example(model).parameters)
    return net


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_what_goes_in_as_one_dtype_stays_in_it(model: spec.Model, dtype: str) -> None:
    values = example(model)
    trace = network(model, dtype).trace(values.x, values.y, training=True)
    arrays = (*trace.outputs.values(), *trace.d_outputs.values(), *trace.d_parameters.values())
    assert {str(array.dtype) for array in (*arrays, trace.d_input)} == {dtype}  # type: ignore[union-attr]
    assert type(trace.loss) is float


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_single_precision_is_near_double(model: spec.Model) -> None:
    values = example(model)
    single = network(model, "float32").trace(values.x, values.y, training=True)
    double = network(model, "float64").trace(values.x, values.y, training=True)
    eps = float(np.finfo(np.float32).eps)
    assert single.loss == pytest.approx(double.loss, rel=50 * eps)
    pairs = [(single.d_input, double.d_input)]
    pairs += [(single.outputs[k], double.outputs[k]) for k in double.outputs]
    pairs += [(single.d_parameters[k], double.d_parameters[k]) for k in double.d_parameters]
    for one, other in pairs:
        # At most four layers deep, each with sums of at most 35 products: some tens of roundings.
        scale = np.linalg.norm(other)  # type: ignore[arg-type]
        assert np.linalg.norm(one - other) <= 50 * eps * scale  # type: ignore[operator]


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_nothing_that_goes_in_is_modified(model: spec.Model) -> None:
    values, net = example(model), network(model, "float64")
    arrays = [values.x, values.y, values.dy, *values.parameters.values()]
    copies = [array.copy() for array in arrays]
    for array in arrays:
        array.flags.writeable = False
    batch = net.prepare(values.x, values.y)
    for _ in range(2):
        net.load_parameters(values.parameters)
        net.trace(values.x, values.y, training=True)
        net.trace(values.x, dy=values.dy)
        net.predict(values.x)[...] = 7
        net.evaluate(values.x, values.y)
        net.train_step(values.x, values.y)
        net.train_step(batch)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_what_is_reused_carries_nothing_over(model: spec.Model) -> None:
    """A network that has computed other batches, of other sizes, gives what a fresh one gives."""
    values, used = example(model), network(model, "float64")
    for samples in (3, 11, 1):
        other = example(model, samples, seed=samples)
        used.trace(other.x, other.y, training=True)
        used.predict(other.x)
    fresh = network(model, "float64").trace(values.x, values.y, training=True)
    trace = used.trace(values.x, values.y, training=True)
    assert trace.loss == fresh.loss
    for name, array in fresh.d_outputs.items():
        np.testing.assert_array_equal(trace.outputs[name], fresh.outputs[name])
        np.testing.assert_array_equal(trace.d_outputs[name], array)
    for name, array in fresh.d_parameters.items():
        np.testing.assert_array_equal(trace.d_parameters[name], array)
