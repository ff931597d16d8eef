"""What is read of a network: its own states at any length, and the gates that make them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.examples import example
from brain.data import Vocabulary
from brain.engine import Network, build
from brain.testing.memory_suite import KINDS, Memory, models
from brain.testing.refusals import refusal
from rnn.gates import before
from rnn.reading import check_unit, ids_of, layer_input, read, recurrent_layer, resized

each_kind = pytest.mark.parametrize("layer", KINDS, ids=repr)


class TestMemory(Memory):
    """NumPy against itself: that the suite runs here, where no framework is."""

    engine = "numpy"


def network(model: spec.Model, **options: Any) -> Network:
    net = build(model, **{"dtype": "float64", **options})
    net.load_parameters(example(model).parameters)
    return net


@each_kind
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_gates_give_back_the_states(layer: Any, dtype: str) -> None:
    """The layer's own outputs, by its equations, from the gates that were read."""
    close: dict[str, Any] = (
        {"rtol": 1e-10, "atol": 1e-12} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    )
    for model in models(layer):
        net, given = network(model, dtype=dtype), example(model)
        reading = read(net, given.x)
        gates, h = reading.gates, reading.states
        if layer.kind == "LSTM":
            assert reading.cells is not None
            again = gates["o"] * np.tanh(reading.cells)  # theory/lstm.md (3)
            assert (reading.memory == np.tanh(reading.cells)).all()
        elif layer.kind == "GRU":
            again = (1 - gates["z"]) * gates["n"] + gates["z"] * before(h)  # theory/gru.md (3)
            assert reading.memory is h
        else:
            p = {k.rpartition(".")[2]: a for k, a in net.parameters().items()
                 if k.startswith(reading.layer + ".")}  # fmt: skip
            a = reading.inputs @ p["weight"] + before(h) @ p["recurrent_weight"] + p["bias"]
            again = np.tanh(a) if layer.activation == "tanh" else np.maximum(a, 0)
        np.testing.assert_allclose(again, h, **close)
        assert np.ptp(h) > 0.1


@each_kind
def test_states_are_those_of_the_whole_network(layer: Any) -> None:
    one, text, nest = models(layer)
    for model in (text, nest):
        net, given = network(model), example(model)
        outputs = net.trace(given.x).outputs
        for node in model.walk():
            if isinstance(node.layer, spec.Recurrent):
                states = read(net, given.x, node.name).states
                np.testing.assert_allclose(states, outputs[node.name], rtol=1e-12, atol=1e-14)
    net, given = network(one), example(one)  # which shows no state but its last
    last = read(net, given.x).states[:, -1]
    np.testing.assert_allclose(last, net.trace(given.x).outputs[recurrent_layer(one).name])


def test_the_twin_reads_from_the_end() -> None:
    both = spec.Bidirectional(spec.GRU(4, return_sequences=True))
    model = spec.Model("m", (6, 3), (spec.Dense(3), both), spec.MeanSquaredError())
    net, given = network(model), example(model)
    outputs = net.trace(given.x).outputs
    for place in ("forward", "backward"):
        name = f"bidirectional1.{place}.gru1"
        np.testing.assert_allclose(read(net, given.x, name).states, outputs[name], rtol=1e-12)
    turned = layer_input(model.nodes, outputs, given.x, "bidirectional1.backward.gru1")
    np.testing.assert_array_equal(turned, outputs["dense1"][:, ::-1])


def test_a_layer_in_a_chain_is_not_mistaken_for_the_tenth() -> None:
    layers = [spec.RNN(2, return_sequences=True)] * 11
    model = spec.Model("deep", (3, 2), tuple(layers), spec.MeanSquaredError())
    net, given = network(model), example(model)
    outputs = net.trace(given.x).outputs
    given_11 = layer_input(model.nodes, outputs, given.x, "rnn11")
    np.testing.assert_array_equal(given_11, outputs["rnn10"])
    np.testing.assert_array_equal(layer_input(model.nodes, outputs, given.x, "rnn1"), given.x)


def test_any_length_is_read_with_the_same_weights() -> None:
    _, model, _ = models(spec.LSTM(5))
    net = network(model)
    ids = np.random.default_rng(1).integers(0, 6, (1, 40))
    assert resized(net, 9) is net
    long = read(net, ids).states
    np.testing.assert_allclose(long[:, :9], read(net, ids[:, :9]).states, rtol=1e-12, atol=1e-14)
    norm = spec.Model("n", (5, 3), (spec.BatchNorm(), spec.GRU(4)), spec.MeanSquaredError())
    net = build(norm, dtype="float64")
    given = example(norm)
    net.train_step(given.x, given.y)
    assert {**resized(net, 7).state()}.keys() == net.state().keys()
    np.testing.assert_array_equal(
        resized(net, 7).state()["batchnorm1.running_mean"], net.state()["batchnorm1.running_mean"]
    )


def test_what_cannot_be_read_is_one_sentence() -> None:
    dense = build(spec.Model("mlp", (4,), (spec.Dense(3),), spec.MeanSquaredError()))
    said = refusal(lambda: read(dense, np.zeros((1, 4))))
    assert said == "mlp has no recurrent layer (RNN, LSTM, GRU), so it remembers nothing."
    _, model, _ = models(spec.LSTM(5))
    net, x = network(model), example(model).x
    said = refusal(lambda: read(net, x, "lstm3"))
    assert said.startswith("unknown recurrent layer 'lstm3'")
    assert "lstm1, lstm2" in said
    assert "unknown recurrent layer 'dense1'" in refusal(lambda: read(net, x, "dense1"))
    assert refusal(lambda: read(net, x[0])) == "text reads (N, T), not (9,)."
    for unit in (5, -1, True, "a"):
        said = refusal(lambda unit=unit: check_unit(5, unit, "lstm1"))  # type: ignore[misc]
        assert said == f"lstm1 has the cells 0 to 4, and no cell {unit!r}."
    assert check_unit(5, 4, "lstm1") == 4


def test_a_text_to_read_has_characters_that_the_model_saw() -> None:
    vocabulary = Vocabulary("\nabc")
    assert ids_of("cab\n", vocabulary).tolist() == [3, 1, 2, 0]
    said = refusal(lambda: ids_of("cab é z", vocabulary))
    assert said == "the model has never seen ' ' 'z' 'é': take it out of the text to be read."
    assert "nothing to read" in refusal(lambda: ids_of("", vocabulary))


def test_weights_that_depend_on_the_length_cannot_be_resized() -> None:
    layers = (spec.GRU(4, return_sequences=True), spec.Flatten(), spec.Dense(2))
    net = build(spec.Model("flat", (6, 3), layers, spec.MeanSquaredError()))
    assert "dense1.weight" in refusal(lambda: resized(net, 7))
