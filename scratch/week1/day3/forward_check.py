"""How `forward` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two samples that can be followed by hand; then dummy data: 3 samples, 4, 5 and 2 numbers."""
    X, W1 = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    W2 = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 2.0]])
    b1, b2 = np.array([0.0, -0.5, 0.5]), np.array([0.5, -2.0])
    ask(answer.forward, X, W1, b1, W2, b2, np.array([[0.0, 1.0], [1.0, 0.0]]))
    draw = ask.draw.standard_normal
    targets = np.eye(2)[ask.draw.integers(0, 2, 3)]
    ask(answer.forward, draw((3, 4)), draw((4, 5)), draw(5), draw((5, 2)), draw(2), targets)


HIDDEN, OUTPUT = "relu(dense(X, W1, b1))", "softmax(dense(A1, W2, b2))"
RETURN = "return P, cross_entropy(P, targets)"

exercise = Exercise(
    title="Forward, to the loss",
    page="theory/neural-network.md",
    hints=(
        "It is two_layers with other activations, and one line more. Which belongs where?",
        "A_s = f_s(A_(s-1) W_s + b_s), with relu for f_1 and softmax for f_2: "
        "theory/neural-network.md (3); the loss is theory/logistic-regression.md (4).",
        "A1 is relu of the dense layer of X; P is softmax of the dense layer of A1; return P and "
        "the cross-entropy of P and the targets",
    ),
    mistakes=(
        Mistake(
            "the hidden layer has no activation: relu is missing", {HIDDEN: "dense(X, W1, b1)"}
        ),
        Mistake(
            "softmax is missing: the last layer's scores are no probabilities yet",
            {OUTPUT: "dense(A1, W2, b2)"},
        ),
        Mistake(
            "relu is applied to the scores before softmax: the last layer has softmax alone",
            {OUTPUT: "softmax(relu(dense(A1, W2, b2)))"},
        ),
        Mistake(
            "the last layer has relu in the place of softmax", {OUTPUT: "relu(dense(A1, W2, b2))"}
        ),
        Mistake(
            "the hidden layer has softmax in the place of relu",
            {HIDDEN: "softmax(dense(X, W1, b1))"},
        ),
        Mistake(
            "relu and softmax have changed places",
            {HIDDEN: "softmax(dense(X, W1, b1))", OUTPUT: "relu(dense(A1, W2, b2))"},
        ),
        Mistake(
            "relu is applied to the inputs: it comes after the first layer, on its pre-activations",
            {HIDDEN: "dense(relu(X), W1, b1)"},
        ),
        Mistake("the first bias is left out", {"dense(X, W1, b1)": "X @ W1"}),
        Mistake("the second bias is left out", {"dense(A1, W2, b2)": "A1 @ W2"}),
        Mistake(
            "both biases are left out",
            {"dense(X, W1, b1)": "X @ W1", "dense(A1, W2, b2)": "A1 @ W2"},
        ),
        Mistake(
            "the loss is taken of the scores: it needs the probabilities, behind softmax",
            {"cross_entropy(P, targets)": "cross_entropy(dense(A1, W2, b2), targets)"},
        ),
        Mistake(
            "softmax is taken twice: once is enough",
            {"cross_entropy(P,": "cross_entropy(softmax(P),"},
        ),
        Mistake(
            "predictions and targets are exchanged: cross_entropy takes the predictions first",
            {"cross_entropy(P, targets)": "cross_entropy(targets, P)"},
        ),
        Mistake(
            "the two are in the wrong order: return P first, then the loss",
            {RETURN: "return cross_entropy(P, targets), P"},
        ),
        Mistake("this is the loss alone: return P, too", {"return P, ": "return "}),
        Mistake("this is P alone: return the loss, too", {RETURN: "return P"}),
        Mistake(
            "shapes do not fit: the first layer takes X, W1 and b1, the second A1, W2 and b2",
            {"dense(A1, W2, b2)": "dense(X, W2, b2)"},
        ),
        Mistake(
            "these are the scores with the right loss: return the probabilities, behind softmax",
            {"return P, ": "return dense(A1, W2, b2), "},
        ),
    ),
    read_next="theory/neural-network.md, 'Backward': tomorrow it goes back through these lines",
)
