"""What a worker is asked for: the same work for the same arguments, whatever the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.compare import runs
from brain.compare.cases import CASES, Example, example
from brain.engine import build
from brain.recipes import recipe_for
from brain.testing.here import Here
from brain.training import batches

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

MODEL = spec.Model(
    "m", (5,), (spec.Dense(7), spec.Dropout(0.3), spec.Tanh(), spec.Dense(4)),
    spec.SoftmaxCrossEntropy(),
)  # fmt: skip
GIVEN = example(MODEL, 29)
COMMON: dict[str, Any] = {"model": MODEL, "dtype": "float64", "device": "cpu"}
COMMON["parameters"] = GIVEN.parameters


def test_a_trace_is_that_of_the_network_in_training() -> None:
    trace = runs.traced("numpy", **COMMON, x=GIVEN.x, y=GIVEN.y)
    net = build(MODEL, dtype="float64")
    net.load_parameters(GIVEN.parameters)
    loss, gradients = net.loss_and_gradients(GIVEN.x, GIVEN.y)
    assert trace["loss"] == loss
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(trace["d_parameters"][name], gradient)
    assert (trace["outputs"]["dropout1"] == 0).any()


def test_a_prediction_is_that_of_the_network_in_evaluation() -> None:
    hidden = np.tanh(GIVEN.x @ GIVEN.parameters["dense1.weight"] + GIVEN.parameters["dense1.bias"])
    wanted = hidden @ GIVEN.parameters["dense2.weight"] + GIVEN.parameters["dense2.bias"]
    output = runs.predicted("numpy", **COMMON, x=GIVEN.x)
    np.testing.assert_allclose(output, wanted, rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 7, 12])
def test_a_trajectory_keeps_the_parameters_at_its_checkpoints(steps: int) -> None:
    rule = spec.Adam(0.01)
    found = runs.trajectory("numpy", **COMMON, x=GIVEN.x, y=GIVEN.y, optimizer=rule, steps=steps)
    assert len(found["losses"]) == steps
    assert list(found["parameters"]) == {
        1: ["1"], 7: ["1", "7"], 12: ["1", "10", "12"],
    }[steps]  # fmt: skip
    net = build(MODEL, dtype="float64", optimizer=rule)
    net.load_parameters(GIVEN.parameters)
    order = [rows for epoch in range(9) for rows in batches(29, runs.BATCH_SIZE, 0, epoch)]
    assert [len(rows) for rows in order[:3]] == [13, 13, 3]  # a short batch is among them
    for rows, loss in zip(order, found["losses"], strict=False):
        assert net.train_step(GIVEN.x[rows], GIVEN.y[rows]) == loss
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(found["parameters"][str(steps)][name], array)


def test_inputs_of_a_layer_are_the_outputs_of_what_comes_before_it() -> None:
    inner = (spec.Dense(6), spec.Tanh(), spec.Dense(5))
    layers = (
        spec.Dense(5),
        spec.Residual(inner, (spec.Sequential((spec.Dense(5),)),)),
        spec.ReLU(),
    )
    model = spec.Model("m", (4,), layers, spec.MeanSquaredError())
    x = example(model).x
    outputs = {node.name: np.array(float(i)) for i, node in enumerate(model.walk())}
    inputs = runs.layer_inputs(model.nodes, x, outputs)
    assert set(inputs) == set(outputs)
    assert inputs["dense1"] is x
    for name, before in {
        "residual1": "dense1",
        "residual1.body.dense1": "dense1",
        "residual1.body.tanh1": "residual1.body.dense1",
        "residual1.body.dense2": "residual1.body.tanh1",
        "residual1.shortcut.sequential1": "dense1",
        "residual1.shortcut.sequential1.dense1": "dense1",
        "relu1": "residual1",
    }.items():
        assert inputs[name] is outputs[before], name


def summed(case: spec.Model) -> tuple[dict[str, Any], dict[str, Any], Example]:
    given = example(case)
    call: dict[str, Any] = {"model": case, "parameters": given.parameters, "x": given.x}
    trace = runs.traced("numpy", dtype="float64", device="cpu", y=given.y, **call)
    return runs.addends("numpy", trace=trace, **call), trace, given


def test_addends_of_a_dense_layer_are_its_sums_without_signs() -> None:
    case = next(case for case in CASES if case.name == "dense-over-sequence")
    sums, trace, given = summed(case)
    x, w = np.abs(given.x), np.abs(given.parameters["dense1.weight"])
    dz = np.abs(trace["d_outputs"]["dense1"])
    found = sums["dense1"]
    wanted = np.linalg.norm(x @ w + np.abs(given.parameters["dense1.bias"]))
    assert found["output"] == pytest.approx(wanted)
    assert found["weight"] == pytest.approx(np.linalg.norm(np.einsum("nti,ntj->ij", x, dz)))
    assert found["bias"] == pytest.approx(np.linalg.norm(dz.sum(axis=(0, 1))))
    assert found["rows"] == 7 * 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_sum_is_larger_than_its_addends(case: spec.Model) -> None:
    sums, trace, _ = summed(case)
    assert set(sums) == {node.name for node in case.walk() if node.layer.linear}
    for name, found in sums.items():
        assert np.linalg.norm(trace["outputs"][name]) <= found["output"]
        for key in set(found) - {"output", "rows"}:
            assert np.linalg.norm(trace["d_parameters"][f"{name}.{key}"]) <= found[key]


def test_a_training_tells_of_itself_and_gives_its_end() -> None:
    dataset = data.load("moons")
    recipe = recipe_for("mlp", dataset, epochs=3)
    events: list[dict[str, Any]] = []
    result = Here("numpy").call(
        "brain.compare.runs:learned", on_event=events.append, recipe=recipe, device="cpu"
    )
    assert len(result["losses"]) == spec.steps_in(len(dataset.x_train), 32, 3) == 30
    assert set(result["metrics"]) == {"loss", "accuracy"}
    assert result["samples"] == 100
    assert events[-1]["step"] == events[-1]["steps"] == 30
    assert events[-1]["accuracy"] == result["metrics"]["accuracy"]
    again = Here("numpy").call("brain.compare.runs:learned", recipe=recipe, device="cpu")
    assert again["losses"] == result["losses"]
