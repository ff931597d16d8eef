"""How `perceptron` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake

ROWS = (
    ([1.0, 1.0], [2.0, 3.0], -4.0),  # 1
    ([1.0, 0.0], [2.0, 3.0], -4.0),  # -2
    ([1.0, 1.0], [-1.0, -1.0], 2.5),  # 0.5: with the bias for a threshold it would be 0
    ([1.0, 2.0], [0.25, 0.5], -1.0),  # 0.25: above 0, though below 0.5
    ([1.0, 0.0], [1.0, 1.0], 2.0),  # 3
    ([1.0, 1.0], [1.0, 1.0], -2.0),  # exactly 0
)


def probe(answer, ask: Ask) -> None:
    """Sums on both sides of 0 and at it, then any."""
    for inputs, weights, bias in ROWS:
        ask(answer.perceptron, np.array(inputs), np.array(weights), bias)
    draw = ask.draw.standard_normal
    for _ in range(5):
        ask(answer.perceptron, draw(4), draw(4), draw())


exercise = Exercise(
    title="The perceptron",
    page="theory/neural-network.md",
    hints=(
        "It is your neuron with another activation function: a step in the place of the sigmoid.",
        "z = sum of x_i w_i, plus b: theory/neural-network.md (1). The step: 1 if z > 0, else 0.",
        "compute z as in neuron; if z is greater than 0 return 1; otherwise return 0",
    ),
    mistakes=(
        Mistake("at a sum of exactly 0 the output is 0, not 1", {"z > 0": "z >= 0"}),
        Mistake("the bias is left out: add it to the sum", {" + bias": ""}),
        Mistake(
            "the bias is compared with or subtracted: add it to the sum, and compare with 0",
            {"+ bias": "- bias"},
        ),
        Mistake(
            "yes and no are exchanged: the output is 1 above 0",
            {"1 if z > 0 else 0": "0 if z > 0 else 1"},
        ),
        Mistake("'no' is 0 here, not -1", {"else 0": "else -1"}),
        Mistake(
            "this is the sum itself: return 1 where it is above 0, else 0",
            {"1 if z > 0 else 0": "z"},
        ),
        Mistake(
            "a perceptron decides at a sum of 0, not of 0.5 or so: the half belongs to the sigmoid",
            {"z > 0": "z > 0.5"},
        ),
        Mistake(
            "this is a sigmoid neuron: the output of a perceptron is 0 or 1, nothing between",
            {"1 if z > 0 else 0": "1 / (1 + np.exp(-z))"},
        ),
        Mistake(
            "np.sign gives -1 below 0: 'no' is 0 here",
            {"1 if z > 0 else 0": "np.sign(z)"},
        ),
        Mistake(
            "the products are not added up, so that an array comes out: decide on their sum",
            {
                "np.dot(inputs, weights)": "inputs * weights",
                "1 if z > 0 else 0": "np.where(z > 0, 1, 0)",
            },
        ),
        Mistake(
            "an if wants one number, not an array: add the products up before you compare",
            {"np.dot(inputs, weights)": "inputs * weights"},
        ),
    ),
    read_next="F. Rosenblatt, 'The perceptron', Psychological Review 65 (1958); shorter: Nielsen, "
    "chapter 1, http://neuralnetworksanddeeplearning.com/chap1.html#perceptrons",
)
