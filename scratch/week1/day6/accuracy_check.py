"""How `accuracy` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


class Mirror:
    """Stands for a network: its probabilities are what it is given, the last column first."""

    def forward(self, X):
        return X[:, ::-1]

    def __repr__(self) -> str:
        return "mirror"


def probe(answer, ask: Ask) -> None:
    """Four samples of three classes, of which one is taken for another; then seven of five."""
    P = np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.25, 0.35, 0.4]])
    ask(answer.predict, Mirror(), P)
    ask(answer.accuracy, Mirror(), P, np.array([0, 2, 1, 1]))
    P = ask.draw.dirichlet(np.ones(5), 7)
    ask(answer.predict, Mirror(), P)
    for _ in range(3):
        ask(answer.accuracy, Mirror(), P, ask.draw.integers(0, 5, 7))
    ask(answer.accuracy, Mirror(), P, np.where(np.arange(7) < 5, 4 - P.argmax(axis=1), 9))


exercise = Exercise(
    title="Accuracy",
    page="theory/losses.md",
    hints=(
        "The place of the largest number in each row is the class.",
        "np.argmax(..., axis=1) looks along each row; the mean of True and False is a share. Why "
        "nobody trains on this share: theory/losses.md, 'What it is for', before (1).",
        "predict: the place of the maximum in each row of forward(X); accuracy: the mean of "
        "(prediction equals label)",
    ),
    mistakes=(
        Mistake(
            "the maximum is looked for down the columns, among samples: look along each row",
            {"axis=1": "axis=0"},
        ),
        Mistake(
            "that is one maximum of the whole table: look along each row, axis=1",
            {", axis=1": ""},
        ),
        Mistake(
            "those are the largest probabilities: their places are asked for, argmax",
            {"np.argmax": "np.max"},
        ),
        Mistake(
            "the classes are read from X: they come from what network.forward makes of it",
            {"network.forward(X)": "X"},
        ),
        Mistake(
            "divided by the number of columns: divide by how many samples there are",
            {
                "np.mean(predict(network, X) == labels)": (
                    "np.sum(predict(network, X) == labels) / X.shape[1]"
                )
            },
        ),
        Mistake("those are the least likely classes", {"np.argmax": "np.argmin"}),
        Mistake(
            "the right ones are counted: divide by how many samples there are",
            {"np.mean(": "np.sum("},
        ),
        Mistake(
            "that is the share of wrong predictions",
            {"predict(network, X) == labels": "predict(network, X) != labels"},
        ),
        Mistake(
            "that is a percentage: a share goes from 0 to 1",
            {"return np.mean(": "return 100 * np.mean("},
        ),
        Mistake(
            "that is True or False for each sample: take the mean",
            {"np.mean(predict(network, X) == labels)": "predict(network, X) == labels"},
        ),
        Mistake(
            "predict returns rows of 0 and 1: one number a sample is asked for, the class",
            {"np.argmax(network.forward(X), axis=1)": "np.round(network.forward(X))"},
        ),
    ),
    read_next="brain/scores.py: accuracy beside the other scores",
)
