"""A trace holds what was asked for, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import Network, build
from brain.testing.refusals import refusal

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

MODEL = spec.Model(
    "small",
    (3, 4),
    (
        spec.Dense(5),
        spec.Residual((spec.Sequential((spec.Dropout(0.5), spec.Dense(5))), spec.Tanh())),
        spec.Flatten(),
        spec.Dense(2),
    ),
    spec.SoftmaxCrossEntropy(),
)
NAMES = [
    "dense1",
    "residual1",
    "residual1.body.sequential1",
    "residual1.body.sequential1.dropout1",
    "residual1.body.sequential1.dense1",
    "residual1.body.tanh1",
    "flatten1",
    "dense2",
]
RANDOM = np.random.default_rng(9)
X, Y, DY = (
    RANDOM.standard_normal((6, 3, 4)),
    RANDOM.integers(0, 2, 6),
    RANDOM.standard_normal((6, 2)),
)


@pytest.fixture
def net() -> Network:
    return build(MODEL, dtype="float64")


def test_neither_gives_the_outputs_alone(net: Network) -> None:
    trace = net.trace(X)
    assert sorted(trace.outputs) == sorted(NAMES)
    assert trace.d_outputs == {}
    assert trace.d_input is None
    assert trace.d_parameters == {}
    assert trace.loss is None
    np.testing.assert_array_equal(trace.outputs["dense2"], net.predict(X))


def test_targets_give_the_loss_and_its_gradients(net: Network) -> None:
    trace = net.trace(X, Y)
    assert trace.loss == net.evaluate(X, Y)["loss"]
    assert sorted(trace.d_outputs) == sorted(NAMES)
    assert list(trace.d_parameters) == list(MODEL.parameters())
    assert trace.d_input is not None
    assert trace.d_input.shape == X.shape
    for node in MODEL.walk():
        shape = (len(X), *node.output_shape)
        assert trace.outputs[node.name].shape == trace.d_outputs[node.name].shape == shape
    for name, info in MODEL.parameters().items():
        assert trace.d_parameters[name].shape == info.shape


def test_a_cotangent_gives_gradients_and_no_loss(net: Network) -> None:
    trace = net.trace(X, dy=DY)
    assert trace.loss is None
    np.testing.assert_array_equal(trace.d_outputs["dense2"], DY)
    # The loss's own gradient, given as the cotangent, gives the loss's gradients.
    with_targets = net.trace(X, Y)
    same = net.trace(X, dy=with_targets.d_outputs["dense2"])
    for name, gradient in with_targets.d_parameters.items():
        np.testing.assert_array_equal(same.d_parameters[name], gradient)
    np.testing.assert_array_equal(same.d_input, with_targets.d_input)


def test_gradients_are_linear_in_the_cotangent(net: Network) -> None:
    one, four = net.trace(X, dy=DY), net.trace(X, dy=4 * DY)
    for name, gradient in one.d_parameters.items():
        np.testing.assert_array_equal(four.d_parameters[name], 4 * gradient)  # 4 is a power of 2


@pytest.mark.parametrize("layers", [(), ["dense1"], {"residual1.body.tanh1", "dense2"}, NAMES])
def test_layers_names_those_to_keep(net: Network, layers: Any) -> None:
    trace, whole = net.trace(X, Y, layers=layers), net.trace(X, Y)
    assert set(trace.outputs) == set(trace.d_outputs) == set(layers)
    for name in layers:
        np.testing.assert_array_equal(trace.outputs[name], whole.outputs[name])
        np.testing.assert_array_equal(trace.d_outputs[name], whole.d_outputs[name])
    assert trace.loss == whole.loss
    assert list(trace.d_parameters) == list(whole.d_parameters)  # these are always there


def test_training_uses_the_masks_of_the_step(net: Network) -> None:
    name, before = "residual1.body.sequential1.dropout1", "dense1"
    still = net.trace(X)
    np.testing.assert_array_equal(still.outputs[name], still.outputs[before])
    trace = net.trace(X, Y, training=True)
    ratio = trace.outputs[name] / trace.outputs[before]
    assert set(np.unique(ratio)) == {0.0, 2.0}
    assert trace.loss == net.loss_and_gradients(X, Y)[0]
    for key, gradient in net.loss_and_gradients(X, Y)[1].items():
        np.testing.assert_array_equal(trace.d_parameters[key], gradient)
    net.train_step(X, Y)
    later = net.trace(X, training=True)
    assert set(np.unique(later.outputs[name] / later.outputs[before])) == {0.0, 2.0}
    assert ((later.outputs[name] == 0) != (trace.outputs[name] == 0)).any()


def test_a_trace_stays_as_it_was(net: Network) -> None:
    trace = net.trace(X, Y)
    assert trace.d_input is not None
    live = [trace.outputs, trace.d_outputs, trace.d_parameters, {"x": trace.d_input}]
    kept = [{name: array.copy() for name, array in arrays.items()} for arrays in live]
    for _ in range(3):
        net.train_step(-X, 1 - Y)
    net.trace(2 * X, Y)
    for arrays, copies in zip(live, kept, strict=True):
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, copies[name])


def test_what_a_trace_refuses(net: Network) -> None:
    assert "not both" in refusal(lambda: net.trace(X, Y, DY))
    text = refusal(lambda: net.trace(X, layers=["dense3"]))
    assert "unknown layer 'dense3'; did you mean 'dense" in text
    assert "residual1.body.tanh1" in text  # all are listed
    assert "(N, 2)" in refusal(lambda: net.trace(X, dy=DY[:, :1]))
    assert "dy holds 5 rows, but x holds 6" in refusal(lambda: net.trace(X, dy=DY[:5]))
    assert "dy holds 12 values that are NaN" in refusal(lambda: net.trace(X, dy=DY * np.nan))
    assert "wanted real numbers" in refusal(lambda: net.trace(X, dy=np.full((6, 2), "a")))


def test_a_layer_alone_is_a_model_of_one_layer(net: Network) -> None:
    whole = net.trace(X, Y)
    alone = build(spec.Model("alone", (15,), (spec.Dense(2),), MODEL.loss), dtype="float64")
    values = net.parameters()
    alone.load_parameters({f"dense1.{k}": values[f"dense2.{k}"] for k in ("weight", "bias")})
    trace = alone.trace(whole.outputs["flatten1"], Y)
    np.testing.assert_array_equal(trace.outputs["dense1"], whole.outputs["dense2"])
    np.testing.assert_array_equal(trace.d_input, whole.d_outputs["flatten1"])
    np.testing.assert_array_equal(
        trace.d_parameters["dense1.weight"], whole.d_parameters["dense2.weight"]
    )
