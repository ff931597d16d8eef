"""How `neural_net` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake
from scratch.week1.networks import NAMES, arrays_of


def probe(answer, ask: Ask) -> None:
    """A new network, two that share nothing, then one with set weights: forward and two steps."""

    def new_network(inputs, hidden, outputs):
        network = answer.NeuralNetwork(inputs, hidden, outputs)
        return {"W1": network.W1.shape, "W2": network.W2.shape, "b1": network.b1, "b2": network.b2}

    def sizes_of_weights(inputs, hidden, outputs):
        network = answer.NeuralNetwork(inputs, hidden, outputs)
        # In steps of sqrt(2), so that chance makes no difference.
        return {W: np.round(2 * np.log2(getattr(network, W).std() + 1e-9)) for W in ("W1", "W2")}

    def two_networks(inputs, hidden, outputs):
        first = answer.NeuralNetwork(inputs, hidden, outputs)
        began = arrays_of(first)
        second = answer.NeuralNetwork(inputs, hidden, outputs)
        return {
            "their weights differ": bool(
                (first.W1 != second.W1).any() and (first.W2 != second.W2).any()
            ),
            "making the second leaves the first as it was": all(
                (began[W] == getattr(first, W)).all() for W in NAMES
            ),
        }

    def moves_of_another(X, y, learning_rate):
        first, second = (answer.NeuralNetwork(4, 5, 3) for _ in range(2))
        before = arrays_of(second)
        first.forward(X)
        first.backward(X, y, learning_rate)
        return {name: after - before[name] for name, after in arrays_of(second).items()}

    def after_backward(X, y, learning_rate):
        network.backward(X, y, learning_rate)
        return {name: getattr(network, name) for name in NAMES}

    ask(new_network, 4, 5, 3)
    ask(sizes_of_weights, 64, 512, 10)
    ask(two_networks, 4, 5, 3)
    X, y = ask.draw.standard_normal((6, 4)), np.eye(3)[ask.draw.integers(0, 3, 6)]
    ask(moves_of_another, X, y, 0.5)
    network = answer.NeuralNetwork(2, 3, 2)
    network.W1 = np.array([[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]])
    network.b1 = np.array([0.5, -0.5, 0.25])
    network.W2 = np.array([[1.0, -0.5], [0.5, 1.0], [-1.0, 0.5]])
    network.b2 = np.array([0.25, -0.25])
    X, y = np.array([[1.0, 2.0], [-1.0, 0.5], [2.0, 0.0]]), np.array([[1.0, 0], [0, 1], [0, 1]])
    ask(network.forward, X)
    ask(after_backward, X, y, 0.1)

    network = answer.NeuralNetwork(4, 5, 3)
    for name, shape in zip(NAMES, ((4, 5), (5,), (5, 3), (3,)), strict=True):
        setattr(network, name, ask.draw.standard_normal(shape))
    for n in (6, 7):
        X, y = ask.draw.standard_normal((n, 4)), np.eye(3)[ask.draw.integers(0, 3, n)]
        ask(network.forward, X)
        ask(after_backward, X, y, 0.5)


exercise = Exercise(
    title="The engine",
    page="theory/neural-network.md",
    hints=(
        "Forward is day 3's `forward` with three results kept; backward is day 4 from the last "
        "function to the first.",
        "(6) to (9) of theory/neural-network.md for each layer, the last one first; (10) is the "
        "step. Where it begins is (2) of theory/losses.md.",
        "backward: dZ2 from softmax_gradient; dW2, db2, dA1 from layer_gradient, with what the "
        "second layer was given; dZ1 from relu_gradient; dW1, db1 from layer_gradient, with X; "
        "four updates",
    ),
    mistakes=(
        Mistake(
            "the bias of the first layer is left out on the way forward",
            {"dense(X, self.W1, self.b1)": "X @ self.W1"},
        ),
        Mistake(
            "the bias of the second layer is left out on the way forward",
            {"dense(self.A1, self.W2, self.b2)": "self.A1 @ self.W2"},
        ),
        Mistake(
            "both biases are left out on the way forward",
            {
                "dense(X, self.W1, self.b1)": "X @ self.W1",
                "dense(self.A1, self.W2, self.b2)": "self.A1 @ self.W2",
            },
        ),
        Mistake(
            "the ReLU between the layers is missing: without it two layers are no more than one",
            {"self.A1 = relu(self.Z1)": "self.A1 = self.Z1"},
        ),
        Mistake(
            "forward returns Z2: the softmax is missing",
            {
                "return self.P\n": "return dense(self.A1, self.W2, self.b2)\n",
            },
        ),
        Mistake(
            "the gradient is not masked: dZ1 is dA1 only where Z1 was positive",
            {"relu_gradient(dA1, self.Z1)": "dA1"},
        ),
        Mistake(
            "summed instead of averaged: dZ2 is (P - y) / N",
            {"softmax_gradient(self.P, y)": "self.P - y"},
        ),
        Mistake(
            "divided by N twice: softmax_gradient does it, the layers need not",
            {"softmax_gradient(self.P, y)": "softmax_gradient(self.P, y) / len(X)"},
        ),
        Mistake(
            "the steps go uphill: subtract them, and let dZ2 be P - y, not y - P",
            {"softmax_gradient(self.P, y)": "-softmax_gradient(self.P, y)"},
        ),
        Mistake(
            "dA1 is made with a W2 that has moved already: all gradients first, then the updates",
            {
                "dZ1 = relu": "dA1 = dZ2 @ sgd_update(self.W2, dW2, learning_rate).T\n"
                "        dZ1 = relu"
            },
        ),
        Mistake(
            "divided by N twice: softmax_gradient does it, dW1 and dW2 need not",
            {
                "self.W1, dW1, learning_rate": "self.W1, dW1 / len(X), learning_rate",
                "self.W2, dW2, learning_rate": "self.W2, dW2 / len(X), learning_rate",
            },
        ),
        Mistake(
            "the mask is made from dA1: it is Z1 that says where the gate was open",
            {"relu_gradient(dA1, self.Z1)": "relu_gradient(dA1, dA1)"},
        ),
        Mistake(
            "the hidden units have a sigmoid for their activation: the task wants ReLU",
            {
                "relu(self.Z1)": "1 / (1 + np.exp(-self.Z1))",
                "relu_gradient(dA1, self.Z1)": "dA1 * self.A1 * (1 - self.A1)",
            },
        ),
        *(
            Mistake(
                f"{name} does not move: keep the result of its update in self.{name}",
                {f"self.{name} = sgd_update(self.{name}, d{name}, learning_rate)": "pass"},
            )
            for name in NAMES
        ),
        Mistake(
            "only the last layer learns: W1 and b1 need their steps, too",
            {
                "self.W1 = sgd_update(self.W1, dW1, learning_rate)": "pass",
                "self.b1 = sgd_update(self.b1, db1, learning_rate)": "pass",
            },
        ),
        Mistake(
            "the biases do not move: b1 and b2 need their steps, too",
            {
                "self.b1 = sgd_update(self.b1, db1, learning_rate)": "pass",
                "self.b2 = sgd_update(self.b2, db2, learning_rate)": "pass",
            },
        ),
        Mistake(
            "two networks begin with the same weights: draw anew for each, and set no seed",
            {"        self.W1 = he": "        np.random.seed(0)\n        self.W1 = he"},
        ),
        Mistake(
            "arrays are kept in the class, and so shared by all networks: keep all four in self",
            {
                "self.W1 = he": "NeuralNetwork.W1 = he",
                "self.b1 = np": "NeuralNetwork.b1 = np",
                "self.W2 = he": "NeuralNetwork.W2 = he",
                "self.b2 = np": "NeuralNetwork.b2 = np",
            },
        ),
        Mistake(
            "a step of one network moves all others: keep the arrays in self, not in the class",
            {
                "self.W1 = he": "NeuralNetwork.W1 = he",
                "self.b1 = np": "NeuralNetwork.b1 = np",
                "self.W2 = he": "NeuralNetwork.W2 = he",
                "self.b2 = np": "NeuralNetwork.b2 = np",
                "self.W1 = sgd": "NeuralNetwork.W1 = sgd",
                "self.b1 = sgd": "NeuralNetwork.b1 = sgd",
                "self.W2 = sgd": "NeuralNetwork.W2 = sgd",
                "self.b2 = sgd": "NeuralNetwork.b2 = sgd",
            },
        ),
        Mistake(
            "no weight moves: keep the results of the updates in self",
            {
                f"self.{name} = sgd_update(self.{name}, d{name}, learning_rate)": "pass"
                for name in NAMES
            },
        ),
        Mistake(
            "the weights are not scaled: use your he_initialisation for both",
            {
                "he_initialisation(input": "np.random.randn(input",
                "he_initialisation(hidden": "np.random.randn(hidden",
            },
        ),
        Mistake(
            "the weights are scaled by 0.01, whatever the size: use your he_initialisation",
            {
                "he_initialisation(input": "0.01 * np.random.randn(input",
                "he_initialisation(hidden": "0.01 * np.random.randn(hidden",
            },
        ),
        Mistake(
            "W1 has its rows and columns exchanged: its shape is (inputs, hidden units)",
            {"(input_size, hidden_size)": "(hidden_size, input_size)"},
        ),
        Mistake(
            "the biases have the shape (1, H): give them one axis, (H,) and (K,)",
            {
                "np.zeros(hidden_size)": "np.zeros((1, hidden_size))",
                "np.zeros(output_size)": "np.zeros((1, output_size))",
            },
        ),
        Mistake(
            "the biases begin with ones: let them begin with zeros",
            {
                "np.zeros(hidden_size)": "np.ones(hidden_size)",
                "np.zeros(output_size)": "np.ones(output_size)",
            },
        ),
        Mistake(
            "the biases begin at random: let them begin with zeros",
            {
                "np.zeros(hidden_size)": "np.full(hidden_size, np.random.randn())",
                "np.zeros(output_size)": "np.full(output_size, np.random.randn())",
            },
        ),
    ),
    read_next="CS231n's NumPy tutorial, https://cs231n.github.io/python-numpy-tutorial/; then "
    "scratch/neurons/neuron.py: the same network, neuron by neuron",
)
