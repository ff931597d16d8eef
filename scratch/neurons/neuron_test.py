"""The network of neurons: equal to the engine, right by central differences, and it learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.engine import build
from brain.randomness import generator
from brain.testing.refusals import refusal
from scratch.neurons.neuron import Identity, Layer, NeuralNetwork, Neuron, ReLU, Sigmoid, Tanh

KINDS = {Identity: spec.Identity, Sigmoid: spec.Sigmoid, Tanh: spec.Tanh, ReLU: spec.ReLU}
SIZES = (3, 5, 4, 2)
X = generator(0, "neurons x").standard_normal((7, 3))
Y = generator(0, "neurons y").standard_normal((7, 2))
# Both compute the same sums in float64, in another order: some roundings of 1e-16, of numbers
# near 1, which ten small steps hardly enlarge.
ROUNDING = 1e-12

each_hidden = pytest.mark.parametrize("hidden", KINDS, ids=lambda kind: kind.__name__)
each_output = pytest.mark.parametrize("output", KINDS, ids=lambda kind: kind.__name__)


def made(hidden: type[Identity] = Tanh, output: type[Identity] = Identity) -> NeuralNetwork:
    net = NeuralNetwork(SIZES, hidden(), output(), seed=3)
    bias = generator(0, "neurons bias")
    shaken = {name: w + 0.1 * bias.standard_normal(w.shape) for name, w in net.parameters().items()}
    net.load_parameters(shaken)  # biases too: at 0 some mistakes do not show
    return net


@each_hidden
@each_output
def test_it_is_the_engine(hidden: type[Identity], output: type[Identity]) -> None:
    net = made(hidden, output)
    layers: list[spec.Layer] = []
    for units, kind in zip(SIZES[1:], (hidden, hidden, output), strict=True):
        layers += [spec.Dense(units), KINDS[kind]()]
    model = spec.Model("neurons", (3,), tuple(layers), spec.MeanSquaredError())
    engine = build(model, "numpy", dtype="float64", optimizer=spec.SGD(0.1))
    engine.load_parameters(net.parameters())

    close(net.predict(X), engine.predict(X))
    loss, gradients = engine.loss_and_gradients(X, Y)
    close(net.backward(X, Y), loss)
    all_close(net.gradients(), gradients)
    for tick in net.fit(X, Y, lr=0.1, steps=10):
        close(tick.loss, float(engine.train_step(X, Y)))
    all_close(net.parameters(), engine.parameters())


@each_hidden
@each_output
def test_its_gradients_are_slopes(hidden: type[Identity], output: type[Identity]) -> None:
    net = made(hidden, output)
    net.backward(X, Y)
    wanted, start, h = net.gradients(), net.parameters(), 1e-5
    for name, array in start.items():
        for place in np.ndindex(array.shape):
            losses = []
            for way in (h, -h):
                moved = {n: a.copy() for n, a in start.items()}
                moved[name][place] += way
                net.load_parameters(moved)
                losses.append(net.backward(X, Y))
            assert wanted[name][place] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-9)


def test_one_neuron_by_hand() -> None:
    neuron = Neuron(np.array([1.0, 2.0]), -1.0, ReLU())
    x = np.array([[3.0, 1.0], [0.0, 0.0]])
    assert neuron.forward(x).tolist() == [4, 0]  # 3 + 2 - 1, and -1 is cut off
    assert neuron.backward(np.array([0.5, 7.0])).tolist() == [[0.5, 1], [0, 0]]
    assert (neuron.dw.tolist(), neuron.db) == ([1.5, 0.5], 0.5)
    neuron.descend(2.0)
    assert (neuron.w.tolist(), neuron.b) == ([-2, 1], -2)


def test_a_layer_adds_up_what_its_neurons_say_of_an_input() -> None:
    layer = Layer([Neuron(np.array([1.0, 2.0]), 0, Identity()), Neuron(np.ones(2), 0, Identity())])
    assert layer.forward(np.array([[1.0, 1.0]])).tolist() == [[3, 2]]
    assert layer.backward(np.array([[10.0, 1.0]])).tolist() == [[11, 21]]


def solved(gate: str, seed: int) -> bool:
    """Whether 2-2-1 ends with all four answers within 0.1."""
    x, y = data.load(gate).x_train, data.load(gate).y_train
    net = NeuralNetwork((2, 2, 1), Tanh(), Identity(), seed=seed)
    for tick in net.fit(x, y, lr=0.5, steps=2000):
        if tick.loss < 2e-3:  # the worst answer is off by the root of four times that, 0.09
            break
    return bool(np.abs(net.predict(x)[:, 0] - y).max() < 0.1)


def test_and_is_learned_from_every_seed() -> None:
    assert all(solved("and", seed) for seed in range(100))


def test_xor_is_learned_as_often_as_the_page_says() -> None:
    stuck = [seed for seed in range(100) if not solved("xor", seed)]
    assert len(stuck) == 3  # 97 without a restart, where 90 are asked for
    for seed in stuck:  # and all 100 with up to five
        assert any(solved("xor", seed + 1000 * count) for count in range(1, 6))


def test_one_neuron_learns_and_from_every_seed() -> None:
    gate = data.load("and")
    for seed in range(100):
        net = NeuralNetwork((2, 1), Identity(), Sigmoid(), seed=seed)
        for _ in net.fit(gate.x_train, gate.y_train, lr=5.0, steps=100):
            pass
        assert ((net.predict(gate.x_train)[:, 0] > 0.5) == gate.y_train).all(), seed


def test_one_neuron_answers_xor_with_a_half() -> None:
    gate = data.load("xor")
    for seed in range(5):
        net = NeuralNetwork((2, 1), Identity(), Identity(), seed=seed)
        for _ in net.fit(gate.x_train, gate.y_train, lr=0.5, steps=500):
            pass
        np.testing.assert_allclose(net.predict(gate.x_train), 0.5, atol=1e-6)


def test_a_seed_draws_the_same_and_another_seed_does_not() -> None:
    one, again, other = (NeuralNetwork(SIZES, Tanh(), Identity(), seed=s) for s in (1, 1, 2))
    same = {n: np.array_equal(a, again.parameters()[n]) for n, a in one.parameters().items()}
    assert all(same.values())
    assert not np.array_equal(one.predict(X), other.predict(X))
    weights = np.concatenate([n.w for layer in one.layers for n in layer.neurons])
    assert 0.3 < np.abs(weights).max() < 0.5
    assert not any(n.b for layer in one.layers for n in layer.neurons)


def test_the_loss_falls_as_the_ticks_come() -> None:
    net = made()
    ticks = list(net.fit(X, Y, lr=0.1, steps=20))
    assert [tick.step for tick in ticks] == list(range(1, 21))
    assert {tick.steps for tick in ticks} == {20}
    losses = [tick.loss for tick in ticks]
    assert losses == sorted(losses, reverse=True)


def test_what_is_loaded_is_a_copy() -> None:
    net = made()
    arrays = net.parameters()
    for array in arrays.values():
        array += 1
    net.load_parameters(arrays)
    answers = net.predict(X)
    for array in arrays.values():
        array += 1
    np.testing.assert_array_equal(net.predict(X), answers)


def test_what_does_not_fit_is_a_sentence() -> None:
    net = made()
    assert "sizes must be two numbers" in refusal(lambda: NeuralNetwork((2,), Tanh(), Tanh()))
    assert "x has shape (7, 2); wanted (N, 3)" in refusal(lambda: net.predict(X[:, :2]))
    assert "x has shape (0, 3)" in refusal(lambda: net.predict(X[:0]))
    assert "y has shape (7,); wanted (N, 2)" in refusal(lambda: net.backward(X, Y[:, 0]))
    assert "y holds 6 targets, but x holds 7" in refusal(lambda: net.backward(X, Y[:6]))
    assert "NaN" in refusal(lambda: net.predict(np.full((7, 3), np.nan)))
    assert "x holds <U" in refusal(lambda: net.predict([["a", "b", "c"]]))
    assert "unknown parameter 'dense9.bias'" in refusal(
        lambda: net.load_parameters({"dense9.bias": [0.0]})
    )


@pytest.mark.parametrize(
    ("option", "bad"),
    [
        *(("sizes", sizes) for sizes in ((2, 0, 1), (2, 2.5, 1), ("a", "b"), (2, None))),
        *(("reach", reach) for reach in (np.nan, -0.5, np.inf, "x")),
        *(("seed", seed) for seed in (-1, 0.5, 2**64)),
    ],
)
def test_what_no_network_can_be_made_of_is_a_sentence(option: str, bad: Any) -> None:
    options: dict[str, Any] = {"sizes": (2, 2, 1), option: bad}
    assert option in refusal(lambda: NeuralNetwork(hidden=Tanh(), output=Tanh(), **options))


@pytest.mark.parametrize(
    ("option", "bad"),
    [*(("lr", lr) for lr in (np.nan, -1.0, 1e308, "x")), ("steps", 1.5), ("steps", -1)],
)
def test_what_cannot_be_trained_with_is_a_sentence(option: str, bad: Any) -> None:
    options: dict[str, Any] = {"lr": 0.1, "steps": 3, option: bad}
    assert refusal(lambda: list(made().fit(X, Y, **options))).startswith(f"{option} must be")


def test_a_training_that_diverges_says_so() -> None:
    net = NeuralNetwork(SIZES, ReLU(), Identity())
    said = refusal(lambda: list(net.fit(X, Y, lr=1e6, steps=50)))
    assert "take a smaller lr than 1e+06" in said


def test_weights_that_are_not_finite_after_the_last_step_are_told() -> None:
    net = NeuralNetwork((1, 1), Tanh(), Identity())
    said = refusal(lambda: list(net.fit([1e150], [1e150], lr=1e9, steps=1)))
    assert "weights that are not finite" in said


def close(a: Any, b: Any) -> None:
    np.testing.assert_allclose(a, b, rtol=ROUNDING, atol=ROUNDING)


def all_close(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    assert list(a) == list(b)
    for name, array in a.items():
        close(array, b[name])
