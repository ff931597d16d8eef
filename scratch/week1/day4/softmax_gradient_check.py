"""How `softmax_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two samples of three classes, then four of five."""
    predictions = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]])
    ask(answer.softmax_gradient, predictions, np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    predictions = ask.draw.dirichlet(np.ones(5), 4)
    ask(answer.softmax_gradient, predictions, np.eye(5)[ask.draw.integers(0, 5, 4)])


exercise = Exercise(
    title="The gradient of softmax with cross-entropy",
    page="theory/losses.md",
    hints=(
        "The numbers of a row sum to zero, and only at the right class is there a negative one.",
        "dz = (p - 1 at the right class) / M: equation (2) of theory/losses.md, M samples.",
        "predictions minus targets, over how many rows there are",
    ),
    mistakes=(
        Mistake(
            "summed instead of averaged: the loss is a mean over the samples, so divide by N",
            {" / samples": ""},
        ),
        Mistake(
            "the sign is reversed: a step against this would make the right class less likely",
            {"predictions - targets": "targets - predictions"},
        ),
        Mistake(
            "an array that is given is changed in place (-= does that): make a new one",
            {
                "return (predictions - targets) / samples": (
                    "predictions -= targets\n    return predictions / samples"
                )
            },
        ),
        Mistake(
            "divided by all numbers, N times K: the loss is a mean over the N samples alone",
            {"len(predictions)": "predictions.size"},
        ),
        Mistake(
            "divided by the number of classes, the columns: the mean is over the samples, the rows",
            {"len(predictions)": "predictions.shape[1]"},
        ),
        Mistake(
            "the mean is taken over everything: each number of Z has a slope, only divided by N",
            {"return (predictions - targets) / samples": "return (predictions - targets).mean()"},
        ),
        Mistake(
            "the samples are averaged away: each has its own row, only divided by N",
            {
                "return (predictions - targets) / samples": (
                    "return (predictions - targets).mean(axis=0)"
                )
            },
        ),
        Mistake(
            "p (1 - p) is the slope of a sigmoid: here the loss is in it, and P - Y is left",
            {"(predictions - targets) / samples": "predictions * (1 - predictions) / samples"},
        ),
        Mistake(
            "that is the slope along P, not along Z: the way through softmax is missing",
            {"(predictions - targets) / samples": "-targets / predictions / samples"},
        ),
        Mistake(
            "only the right class gets a gradient; the others were given too much, and get theirs",
            {"(predictions - targets)": "targets * (predictions - targets)"},
        ),
    ),
    read_next="theory/losses.md, 'Softmax cross-entropy': why nearly all cancels",
)
