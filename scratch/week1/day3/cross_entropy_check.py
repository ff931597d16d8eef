"""How `cross_entropy` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two rows by hand, any four rows, then probabilities of 0."""
    targets = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    ask(answer.cross_entropy, np.array([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]), targets)
    any_rows = ask.draw.dirichlet(np.ones(3), 4)
    ask(answer.cross_entropy, any_rows, np.eye(3)[ask.draw.integers(0, 3, 4)])
    ask(answer.cross_entropy, np.array([[0.5, 0.0, 0.5], [0.0, 0.0, 1.0]]), targets)
    ask(answer.cross_entropy, np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]), targets)


RETURN = "-np.sum(targets * np.log(p)) / len(predictions)"
PRODUCT = "targets * np.log(p)"

BINARY = "(targets * np.log(p) + (1 - targets) * np.log(np.maximum(1 - p, SMALLEST)))"

exercise = Exercise(
    title="Cross-entropy",
    page="theory/losses.md",
    hints=(
        "Of each row one logarithm counts, that of the right class; the targets pick it out.",
        "L = -(1/N) sum of log p of the right class: theory/logistic-regression.md (4), and "
        "theory/losses.md, 'Softmax cross-entropy', on why. np.log is the natural one.",
        "p is the predictions, none below SMALLEST; multiply targets and log of p, sum all of it, "
        "divide by the number of rows, change the sign",
    ),
    mistakes=(
        Mistake("the minus is missing: a loss is never negative", {"-np.sum": "np.sum"}),
        Mistake(
            "off by 1/N: summed instead of averaged over the samples", {" / len(predictions)": ""}
        ),
        Mistake(
            "divided by all N * K numbers (np.mean does that): the mean is over the N samples",
            {"len(predictions)": "predictions.size"},
        ),
        Mistake(
            "divided by the number of classes: the mean is over the samples, the rows",
            {"len(predictions)": "predictions.shape[1]"},
        ),
        Mistake(
            "log(0): let no prediction be below SMALLEST before you take the logarithm",
            {"np.maximum(predictions, SMALLEST)": "predictions"},
        ),
        Mistake("the logarithm is missing", {"np.log(p)": "p"}),
        Mistake(
            "this is the logarithm to base 2: np.log is the natural one", {"np.log(": "np.log2("}
        ),
        Mistake(
            "this is the logarithm to base 10: np.log is the natural one", {"np.log(": "np.log10("}
        ),
        Mistake(
            "these are the losses of the samples one by one: return their mean",
            {RETURN: "-np.sum(targets * np.log(p), axis=1)"},
        ),
        Mistake(
            "the targets are left out: only the right class's probability counts",
            {PRODUCT: "np.log(p)"},
        ),
        Mistake(
            "predictions and targets are exchanged: the logarithm is of the predictions",
            {PRODUCT: "p * np.log(np.maximum(targets, SMALLEST))"},
        ),
        Mistake(
            "this is binary cross-entropy, with (1 - t) log(1 - p) for the wrong classes: with "
            "softmax the right class alone counts",
            {PRODUCT: BINARY},
        ),
        Mistake(
            "this is the mean squared error: take -log of the right class's probability",
            {RETURN: "np.mean((predictions - targets) ** 2)"},
        ),
        Mistake(
            "the product of targets and logarithms is a matrix product here: multiply with *",
            {PRODUCT: "targets @ np.log(p).T"},
        ),
        Mistake(
            "the minus is missing, and the samples' losses are summed instead of averaged",
            {"-np.sum": "np.sum", " / len(predictions)": ""},
        ),
        Mistake(
            "summed instead of averaged over the samples; and log(0) is met, so use SMALLEST",
            {"np.maximum(predictions, SMALLEST)": "predictions", " / len(predictions)": ""},
        ),
        Mistake(
            "the minus is missing; and log(0) is met, so use SMALLEST",
            {"np.maximum(predictions, SMALLEST)": "predictions", "-np.sum": "np.sum"},
        ),
        Mistake(
            "the mean is over the N samples, not over all N * K numbers; and log(0) is met, so use "
            "SMALLEST",
            {
                "np.maximum(predictions, SMALLEST)": "predictions",
                "len(predictions)": "predictions.size",
            },
        ),
        Mistake(
            "the loss is infinite where the right class has the probability 0: use SMALLEST",
            {RETURN: "-np.mean(np.log(np.sum(targets * predictions, axis=1)))"},
        ),
        Mistake(
            "these are the means of the classes one by one: sum over the classes, too",
            {RETURN: "-np.mean(targets * np.log(p), axis=0)"},
        ),
        Mistake(
            "targets are one-hot rows here, not labels: they cannot be an index, but they multiply",
            {RETURN: "-np.mean(np.log(p[np.arange(len(p)), targets]))"},
        ),
        Mistake(
            "the predictions that were given are changed: make a new array",
            {
                "p = np.maximum(predictions, SMALLEST)": "p = predictions\n    "
                "p[p < SMALLEST] = SMALLEST"
            },
        ),
    ),
    read_next="DeepNotes on softmax and cross-entropy, https://deepnotes.io/softmax-crossentropy; "
    "scratch/losses.py: `softmax_cross_entropy`, from scores, so that no probability is ever 0",
)
