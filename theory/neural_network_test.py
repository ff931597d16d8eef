"""The equations of neural-network.md, held against the code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from scratch.neurons.neuron import Identity, Layer, NeuralNetwork, Neuron, ReLU, Sigmoid, Tanh
from theory.equations import Array, near, normal, same, sigma, slope

X, Y, DA = normal("nn x", 5, 3), normal("nn y", 5, 2), normal("nn da", 5)
W, B = normal("nn w", 3), 0.4


def neuron(w: Array = W, b: float = B, activation: Identity | None = None) -> Neuron:
    return Neuron(w, b, activation or Tanh())


def network() -> NeuralNetwork:
    net = NeuralNetwork((3, 4, 2), Tanh(), Sigmoid(), seed=1)
    arrays = {n: normal(f"nn {n}", *a.shape) for n, a in net.parameters().items()}
    net.load_parameters(arrays)
    return net


def passed_back() -> tuple[Neuron, Array]:
    one = neuron()
    one.forward(X)
    return one, one.backward(DA)


def test_neural_network_1_the_sum() -> None:
    z = [sum(x[i] * W[i] for i in range(3)) + B for x in X]
    same(neuron(activation=Identity()).forward(X), z)


BENDS: dict[type[Identity], Callable[[Array], Array]] = {
    Identity: lambda z: z,
    Sigmoid: sigma,
    Tanh: np.tanh,
    ReLU: lambda z: (z + np.abs(z)) / 2,
}


@pytest.mark.parametrize("activation", BENDS)
def test_neural_network_2_the_bend(activation: type[Identity]) -> None:
    same(neuron(activation=activation()).forward(X), BENDS[activation](X @ W + B))


def test_neural_network_3_the_chain() -> None:
    net = network()
    p = net.parameters()
    hidden = np.tanh(X @ p["dense1.weight"] + p["dense1.bias"])
    same(net.predict(X), sigma(hidden @ p["dense2.weight"] + p["dense2.bias"]))


def test_neural_network_4_the_loss() -> None:
    net = network()
    answers = net.predict(X)
    total = sum((answers[n, k] - Y[n, k]) ** 2 for n in range(5) for k in range(2))
    same(net.backward(X, Y), total / 10)


def test_neural_network_5_gradient_of_the_answers() -> None:
    net = NeuralNetwork((3, 2), Tanh(), Identity(), seed=1)
    net.backward(X, Y)  # with nothing to bend, dz is da, and db the sum of it
    da = 2 / 10 * (net.predict(X) - Y)
    same(net.gradients()["dense1.bias"], da.sum(axis=0))
    near(da, slope(lambda a: np.mean((a - Y) ** 2), net.predict(X)))


@pytest.mark.parametrize("activation", BENDS)
def test_neural_network_6_through_the_bend(activation: type[Identity]) -> None:
    one = Neuron(np.ones(1), 0.0, activation())
    z = np.array([-2.1, -0.6, 0.3, 1.4, 2.2])[:, None]  # the only input, with weight 1; not at 0
    one.forward(z)
    dz = one.backward(DA)  # (5, 1)
    near(dz, slope(lambda z: np.sum(DA * BENDS[activation](z[:, 0])), z))
    near(dz[:, 0] / DA, slope(lambda z: np.sum(BENDS[activation](z)), z[:, 0]))


def test_neural_network_7_gradient_of_the_weights() -> None:
    one, _ = passed_back()
    dz = DA * (1 - np.tanh(X @ W + B) ** 2)
    same(one.dw, [sum(X[n, i] * dz[n] for n in range(5)) for i in range(3)])
    near(one.dw, slope(lambda w: np.sum(DA * neuron(w=w).forward(X)), W))


def test_neural_network_8_gradient_of_the_bias() -> None:
    one, _ = passed_back()
    same(one.db, sum(DA * (1 - np.tanh(X @ W + B) ** 2)))
    near(one.db, slope(lambda b: np.sum(DA * neuron(b=float(b)).forward(X)), np.array(B)))


def test_neural_network_9_gradient_of_the_inputs() -> None:
    weights, da = normal("nn layer", 3, 4), normal("nn layer da", 5, 4)
    layer = Layer([Neuron(w, 0.1, Tanh()) for w in weights.T])
    layer.forward(X)
    dx = layer.backward(da)
    dz = da * (1 - np.tanh(X @ weights + 0.1) ** 2)
    same(dx, [[sum(d[j] * weights[i, j] for j in range(4)) for i in range(3)] for d in dz])
    near(dx, slope(lambda x: np.sum(da * layer.forward(x)), X))


def test_neural_network_10_a_step() -> None:
    net = network()
    net.backward(X, Y)
    before, gradients = net.parameters(), net.gradients()
    next(net.fit(X, Y, lr=0.3, steps=1))
    for name, array in net.parameters().items():
        same(array, before[name] - 0.3 * gradients[name])
