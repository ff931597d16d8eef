"""How `neuron` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two inputs that can be followed by hand, then three and five."""
    ask(answer.neuron, np.array([1.0, 2.0]), np.array([0.5, -1.0]), 2.0)
    ask(answer.neuron, np.array([0.0, 0.0, 0.0]), np.array([3.0, 1.0, -2.0]), -1.0)
    draw = ask.draw.standard_normal
    ask(answer.neuron, draw(5), draw(5), 1 + draw() ** 2)


RETURN = "return sigmoid(z)"

exercise = Exercise(
    title="One neuron",
    page="theory/neural-network.md",
    hints=(
        "Three steps: multiply pair by pair, add all of it up with the bias, apply sigmoid once.",
        "z = sum of x_i w_i, plus b, then a = f(z): theory/neural-network.md (1), (2).",
        "z = the bias; for each input, add input times its weight to z; return sigmoid of z",
    ),
    mistakes=(
        Mistake("the bias is left out: add it to the sum", {" + bias": ""}),
        Mistake("the bias is subtracted: add it", {"+ bias": "- bias"}),
        Mistake("the sum is multiplied by the bias: add it", {"+ bias": "* bias"}),
        Mistake(
            "the activation is missing: hand the sum to sigmoid before you return it",
            {RETURN: "return z"},
        ),
        Mistake(
            "the bias comes too late: add it before the sigmoid, not after",
            {" + bias": "", RETURN: "return sigmoid(z) + bias"},
        ),
        Mistake(
            "the products are not added up, so that an array comes out: a neuron gives one number",
            {"np.dot(inputs, weights)": "inputs * weights"},
        ),
        Mistake(
            "the bias is added once for each input: add it a single time",
            {"+ bias": "+ len(inputs) * bias"},
        ),
        Mistake(
            "sigmoid is applied to each product: add all of them up first, then apply it once",
            {
                "np.dot(inputs, weights) + bias": "inputs * weights",
                RETURN: "return sum(sigmoid(z)) + bias",
            },
        ),
        Mistake(
            "the products are averaged: a neuron takes their sum",
            {"np.dot(inputs, weights)": "np.mean(inputs * weights)"},
        ),
        Mistake(
            "the inputs are added up without their weights: multiply each by its own first",
            {"np.dot(inputs, weights)": "np.sum(inputs)"},
        ),
        Mistake(
            "inputs and weights are added: multiply each input by its weight",
            {"np.dot(inputs, weights)": "np.sum(inputs + weights)"},
        ),
        Mistake(
            "only the last product is in your sum: does each turn of the loop add to z (+=)?",
            {"np.dot(inputs, weights)": "inputs[-1] * weights[-1]"},
        ),
        Mistake(
            "only the first product is in your sum: is the return inside the loop?",
            {"np.dot(inputs, weights)": "inputs[0] * weights[0]"},
        ),
        Mistake("sigmoid is applied twice: once is enough", {RETURN: "return sigmoid(sigmoid(z))"}),
        Mistake(
            "this neuron decides 0 or 1: return the sigmoid of the sum, which lies between",
            {RETURN: "return 1 if z > 0 else 0"},
        ),
        Mistake(
            "the sums of inputs and of weights are multiplied: multiply pair by pair, then add up",
            {"np.dot(inputs, weights)": "sum(inputs) * sum(weights)"},
        ),
    ),
    read_next="theory/neural-network.md, 'Forward': from one neuron to a layer; and "
    "scratch/neurons/neuron.py, where `Neuron.forward` does the same for a whole batch",
)
