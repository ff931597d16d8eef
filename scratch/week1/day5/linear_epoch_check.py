"""How `linear_epoch` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """One batch, then two, then an epoch whose last batch is short."""
    first = (np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]), np.array([1.0, 2.0, 0.0]))
    second = (np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([-1.0, 3.0]))
    w = np.array([0.5, -0.5])
    ask(answer.linear_epoch, [first], w, 1.0, 0.1)
    ask(answer.linear_epoch, [first, second], w, 1.0, 0.1)
    sizes = (4, 4, 1)
    batches = [(ask.draw.standard_normal((n, 3)), ask.draw.standard_normal(n)) for n in sizes]
    ask(answer.linear_epoch, batches, ask.draw.standard_normal(3), 0.3, 0.05)


exercise = Exercise(
    title="An epoch of a linear model",
    page="theory/linear-regression.md",
    hints=(
        "The errors first: loss, dw and db are all made from them. Steps come last.",
        "dw = (2 / n) X^T errors, db = (2 / n) times the sum of the errors: (3) and (4) of "
        "theory/linear-regression.md, n being the samples of this batch; the step is (10).",
        "errors are X times w plus b minus y; note the mean of their squares; work out dw and db; "
        "then update w with dw, and b with db",
    ),
    mistakes=(
        Mistake(
            "the 2 is missing: a square's slope is twice what is squared",
            {"dw = 2 / len(X)": "dw = 1 / len(X)", "db = 2 / len(X)": "db = 1 / len(X)"},
        ),
        Mistake(
            "summed instead of averaged: divide both gradients by the samples of the batch",
            {"dw = 2 / len(X)": "dw = 2", "db = 2 / len(X)": "db = 2"},
        ),
        Mistake(
            "dw is divided by all numbers of X: divide by the samples of the batch, its rows",
            {"dw = 2 / len(X)": "dw = 2 / X.size"},
        ),
        Mistake(
            "divided by the samples of the whole epoch: each batch has a mean of its own",
            {
                "dw = 2 / len(X)": "dw = 2 / sum(len(t) for _, t in batches)",
                "db = 2 / len(X)": "db = 2 / sum(len(t) for _, t in batches)",
            },
        ),
        Mistake(
            "every batch looks from where the epoch began: go on from where the last step led",
            {
                "errors = X @ w + b - y": "start = start if losses else (w, b)\n"
                "        errors = X @ start[0] + start[1] - y"
            },
        ),
        Mistake(
            "it returns after the first batch: the return belongs behind the loop",
            {
                "b = sgd_update(b, db, learning_rate)": (
                    "return w, sgd_update(b, db, learning_rate), losses"
                )
            },
        ),
        Mistake(
            "b stays where it is: it takes a step, too",
            {"b = sgd_update(b, db, learning_rate)": "pass"},
        ),
        Mistake(
            "db is worked out after w has moved: take both gradients first, then both steps",
            {
                "db = 2 / len(X) * np.sum(errors)\n        w = sgd_update(w, dw, learning_rate)": (
                    "w = sgd_update(w, dw, learning_rate)\n"
                    "        db = 2 / len(X) * np.sum(X @ w + b - y)"
                )
            },
        ),
        Mistake(
            "the errors have the wrong sign, y - (X w + b): the steps go uphill",
            {"X @ w + b - y": "y - X @ w - b"},
        ),
        Mistake(
            "the bias is left out of the errors: they are X w + b - y",
            {"X @ w + b - y": "X @ w - y"},
        ),
        Mistake(
            "the loss is noted after the step: note it before",
            {
                "losses.append(np.mean(errors**2))\n": "\n",
                "b = sgd_update(b, db, learning_rate)": (
                    "b = sgd_update(b, db, learning_rate)\n"
                    "        losses.append(np.mean((X @ w + b - y) ** 2))"
                ),
            },
        ),
        Mistake(
            "the loss is half of what it should be: the mean of the squares, with no 1/2",
            {"np.mean(errors**2)": "np.mean(errors**2) / 2"},
        ),
        Mistake(
            "loss and slopes are those of half the mean square: the loss here has no 1/2, so the "
            "slopes have a 2",
            {
                "np.mean(errors**2)": "np.mean(errors**2) / 2",
                "dw = 2 / len(X)": "dw = 1 / len(X)",
                "db = 2 / len(X)": "db = 1 / len(X)",
            },
        ),
        Mistake(
            "the loss is summed over the batch: take the mean of the squared errors",
            {"np.mean(errors**2)": "np.sum(errors**2)"},
        ),
        Mistake(
            "w is changed in place, and with it the caller's array: let the update make a new one",
            {"w = sgd_update(w, dw, learning_rate)": "w -= learning_rate * dw"},
        ),
        Mistake(
            "db is 2 / n times the sum of all errors; yours is divided by n once more",
            {"np.sum(errors)": "np.mean(errors)"},
        ),
    ),
    read_next="theory/linear-regression.md, 'Gradient descent': how large the rate may be",
)
