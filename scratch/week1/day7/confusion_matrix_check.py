"""How `confusion_matrix` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Three classes; then four, of which one does not occur; then pairs that occur repeatedly."""
    ask(answer.confusion_matrix, np.array([0, 1, 2, 2, 2]), np.array([0, 2, 2, 1, 1]), 3)
    ask(answer.confusion_matrix, np.array([0, 2, 1, 1]), np.array([1, 2, 1, 0]), 4)
    labels = ask.draw.integers(0, 4, 30)
    predictions = np.where(ask.draw.random(30) < 0.5, labels, ask.draw.integers(0, 4, 30))
    ask(answer.confusion_matrix, labels, predictions, 4)


exercise = Exercise(
    title="The confusion matrix",
    page="theory/losses.md",
    hints=(
        "Walk through the samples; each one adds 1 somewhere. Where?",
        "table[label, prediction] grows by one for each sample: rows are what is right, columns "
        "predictions. The diagonal's share is the accuracy that theory/losses.md begins with.",
        "for each label with its prediction: add one to the table in the label's row and the "
        "prediction's column",
    ),
    mistakes=(
        Mistake(
            "the table has too few rows and columns: one for each of the `classes`, even for a "
            "class that does not occur",
            {
                "    for label": "    classes = max(labels.max(), predictions.max()) + 1\n"
                "    table = np.zeros((classes, classes), dtype=int)\n"
                "    for label"
            },
        ),
        Mistake(
            "transposed: the rows are the right classes, the columns the predicted ones",
            {"[label, prediction]": "[prediction, label]"},
        ),
        Mistake(
            "a pair that occurs twice counts once: add 1 for each sample by itself, since NumPy's "
            "table[labels, predictions] += 1 adds to each place one time only",
            {"+= 1": "= 1"},
        ),
        Mistake(
            "those are shares of each row: counts are asked for",
            {
                "table[label, prediction] += 1": (
                    "table[label, prediction] += 1\n"
                    "    table = table / table.sum(axis=1, keepdims=True).clip(1)"
                )
            },
        ),
        Mistake(
            "only the right predictions are counted: the wrong ones belong beside the diagonal",
            {"+= 1": "+= label == prediction"},
        ),
        Mistake(
            "only the wrong predictions are counted: the right ones belong on the diagonal",
            {"+= 1": "+= label != prediction"},
        ),
    ),
    read_next="scratch/classic/measure.py: precision and recall, read from such a table",
)
