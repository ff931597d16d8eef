"""What a worker is asked for: the same work for the same arguments, whatever the engine."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.compare import runs
from brain.compare.cases import CASES
from brain.compare.examples import Example, example
from brain.compare.parts import sources
from brain.compare.runs import margin
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


def test_a_prediction_begins_with_the_state_that_is_carried() -> None:
    case = next(case for case in CASES if case.name == "gru-sequences")
    given = example(case)
    call: dict[str, Any] = {"model": case, "dtype": "float64", "device": "cpu", "x": given.x}
    call |= {"parameters": given.parameters, "carry": given.carry}
    outputs, after = runs.predicted("numpy", **call, return_carry=True)
    np.testing.assert_array_equal(after["gru1.hidden"], outputs[:, -1])
    np.testing.assert_array_equal(runs.predicted("numpy", **call), outputs)
    assert (runs.predicted("numpy", **call | {"carry": None})[:, 0] != outputs[:, 0]).all()


def test_a_trace_in_evaluation_is_that_of_a_prediction() -> None:
    trace = runs.traced("numpy", **COMMON, x=GIVEN.x, training=False)
    output = runs.predicted("numpy", **COMMON, x=GIVEN.x)
    np.testing.assert_array_equal(trace["outputs"]["dense2"], output)
    assert trace["d_parameters"] == {}


def test_a_walk_hands_over_the_layers_it_is_asked_for_and_no_others() -> None:
    got: list[dict[str, Any]] = []
    trace = runs.traced("numpy", **COMMON, x=GIVEN.x, y=GIVEN.y)
    call = COMMON | {"x": GIVEN.x, "y": GIVEN.y, "layers": ["dense2", "dropout1"]}
    end = Here("numpy").call("brain.compare.runs:walked", got.append, **call)
    assert [layer["name"] for layer in got] == ["dense2", "dropout1"]
    for layer in got:
        name = layer["name"]
        np.testing.assert_array_equal(layer["output"], trace["outputs"][name])
        np.testing.assert_array_equal(layer["d_output"], trace["d_outputs"][name])
    assert list(got[0]["parameters"]) == ["weight", "bias"]
    weight = trace["d_parameters"]["dense2.weight"]
    np.testing.assert_array_equal(got[0]["parameters"]["weight"], weight)
    assert got[1]["parameters"] == {}
    assert (end["loss"], end["addends"]) == (trace["loss"], {})
    np.testing.assert_array_equal(end["d_input"], trace["d_input"])


def test_a_walk_in_evaluation_has_outputs_alone() -> None:
    got: list[dict[str, Any]] = []
    trace = runs.traced("numpy", **COMMON, x=GIVEN.x, training=False)
    call = COMMON | {"x": GIVEN.x, "layers": ["dense1"], "training": False}
    end = Here("numpy").call("brain.compare.runs:walked", got.append, **call)
    assert end == {"loss": None, "d_input": None, "addends": {}}
    ((_, name), (_, output), (_, d_output), (_, parameters)) = got[0].items()
    np.testing.assert_array_equal(output, trace["outputs"]["dense1"])
    assert (name, d_output, parameters) == ("dense1", None, {})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_layers_that_are_walked_one_by_one_have_the_addends_of_the_whole(case: spec.Model) -> None:
    whole, _, given = summed(case)
    call: dict[str, Any] = {"model": case, "parameters": given.parameters, "x": given.x}
    call |= {"y": given.y, "dtype": "float64", "device": "cpu", "sums": True}
    found: dict[str, Any] = {}
    for node in case.walk():
        end = Here("numpy").call("brain.compare.runs:walked", layers=[node.name], **call)
        found |= end["addends"]
    assert found == whole


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
    assert sources(model.nodes)["dense1"] == ""
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
        assert sources(model.nodes)[name] == before
        kept = runs.layer_inputs(model.nodes, x, {before: outputs[before]})
        assert kept[name] is outputs[before], name


def test_the_twin_in_bidirectional_is_given_the_sequence_turned() -> None:
    layers = (spec.Bidirectional(spec.LSTM(3, return_sequences=True)),)
    model = spec.Model("m", (4, 2), layers, spec.MeanSquaredError())
    x = example(model).x
    inputs = runs.layer_inputs(model.nodes, x, {node.name: x for node in model.walk()})
    assert inputs["bidirectional1.forward.lstm1"] is x
    np.testing.assert_array_equal(inputs["bidirectional1.backward.lstm1"], x[:, ::-1])


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
    norms = {n.name for n in case.walk() if isinstance(n.layer, spec.BatchNorm | spec.LayerNorm)}
    assert set(sums) == norms | {node.name for node in case.walk() if node.layer.linear}
    for name, found in sums.items():
        if name not in norms:
            assert np.linalg.norm(trace["outputs"][name]) <= found["output"]
        for key in set(found) - {"output", "rows"}:
            assert np.linalg.norm(trace["d_parameters"][f"{name}.{key}"]) <= found[key]


def test_addends_of_a_normalisation_are_those_of_its_gradients() -> None:
    case = next(case for case in CASES if case.name == "batchnorm-over-sequence")
    sums, trace, given = summed(case)
    dy = np.abs(trace["d_outputs"]["batchnorm1"])
    x_hat = (given.x - given.x.mean(axis=(0, 1))) / np.sqrt(given.x.var(axis=(0, 1)) + 0.2)
    found = sums["batchnorm1"]
    assert found["gamma"] == pytest.approx(np.linalg.norm((dy * np.abs(x_hat)).sum(axis=(0, 1))))
    assert found["beta"] == pytest.approx(np.linalg.norm(dy.sum(axis=(0, 1))))
    assert found["rows"] == 7 * 4


def test_running_statistics_are_given_and_stand_in_the_trajectory() -> None:
    case = next(case for case in CASES if case.name == "batchnorm")
    given = example(case, 29)
    call: dict[str, Any] = {"model": case, "dtype": "float64", "device": "cpu", "x": given.x}
    call |= {"parameters": given.parameters, "state": given.state}
    gamma, beta = (given.parameters[f"batchnorm1.{name}"] for name in ("gamma", "beta"))
    mean, var = (given.state[f"batchnorm1.running_{name}"] for name in ("mean", "var"))
    wanted = gamma * (given.x - mean) / np.sqrt(var + 0.1) + beta
    np.testing.assert_allclose(runs.predicted("numpy", **call), wanted, rtol=1e-12)
    found = runs.trajectory("numpy", **call, y=given.y, optimizer=spec.SGD(0.1), steps=1)
    first = given.x[next(iter(batches(29, runs.BATCH_SIZE, 0, 0)))]
    np.testing.assert_allclose(
        found["parameters"]["1"]["batchnorm1.running_mean"],
        0.7 * mean + 0.3 * first.mean(axis=0),
        rtol=1e-12,
    )


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


def test_the_margin_is_that_of_the_nearest_unit() -> None:
    layers = (spec.Dense(2, bias=False), spec.ReLU())
    model = spec.Model("m", (1,), (*layers, spec.Residual(layers[1:])), spec.MeanSquaredError())
    weight = {"dense1.weight": np.array([[3.0, -4.0]])}
    x = np.array([[1.0], [-0.001]])
    # relu1 is given 3, -4, -0.003 and 0.004; the second one 3, 0.004 and exact zeros
    found = margin("numpy", model, weight, x)
    assert found == pytest.approx(0.003 / np.sqrt((9 + 16 + 9e-6 + 16e-6) / 4))
    assert found == margin("numpy", spec.Model("m", (1,), layers, model.loss), weight, x)
    smooth = spec.Model("m", (1,), (layers[0], spec.Tanh()), model.loss)
    assert margin("numpy", smooth, weight, x) == math.inf
