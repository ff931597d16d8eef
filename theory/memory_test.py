"""The equations of memory.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.data.sequences import BLANK
from brain.engine import Network, build
from theory.equations import Array, near, normal, same, slope

gradients = pytest.importorskip("rnn.gradients", reason="the folder rnn/ is not on this branch")
clipping = pytest.importorskip("rnn.clipping")
reading = pytest.importorskip("rnn.reading")
tasks = pytest.importorskip("rnn.tasks")
truncation = pytest.importorskip("rnn.truncation")

# N, T, D, H = 3, 6, 2, 5
X, Y = normal("x", 3, 6, 2), normal("y", 3, 1)


def network(layer: spec.Layer, time: int = 6, **options: Any) -> Network:
    """One recurrent layer and a Dense; biases and all random."""
    layers = (layer, spec.Dense(1))
    model = spec.Model("memory", (time, 2), layers, spec.MeanSquaredError())
    net = build(model, dtype="float64", **options)
    shapes = {name: array.shape for name, array in net.parameters().items()}
    net.load_parameters({name: normal(name, *shape) / 2 for name, shape in shapes.items()})
    return net


def walked(net: Network) -> tuple[list[Array], list[Array], Array]:
    """h_1 to h_T of an RNN by its page, the slopes there, and dh_T of each sample's own loss."""
    p = net.parameters()
    h, slopes = [np.zeros((3, 5))], []
    for t in range(6):
        a = X[:, t] @ p["rnn1.weight"] + h[-1] @ p["rnn1.recurrent_weight"] + p["rnn1.bias"]
        h.append(np.tanh(a))
        slopes.append(1 - h[-1] ** 2)
    error = h[-1] @ p["dense1.weight"] + p["dense1.bias"] - Y
    return h[1:], slopes, 2 * error @ p["dense1.weight"].T


def test_memory_1_a_product_of_jacobians() -> None:
    net = network(spec.RNN(5))
    (_, slopes, dh), p = walked(net), net.parameters()
    measured = gradients.over_time(net, X, Y)
    same(measured.end, np.linalg.norm(dh, axis=1))
    for n in range(3):
        product = np.eye(5)
        for t in range(5, -1, -1):
            back = dh[n] @ product  # dh_{t+1}, after T - t - 1 Jacobians
            dx = back * slopes[t][n] @ p["rnn1.weight"].T
            same(measured.inputs[n, t], np.linalg.norm(dx))
            product = product @ np.diag(slopes[t][n]) @ p["rnn1.recurrent_weight"].T


def test_memory_2_3_no_longer_than_the_singular_values_allow() -> None:
    for scale in (0.3, 1.0, 4.0):
        for layer in (spec.RNN(5), spec.RNN(5, activation="relu")):
            net = network(layer)
            values = net.parameters()
            values["rnn1.recurrent_weight"] *= scale
            net.load_parameters(values)
            found = gradients.over_time(net, X, Y)
            sigma = np.linalg.svd(values["rnn1.recurrent_weight"])[1][0]
            wide = np.linalg.svd(values["rnn1.weight"])[1][0]
            k = np.arange(6)[::-1]
            bound = gradients.at_most(net, found)
            same(bound, wide * sigma**k * found.end.mean())
            assert (found.mean <= bound * (1 + 1e-12)).all()


def test_memory_3_the_bound_is_reached_where_nothing_bends() -> None:
    """One ReLU unit that is always above 0: every slope is 1, and (3) an equality."""
    model = spec.Model(
        "one", (6, 1), (spec.RNN(1, activation="relu"), spec.Dense(1)), spec.MeanSquaredError()
    )
    net = build(model, dtype="float64")
    arrays: dict[str, Any] = {"weight": [[0.7]], "recurrent_weight": [[0.9]], "bias": [1.0]}
    dense: dict[str, Any] = {"dense1.weight": [[1.5]], "dense1.bias": [0.2]}
    net.load_parameters({f"rnn1.{name}": a for name, a in arrays.items()} | dense)
    found = gradients.over_time(net, np.abs(X[..., :1]), Y)
    same(found.mean, gradients.at_most(net, found))


