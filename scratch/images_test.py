"""The fast convolution and the fast poolings against their loops."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brain import spec
from brain.engine import build
from brain.testing.model_strategies import LAYERS as DRAWN
from scratch import windows
from scratch.context import Context, Pass
from scratch.images import conv2d, d_conv2d, plain_conv2d, plain_d_conv2d
from scratch.pooling import (
    avg_pool,
    d_avg_pool,
    d_global_avg_pool,
    d_max_pool,
    global_avg_pool,
    max_pool,
    plain_avg_pool,
    plain_d_avg_pool,
    plain_d_max_pool,
    plain_max_pool,
)
from scratch.windows import Windows

Array = NDArray[Any]
SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
# Sums of some 150 products near 1, in another order.
CLOSE: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}


def normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


def drawn(data: st.DataObject, kind: type[spec.Layer], shape: spec.Shape) -> Any:
    return data.draw(DRAWN[kind](shape, 0))


@settings(max_examples=150, deadline=None)
@given(st.data(), SHAPES)
def test_conv_equals_its_loops(data: st.DataObject, shape: spec.Shape) -> None:
    layer = drawn(data, spec.Conv2D, shape)
    infos = layer.parameters(shape)
    params = {name: normal(2, *info.shape) for name, info in infos.items()}
    x, dz = normal(0, 3, *shape), normal(1, 3, *layer.output_shape(shape))
    context = Context()
    z, cache = conv2d(layer, params, x, context)
    np.testing.assert_allclose(z, plain_conv2d(layer, params, x), **CLOSE)
    dx, grads = d_conv2d(layer, params, cache, dz, context)
    plain_dx, plain_grads = plain_d_conv2d(layer, params, x, dz)
    assert dx is not None
    np.testing.assert_allclose(dx, plain_dx, **CLOSE)
    assert set(grads) == set(plain_grads) == set(params)
    for name, gradient in plain_grads.items():
        np.testing.assert_allclose(grads[name], gradient, **CLOSE)
        assert grads[name].shape == params[name].shape


@settings(max_examples=100, deadline=None)
@given(st.data(), SHAPES, st.integers(1, 400), st.booleans())
def test_conv_in_pieces_equals_its_loops(
    data: st.DataObject, shape: spec.Shape, piece: int, backward: bool
) -> None:
    layer = drawn(data, spec.Conv2D, shape)
    params = {name: normal(2, *info.shape) for name, info in layer.parameters(shape).items()}
    x, dz = normal(0, 5, *shape), normal(1, 5, *layer.output_shape(shape))
    context = Context(Pass(backward=backward))
    with patch.object(windows, "PIECE", piece):  # often one or two samples, and a rest
        z, cache = conv2d(layer, params, x, context)
    np.testing.assert_allclose(z, plain_conv2d(layer, params, x), **CLOSE)
    if backward:
        _, grads = d_conv2d(layer, params, cache, dz, context)
        wanted = plain_d_conv2d(layer, params, x, dz)[1]["weight"]
        np.testing.assert_allclose(grads["weight"], wanted, **CLOSE)


@settings(max_examples=150, deadline=None)
@given(st.data(), SHAPES, st.booleans())
def test_max_pool_equals_its_loops(data: st.DataObject, shape: spec.Shape, ties: bool) -> None:
    layer = drawn(data, spec.MaxPool2D, shape)
    x, dy = normal(0, 3, *shape), normal(1, 3, *layer.output_shape(shape))
    x = np.round(x) - 2 if ties else x  # mostly negative: zeros around it would win
    y, cache = max_pool(layer, {}, x, Context())
    np.testing.assert_array_equal(y, plain_max_pool(layer, x))
    # up to 16 windows add their gradients in one cell, in another order
    np.testing.assert_allclose(
        d_max_pool(layer, {}, cache, dy, Context())[0], plain_d_max_pool(layer, x, dy), **CLOSE
    )


@settings(max_examples=150, deadline=None)
@given(st.data(), SHAPES)
def test_avg_pool_equals_its_loops(data: st.DataObject, shape: spec.Shape) -> None:
    layer = drawn(data, spec.AvgPool2D, shape)
    x, dy = normal(0, 3, *shape), normal(1, 3, *layer.output_shape(shape))
    y, cache = avg_pool(layer, {}, x, Context())
    np.testing.assert_allclose(y, plain_avg_pool(layer, x), **CLOSE)
    np.testing.assert_allclose(
        d_avg_pool(layer, {}, cache, dy, Context())[0], plain_d_avg_pool(layer, x, dy), **CLOSE
    )


@pytest.mark.parametrize("shape", [(3, 5, 2), (1, 1, 4), (4, 1, 1)])
def test_global_avg_pool_is_the_mean_of_one_window(shape: spec.Shape) -> None:
    x, dy = normal(0, 3, *shape), normal(1, 3, shape[-1])
    y, cache = global_avg_pool(spec.GlobalAvgPool2D(), {}, x, Context())
    dx, _ = d_global_avg_pool(spec.GlobalAvgPool2D(), {}, cache, dy, Context())
    for n in range(3):
        for c in range(shape[-1]):
            mean = sum(x[n, h, w, c] for h in range(shape[0]) for w in range(shape[1]))
            mean /= shape[0] * shape[1]
            np.testing.assert_allclose(y[n, c], mean, **CLOSE)
            np.testing.assert_allclose(dx[n, ..., c], dy[n, c] / (shape[0] * shape[1]), **CLOSE)


def test_of_equal_maxima_the_first_row_by_row_takes_the_gradient() -> None:
    x = np.array([[1.0, 3.0, 3.0], [3.0, 3.0, 0.0]]).reshape(1, 2, 3, 1)
    layer = spec.MaxPool2D(2, stride=1)
    y, cache = max_pool(layer, {}, x, Context())
    np.testing.assert_array_equal(y.ravel(), [3, 3])
    dx, _ = d_max_pool(layer, {}, cache, np.array([[[[5.0], [7.0]]]]), Context())
    np.testing.assert_array_equal(dx[0, ..., 0], [[0, 12, 0], [0, 0, 0]])


def test_no_gradient_of_the_input_is_computed_unasked() -> None:
    context, layer = Context(), spec.Conv2D(2, kernel=2)
    context.wants_dx = False
    params = {"weight": np.ones((2, 2, 1, 2)), "bias": np.ones(2)}
    _, cache = conv2d(layer, params, np.ones((3, 4, 5, 1)), context)
    dx, grads = d_conv2d(layer, params, cache, np.ones((3, 3, 4, 2)), context)
    assert dx is None
    np.testing.assert_array_equal(grads["bias"], [36, 36])


def test_what_is_unpadded_is_not_copied() -> None:
    x = normal(0, 2, 5, 4, 3)
    assert Windows.on(x.shape, 3, 1, "valid").padded(x, 0, Context()) is x
    assert Windows.on(x.shape, 3, 1, "same").padded(x, 0, Context()).shape == (2, 7, 6, 3)


def test_what_one_layer_found_is_not_overwritten_by_the_next() -> None:
    """All layers work in the same rooms; what they give back must be their own."""
    layers = (
        spec.Conv2D(4, stride=2, padding=1),
        spec.Conv2D(4, padding="same"),
        spec.Conv2D(4, padding="same"),
        spec.Conv2D(4, stride=2, padding=1),
    )
    model = spec.Model("m", (8, 8, 2), layers, spec.MeanSquaredError())
    x, y = normal(0, 3, 8, 8, 2), normal(1, 3, 2, 2, 4)
    net = build(model, dtype="float64")
    trace, params = net.trace(x, y, training=True), net.parameters()
    for node in model.nodes:
        own = {key: params[f"{node.name}.{key}"] for key in ("weight", "bias")}
        _, grads = plain_d_conv2d(node.layer, own, x, trace.d_outputs[node.name])  # type: ignore[arg-type]
        for key, gradient in grads.items():
            np.testing.assert_allclose(trace.d_parameters[f"{node.name}.{key}"], gradient, **CLOSE)
        x = trace.outputs[node.name]
