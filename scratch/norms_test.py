"""The normalisations against their loops; what training does to running statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.examples import example
from brain.engine import build
from brain.randomness import generator
from scratch.context import Context, Pass
from scratch.layers import LAYERS
from scratch.norms import plain_d_norm, plain_norm

Array = NDArray[Any]
NORMS = [spec.BatchNorm(eps=0.1), spec.LayerNorm(eps=0.1), spec.BatchNorm(), spec.LayerNorm()]
SHAPES = [(7, 5), (2, 1, 3), (3, 4, 2, 6)]


def normal(label: str, *shape: int) -> Array:
    return generator(3, label).standard_normal(shape)


def passes(layer: spec.Layer, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """What the fast layer gives in training, forward and backward, and what its loops give."""
    x, dy = 2 * normal("x", *shape) + 3, normal("dy", *shape)
    params = {"gamma": normal("gamma", shape[-1]), "beta": normal("beta", shape[-1])}
    forward, backward, *_ = LAYERS[type(layer)]
    context = Context(Pass(training=True))
    y, cache = forward(layer, params, x, context)
    fast = {"y": y.copy()}
    fast["x"], grads = backward(layer, params, cache, dy, context)
    x_rows, dy_rows = x.reshape(-1, shape[-1]), dy.reshape(-1, shape[-1])
    plain = {"y": plain_norm(layer, params, x_rows).reshape(shape)}  # type: ignore[arg-type]
    dx, plain_grads = plain_d_norm(layer, params, x_rows, dy_rows)  # type: ignore[arg-type]
    return fast | grads, plain | {"x": dx.reshape(shape)} | plain_grads


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("layer", NORMS, ids=repr)
def test_the_fast_layer_equals_its_loops(layer: spec.Layer, shape: tuple[int, ...]) -> None:
    fast, plain = passes(layer, shape)
    assert set(fast) == set(plain)
    for name, array in plain.items():
        # Sums of at most 24 terms, and a mean of 3 that is taken away from numbers near 3; two
        # numbers alone differ by sqrt(eps) of themselves where eps is 1e-5: dx cancels by 1e4.
        np.testing.assert_allclose(fast[name], array, rtol=1e-11, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("layer", NORMS, ids=repr)
def test_no_gradient_of_the_input_is_computed_unasked(layer: spec.Layer) -> None:
    forward, backward, *_ = LAYERS[type(layer)]
    context = Context(Pass(training=True))
    context.wants_dx = False
    params = {"gamma": np.ones(3), "beta": np.ones(3)}
    _, cache = forward(layer, params, normal("x", 4, 3), context)
    dx, grads = backward(layer, params, cache, np.ones((4, 3)), context)
    assert dx is None
    np.testing.assert_array_equal(grads["beta"], [4, 4, 4])


MODEL = spec.Model("m", (4, 3), (spec.BatchNorm(momentum=0.3, eps=0.1),), spec.MeanSquaredError())


def test_a_training_step_alone_moves_the_running_statistics() -> None:
    net, given = build(MODEL, dtype="float64"), example(MODEL)
    net.load_state(given.state)
    for ask in (net.predict, net.trace):
        ask(given.x)
    net.trace(given.x, given.y, training=True)
    net.loss_and_gradients(given.x, given.y)
    net.evaluate(given.x, given.y)
    for name, array in net.state().items():
        np.testing.assert_array_equal(array, given.state[name])
    net.train_step(given.x, given.y)
    rows = given.x.reshape(-1, 3)
    for name, batch in (("running_mean", rows.mean(axis=0)), ("running_var", rows.var(axis=0))):
        wanted = 0.7 * given.state[f"batchnorm1.{name}"] + 0.3 * batch
        np.testing.assert_allclose(net.state()[f"batchnorm1.{name}"], wanted, rtol=1e-14)


def test_evaluation_takes_the_running_statistics_and_no_sample_meets_another() -> None:
    net, given = build(MODEL, dtype="float64"), example(MODEL)
    net.load_state(given.state)
    net.load_parameters(given.parameters)
    mean, var = (given.state[f"batchnorm1.running_{name}"] for name in ("mean", "var"))
    gamma, beta = (given.parameters[f"batchnorm1.{name}"] for name in ("gamma", "beta"))
    wanted = gamma * (given.x - mean) / np.sqrt(var + 0.1) + beta
    np.testing.assert_allclose(net.predict(given.x), wanted, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(net.predict(given.x[2:3]), net.predict(given.x)[2:3])


def test_a_batch_of_one_sample_is_all_mean() -> None:
    model = spec.Model("one", (3,), (spec.BatchNorm(eps=1e-5),), spec.MeanSquaredError())
    net, given = build(model, dtype="float64"), example(model, 1)
    net.load_parameters(given.parameters)
    trace = net.trace(given.x, given.y, training=True)
    np.testing.assert_array_equal(
        trace.outputs["batchnorm1"][0], given.parameters["batchnorm1.beta"]
    )
    np.testing.assert_array_equal(trace.d_input, np.zeros((1, 3)))


def test_a_far_mean_costs_no_more_digits_than_it_must() -> None:
    """E[x^2] - E[x]^2 would be 0, or below it, in float32: 1e8 has no room for 1."""
    x = np.array([[10_000.0], [10_001.0], [10_002.0], [10_003.0]])
    model = spec.Model("far", (1,), (spec.BatchNorm(),), spec.MeanSquaredError())
    y = build(model).trace(x, training=True).outputs["batchnorm1"]
    wanted = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    np.testing.assert_allclose(y, wanted, rtol=1e-6)