@pytest.mark.parametrize(
    ("layer", "key", "name"),
    [(spec.LSTM(5), "cell", "f"), (spec.GRU(5), "hidden", "z")],
    ids=["lstm", "gru"],
)
def test_memory_4_5_the_way_that_gates_keep_open(layer: Any, key: str, name: str) -> None:
    """With U = 0 the gates do not depend on the state, and the product is the whole derivative."""
    net = network(layer)
    values = net.parameters()
    start = layer.short_name + "1"
    values[f"{start}.recurrent_weight"][...] = 0
    values |= {k: a * 0 for k, a in values.items() if k.endswith("recurrent_bias")}
    net.load_parameters(values)
    left = gradients.kept(net, X)  # (N, T, H)
    gate = reading.read(net, X).gates[name]
    for t in range(6):
        same(left[:, t], np.prod(gate[:, t + 1 :], axis=1))
        rest = 5 - t
        if not rest:
            continue
        tail = reading.resized(net, rest)

        def end(state: Array, tail: Network = tail, t: int = t) -> Any:
            given = {f"{start}.{key}": state}
            return np.sum(tail.predict(X[:, t + 1 :], carry=given, return_carry=True)[1][
                f"{start}.{key}"
            ])  # fmt: skip

        near(left[:, t], slope(end, normal("state", 3, 5)))


def test_memory_6_the_span_of_a_gate() -> None:
    for f in (0.5, 0.9, 1 / (1 + np.exp(-3.0))):
        same(f ** gradients.span(f), np.exp(-1.0))


def test_memory_7_no_gradient_into_the_window_before() -> None:
    """The weights move by the slope of the window's own loss, its first state held fixed."""
    window, rate = 3, 0.1
    layers = (spec.Embedding(4, 3), spec.GRU(5, return_sequences=True), spec.Dense(4))
    model = spec.Model("text", (window,), layers, spec.SoftmaxCrossEntropy())
    net = build(model, dtype="float64", optimizer=spec.SGD(rate))
    ids = np.array([0, 1, 2, 3, 1, 0, 2, 2, 1, 3, 0, 1, 3])  # two streams, two windows each
    given = list(truncation.windows_in_order(ids, 2, window))
    assert [x.shape for x, _ in given] == [(2, 3)] * 2
    before = net.parameters()
    steps = truncation.learn(net, ids, streams=2, epochs=1)
    state: Any = {}
    key = "gru1.recurrent_weight"
    for (x, y), _ in zip(given, steps, strict=True):
        held = build(model, dtype="float64")
        held.load_parameters(before)

        def loss(u: Array, x: Array = x, y: Array = y, state: Any = state, net: Any = held) -> Any:
            net.load_parameters({**net.parameters(), key: u})
            z = net.predict(x, carry=state)
            p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
            return -np.log(np.take_along_axis(p, y[..., None], axis=-1)).mean()

        near((before[key] - net.parameters()[key]) / rate, slope(loss, before[key]))
        held.load_parameters(before)
        _, state = held.predict(x, carry=state, return_carry=True)
        before = net.parameters()


def test_memory_8_no_step_is_longer_than_rate_times_clip() -> None:
    rate, lengths = 0.2, []
    for clip in (0.05, 1000.0):
        net = network(spec.RNN(5), optimizer=spec.SGD(rate, clip_norm=clip))
        for stride in clipping.learn(net, [(X, Y)] * 3):
            near(stride.moved, rate * min(stride.gradient, clip))
            lengths.append(stride.gradient > clip)
    assert lengths == [True] * 3 + [False] * 3


def test_memory_9_adding_without_a_memory() -> None:
    dataset = data.load("adding", n=40_000, length=4)
    assert tasks.without_memory(dataset) == pytest.approx(1 / 6)
    y = np.concatenate((dataset.y_train, dataset.y_test)).astype(np.float64)
    # (y - 1)^2 has a deviation of 0.197, its mean over 40,000 one of 0.001
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, abs=0.004)


def test_memory_10_copying_without_a_memory() -> None:
    dataset = data.load("copy", n=50, symbols=4, delay=9)
    steps = dataset.y_train.shape[1]
    asked = dataset.y_train != BLANK
    assert (asked.sum(axis=1) == 4).all()
    # certain of every blank, one in eight for a letter
    cost = np.where(asked, np.log(8), 0.0).mean()
    same(tasks.without_memory(dataset), cost)
    same(tasks.copying(4, steps), cost)
