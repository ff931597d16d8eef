"""How `dense` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two samples, three features and four neurons by hand; then any 3, 4 and 5."""
    X = np.array([[1.0, 2.0, -1.0], [0.0, 1.0, 3.0]])
    W = np.array([[1.0, -1.0, 0.0, 2.0], [2.0, 0.5, 1.0, 0.0], [0.0, 3.0, -1.0, 1.0]])
    ask(answer.dense, X, W, np.array([0.5, -0.5, 10.0, 20.0]))
    draw = ask.draw.standard_normal
    ask(answer.dense, draw((3, 4)), draw((4, 5)), draw(5))


PRODUCT = "X @ W + b"

exercise = Exercise(
    title="A dense layer",
    page="theory/dense.md",
    hints=(
        "Write the shapes side by side: (N, D) and (D, H). Which product makes (N, H) of them?",
        "Z = X W + b: theory/dense.md (1). A matrix product in NumPy is @ or np.dot, and not *.",
        "return the matrix product of X and W, in this order, plus b",
    ),
    mistakes=(
        Mistake("the bias is left out: add b", {" + b": ""}),
        Mistake("the bias is subtracted: add it", {"+ b": "- b"}),
        Mistake(
            "the shapes do not fit: the product is X (N, D) @ W (D, H), in this order and neither "
            "transposed; then b is added as it is",
            {PRODUCT: "W @ X + b"},
        ),
        Mistake(
            "transposed: Z has a row for each sample and a column for each neuron",
            {PRODUCT: "(X @ W + b).T"},
        ),
        Mistake(
            "all biases are added up: each neuron has its own, and NumPy adds b to every row",
            {"+ b": "+ b.sum()"},
        ),
        Mistake("every neuron has the first one's bias: add the whole of b", {"+ b": "+ b[0]"}),
        Mistake(
            "only the first sample gets the bias: b is added to every row",
            {"return " + PRODUCT: "Z = X @ W\n    Z[0] += b\n    return Z"},
        ),
        Mistake(
            "the bias is added once for each feature: add it once, after the product",
            {"+ b": "+ X.shape[1] * b"},
        ),
        Mistake(
            "only the last feature counts: add up the products of all features (+=, or @)",
            {PRODUCT: "X[:, -1:] * W[-1:] + b"},
        ),
        Mistake("the product is multiplied by b: add it", {"+ b": "* b"}),
    ),
    read_next="scratch/dense.py: `dense` is this line; the way back, below it, is for day 4",
)
