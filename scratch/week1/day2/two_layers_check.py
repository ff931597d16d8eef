"""How `two_layers` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The XOR network of day 1 at all four pairs; then 3 samples through 4, 5 and 2 numbers."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    W1, b1 = np.array([[10.0, -10.0], [10.0, -10.0]]), np.array([-5.0, 15.0])
    ask(answer.two_layers, X, W1, b1, np.array([[10.0], [10.0]]), np.array([-15.0]))
    draw = ask.draw.standard_normal
    ask(answer.two_layers, draw((3, 4)), draw((4, 5)), draw(5), draw((5, 2)), draw(2))


FIRST, SECOND = "sigmoid(dense(X, W1, b1))", "sigmoid(dense(A1, W2, b2))"

exercise = Exercise(
    title="Two layers",
    page="theory/neural-network.md",
    hints=(
        "Give what comes out of the first layer a name, then use it where X stood before.",
        "A_s = f_s(A_(s-1) W_s + b_s): theory/neural-network.md (3), here for s = 1 and 2.",
        "A1 is the sigmoid of the dense layer of X with W1 and b1; A2 is the sigmoid of the dense "
        "layer of A1 with W2 and b2; return A2",
    ),
    mistakes=(
        Mistake(
            "the first layer has no activation: without a sigmoid between them two layers are one",
            {FIRST: "dense(X, W1, b1)"},
        ),
        Mistake(
            "the last layer has no activation: A2 needs its sigmoid, too",
            {SECOND: "dense(A1, W2, b2)"},
        ),
        Mistake(
            "both activations are missing: each layer ends with a sigmoid",
            {FIRST: "dense(X, W1, b1)", SECOND: "dense(A1, W2, b2)"},
        ),
        Mistake(
            "sigmoid is applied to the inputs: it comes after each weighted sum, not before it",
            {FIRST: "dense(sigmoid(X), W1, b1)", SECOND: "dense(sigmoid(A1), W2, b2)"},
        ),
        Mistake("this is A1: send it through the second layer", {"return A2": "return A1"}),
        Mistake("the first bias is left out", {"dense(X, W1, b1)": "X @ W1"}),
        Mistake("the second bias is left out", {"dense(A1, W2, b2)": "A1 @ W2"}),
        Mistake(
            "both biases are left out",
            {"dense(X, W1, b1)": "X @ W1", "dense(A1, W2, b2)": "A1 @ W2"},
        ),
        Mistake(
            "shapes do not fit: the second layer's input is A1, with W2 and b2",
            {"dense(A1, W2, b2)": "dense(X, W2, b2)"},
        ),
        Mistake("sigmoid is applied twice: one for each layer", {SECOND: f"sigmoid({SECOND})"}),
        Mistake(
            "the two biases have changed places: b1 belongs to W1, b2 to W2",
            {"W1, b1": "W1, b2", "W2, b2": "W2, b1"},
        ),
        Mistake("A1 and A2 come back: return A2 alone", {"return A2": "return A1, A2"}),
    ),
    read_next="Nielsen, chapter 1, 'The architecture of neural networks': "
    "http://neuralnetworksanddeeplearning.com/chap1.html#the_architecture_of_neural_networks",
)
