"""How `one_hot` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Two labels, more samples than classes, and a batch in which the last class is missing."""
    ask(answer.one_hot, np.array([2, 0]), 3)
    ask(answer.one_hot, np.array([1, 3, 0, 1, 2, 3]), 4)
    ask(answer.one_hot, np.array([1, 0, 1]), 5)
    ask(answer.one_hot, ask.draw.integers(0, 6, 8), 7)


ROWS, SHAPE = "np.arange(len(labels))", "(len(labels), classes)"

exercise = Exercise(
    title="One-hot targets",
    page="theory/logistic-regression.md",
    hints=(
        "Begin with zeros in the right shape. Then one number in each row changes.",
        "These rows are T, 'a one at each row's class, else zeros', of "
        "theory/logistic-regression.md (6). Two lists, rows and columns, can index an array.",
        "make zeros with a row for each label and a column for each class; for each row number n "
        "and its label k, set the number at n, k to 1; return them",
    ),
    mistakes=(
        Mistake(
            "transposed: each row is a sample, each column a class",
            {"return targets": "return targets.T"},
        ),
        Mistake(
            "whole columns are 1: name the row of each label as well as its column",
            {ROWS: ":"},
        ),
        Mistake(
            "classes count from 0: label 0 is the first column",
            {", labels] = 1": ", labels - 1] = 1"},
        ),
        Mistake(
            "a column is missing where the last class does not occur: there are `classes` columns",
            {SHAPE: "(len(labels), labels.max() + 1)"},
        ),
        Mistake(
            "the label itself stands where a 1 should be",
            {"= 1": "= labels"},
        ),
        Mistake(
            "ones and zeros are exchanged: only the right class is 1",
            {"np.zeros": "np.ones", "= 1": "= 0"},
        ),
        Mistake(
            "all columns up to the label are 1: only the label's own is",
            {
                "targets[np.arange(len(labels)), labels] = 1": "targets[:] = "
                "np.arange(classes) <= labels[:, None]"
            },
        ),
        Mistake("nothing is set to 1: each row has a 1 at its label", {"= 1": "= 0"}),
        Mistake(
            "an index is out of its axis: the rows are numbered by samples, the columns by labels",
            {f"[{ROWS}, labels]": f"[labels, {ROWS}]"},
        ),
        Mistake(
            "only the first row gets its 1: is the return inside the loop?",
            {f"[{ROWS}, labels] = 1": "[0, labels[0]] = 1"},
        ),
        Mistake(
            "this is one row for the whole batch: each label needs a row of its own",
            {SHAPE: "classes", f"[{ROWS}, labels]": "[labels]"},
        ),
    ),
    read_next="theory/losses.md, 'Softmax cross-entropy', where a 1 at the right class picks one "
    "probability out of each row",
)
