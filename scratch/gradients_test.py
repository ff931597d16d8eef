"""Every derivative written by hand against central differences, on every case, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.compare.cases import CASES, VANISHING
from brain.compare.examples import Example, example
from brain.engine import Network, build
from brain.passes import Trace
from brain.randomness import generator
from scratch.layers import LAYERS

Array = NDArray[Any]

STEP = 1e-5
# A central difference errs by STEP^2 = 1e-10 times a third derivative, and by eps / STEP = 2e-11
# of the value from each rounding on its way; a dozen of those, relative to the value or to the
# length of the gradient, whichever is larger.
BOUND = 3e-10

WAYS = ("loss", "cotangent")


def network(model: spec.Model) -> tuple[Network, Example]:
    net, values = build(model, dtype="float64", seed=3), example(model)
    net.load_parameters(values.parameters)
    return net, values


def passed(net: Network, values: Example, way: str, x: Array) -> Trace:
    """One pass in training mode, dropout masks and all."""
    if way == "loss":
        return net.trace(x, values.y, training=True)
    return net.trace(x, dy=values.dy, training=True)


def value(net: Network, values: Example, way: str, x: Array) -> float:
    """The number whose gradient `passed` gives."""
    if way == "loss":
        loss = net.trace(x, values.y, training=True, layers=()).loss
        assert loss is not None
        return loss
    last = net.model.nodes[-1].name
    return float(np.sum(net.trace(x, training=True, layers=[last]).outputs[last] * values.dy))


def direction(label: str, shape: tuple[int, ...]) -> Array:
    v = generator(1, f"direction {label}").standard_normal(shape)
    return v / np.linalg.norm(v)


def assert_slope(f: Callable[[float], float], gradient: Array, along: Array) -> None:
    """The slope of `f` at 0 is what `gradient` says of the direction `along`."""
    numerical = (f(STEP) - f(-STEP)) / (2 * STEP)
    size = np.linalg.norm(gradient)
    assert size > 1e-6, "a gradient of zero would prove nothing"
    scale = max(float(size), abs(f(0)))
    assert abs(numerical - np.sum(gradient * along)) <= BOUND * scale


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_gradients_of_the_input_and_of_every_parameter(model: spec.Model, way: str) -> None:
    net, values = network(model)
    trace = passed(net, values, way, values.x)
    if model.ids is None:
        assert trace.d_input is not None
        v = direction("x", values.x.shape)
        assert_slope(lambda h: value(net, values, way, values.x + h * v), trace.d_input, v)
    else:
        assert trace.d_input is None  # token ids have no derivative
    for name, array in values.parameters.items():
        if name == VANISHING.get(model.name):
            assert np.linalg.norm(trace.d_parameters[name]) < 1e-14
            continue
        along = direction(name, array.shape)

        def moved(h: float, name: str = name, array: Array = array, along: Array = along) -> float:
            net.load_parameters(values.parameters | {name: array + h * along})
            return value(net, values, way, values.x)

        assert_slope(moved, trace.d_parameters[name], along)
        net.load_parameters(values.parameters)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_gradients_of_every_layers_output(
    model: spec.Model, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is added to a layer's output, wherever it stands, changes the loss as d_outputs says."""
    net, values = network(model)
    trace = passed(net, values, way, values.x)
    for node in model.walk():
        along = direction(node.name, (len(values.x), *node.output_shape))
        forward, backward, *rest = LAYERS[type(node.layer)]

        def shifted(
            h: float,
            forward: Callable[..., Any] = forward,
            backward: Callable[..., Any] = backward,
            rest: list[Callable[..., Any]] = rest,
            node: spec.Node = node,
            along: Array = along,
        ) -> float:
            def pushed(layer: spec.Layer, params: Any, x: Array, context: Any) -> tuple[Array, Any]:
                y, cache = forward(layer, params, x, context)
                return (y + h * along if context.name == node.name else y), cache

            with monkeypatch.context() as patch:
                patch.setitem(LAYERS, type(node.layer), (pushed, backward, *rest))
                return value(net, values, way, values.x)

        assert_slope(shifted, trace.d_outputs[node.name], along)


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_gradients_in_training_and_the_traces_are_the_same(model: spec.Model) -> None:
    # The training step leaves out what nobody asked for: the gradients before the first parameter.
    net, values = network(model)
    loss, gradients = net.loss_and_gradients(values.x, values.y)
    trace = passed(net, values, "loss", values.x)
    assert loss == trace.loss
    assert list(gradients) == list(trace.d_parameters) == list(model.parameters())
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, trace.d_parameters[name])


def test_training_computes_no_gradient_that_nobody_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    forward, backward, *_ = LAYERS[spec.Dense]
    wanted = {}

    def seen(layer: Any, params: Any, cache: Any, dz: Array, context: Any) -> Any:
        wanted[context.name] = context.wants_dx
        return backward(layer, params, cache, dz, context)

    monkeypatch.setitem(LAYERS, spec.Dense, (forward, seen))  # type: ignore[misc]
    chain = (spec.Flatten(), spec.Dense(4), spec.Sequential((spec.Dense(4), spec.Dense(3))))
    net = build(spec.Model("m", (2, 3), chain, spec.MeanSquaredError()))
    x, y = np.ones((5, 2, 3)), np.zeros((5, 3))
    net.train_step(x, y)
    assert wanted == {"dense1": False, "sequential1.dense1": True, "sequential1.dense2": True}
    net.trace(x, y)
    assert all(wanted.values())
    net.loss_and_gradients(x, y)
    assert not wanted["dense1"]


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks above can fail: one part in a hundred million of a derivative is too much."""
    forward, backward, *_ = LAYERS[spec.Tanh]

    def wrong(*arguments: Any) -> tuple[Array, Any]:
        dx, grads = backward(*arguments)
        return dx * (1 + 1e-8), grads

    monkeypatch.setitem(LAYERS, spec.Tanh, (forward, wrong))  # type: ignore[misc]
    model = next(model for model in CASES if model.name == "sequential")
    with pytest.raises(AssertionError):
        test_gradients_of_the_input_and_of_every_parameter(model, "loss")
