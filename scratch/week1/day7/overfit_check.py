"""How `overfit` is checked: by digits whose labels the answer's process never reads."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake
from scratch.week1.digits import held_out_labels, samples

FORM = "return two things: the network, and the number of digits that it was trained on"
FEW = "it was trained on fewer than 10 digits: some class has none"
SMALL = "it has fewer than 64 hidden units: give it room to remember"
OWN = (
    "it does not read all of its own digits: train it longer; or is `count` not the number that it "
    "was trained on?"
)
GENERAL = "it reads {:.0%} of the digits that it never saw: that is no overfitting, give it fewer"
BLIND = "it reads next to none of the others: give it a few more digits, of each class"


def probe(answer, ask: Ask) -> None:
    """What the network reads in its own digits, and in others."""
    X, labels, held_out = samples()
    networks = []

    def count_of_overfit(X, labels):
        network, count = answer.overfit(X, labels)
        networks.append(network)
        return count

    count = ask(count_of_overfit, X, labels)
    ask.note("the shape of W1", np.shape(networks[0].W1))
    ask.note("what it reads in its own digits", np.argmax(networks[0].forward(X[:count]), axis=1))
    ask.note("what it reads in others", np.argmax(networks[0].forward(held_out), axis=1))


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the network, if anything is."""
    count, shape, own, others = (answer.value for answer in answers)
    if not isinstance(count, int) or len(shape) != 2:
        return FORM
    if count < 10:
        return FEW
    if shape[1] < 64:
        return SMALL
    learned = float(np.mean(own == samples()[1][:count]))
    share = float(np.mean(others == held_out_labels()))
    if share > 0.8:
        return GENERAL.format(share)
    if learned < 1:
        return OWN
    return BLIND if share < 0.2 else None


exercise = Exercise(
    title="Overfitting on purpose",
    page="theory/dropout.md",
    hints=(
        "How many digits must it see? Try 300, 100, 30, and look at both shares.",
        "Your train_digits with X[:count] and one_hot(labels[:count], 10). That a large network "
        "can know its samples by heart is where theory/dropout.md begins.",
        "choose a small count; train on the first count digits, with a hundred units and a few "
        "hundred epochs; return the network and count",
    ),
    mistakes=(
        Mistake(FEW, {"count = 20": "count = 5"}),
        Mistake(SMALL, {"10), 100, 300": "10), 16, 300"}),
        Mistake(
            OWN,
            {"return network, count": "return network, 300"},
        ),
        Mistake(FORM, {"return network, count": "return network, [count]"}),
        Mistake(
            "two things are to be returned: the network and the count",
            {"return network, count": "return network"},
        ),
    ),
    judge=judge,
    read_next="scratch/experiments/regularisation.py: what helps against it",
)
