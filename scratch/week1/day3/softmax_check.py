"""How `softmax` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Small scores, any scores, then scores whose exponentials are too large or too small."""
    ask(answer.softmax, np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    ask(answer.softmax, ask.draw.standard_normal((3, 4)))
    ask(answer.softmax, np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1000.0, -1002.0]]))


SHIFT, SUM = "z - z.max(axis=1, keepdims=True)", "e.sum(axis=1, keepdims=True)"

exercise = Exercise(
    title="Softmax, for any scores",
    page="theory/activations.md",
    hints=(
        "Three steps for each row: subtract its maximum, take exponentials, divide by their sum.",
        "y_k = e^(x_k) / sum of e^(x_j): theory/activations.md (19), and 'No overflow' below it. "
        "axis=1 goes along a row; keepdims=True keeps (N, 1), which fits (N, K).",
        "e is the exponential of z minus the maximum of each row, kept as a column; return e "
        "divided by the sum of each row of e, kept as a column",
    ),
    mistakes=(
        Mistake(
            "large scores overflow: subtract the maximum of each row before the exponential",
            {SHIFT: "z"},
        ),
        Mistake(
            "the largest number of the whole array is subtracted, and rows far below it underflow: "
            "subtract each row's own maximum",
            {SHIFT: "z - z.max()"},
        ),
        Mistake(
            "the sum goes over the whole array: each row has its own, and becomes 1 by itself",
            {SHIFT: "z - z.max()", SUM: "e.sum()"},
        ),
        Mistake(
            "the sum goes over the whole array, though the maxima are each row's own: sum by rows",
            {SUM: "e.sum()"},
        ),
        Mistake(
            "the wrong axis: columns have the sum 1 here, but each row is a sample (axis=1)",
            {
                "z.max(axis=1": "z.max(axis=0",
                "e.sum(axis=1": "e.sum(axis=0",
            },
        ),
        Mistake(
            "the maximum is each row's, but the sum each column's: both go along rows, axis=1",
            {"e.sum(axis=1": "e.sum(axis=0"},
        ),
        Mistake(
            "large scores overflow, and the sum goes over the whole array: work row by row",
            {SHIFT: "z", SUM: "e.sum()"},
        ),
        Mistake(
            "the exponentials are not divided by their sum, so the rows do not add up to 1",
            {"e / " + SUM: "e"},
        ),
        Mistake(
            "divide by the sum of the exponentials, not of the scores",
            {SUM: "(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)"},
        ),
        Mistake(
            "the shapes do not fit: a maximum or sum along axis 1 has the shape (N,); with "
            "keepdims=True it is (N, 1), which fits z",
            {SUM: "e.sum(axis=1)"},
        ),
        Mistake(
            "the exponential is missing: the scores themselves are divided by their sum",
            {f"np.exp({SHIFT})": "z"},
        ),
        Mistake(
            "each number is divided by the maximum: subtract it, a quotient changes the result",
            {"z - z.max": "z / z.max"},
        ),
        Mistake(
            "large scores overflow, and columns have the sum 1: subtract each row's maximum, and "
            "work along rows, axis=1",
            {SHIFT: "z", "e.sum(axis=1": "e.sum(axis=0"},
        ),
        Mistake(
            "this is the logarithm of softmax: return the probabilities themselves",
            {"e / " + SUM: "np.log(e / " + SUM + ")"},
        ),
        Mistake(
            "the maximum is subtracted above the line, but not in the sum below it",
            {SUM: "np.exp(z).sum(axis=1, keepdims=True)"},
        ),
        Mistake(
            "this is a sigmoid of each score, and rows do not add up to 1: divide by the row's sum",
            {"e / " + SUM: "1 / (1 + np.exp(-z))"},
        ),
        Mistake(
            "the scores that were given are changed (z -= ... does that): make a new array",
            {f"e = np.exp({SHIFT})": "z -= z.max(axis=1, keepdims=True)\n    e = np.exp(z)"},
        ),
    ),
    read_next="DeepNotes on softmax and cross-entropy, https://deepnotes.io/softmax-crossentropy",
)
