"""How `overfit` is checked: by digits whose labels the answer's process never reads."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake
from scratch.week1.digits import held_out_labels, samples
from scratch.week1.networks import watch_steps

FORM = "return two things: the network, and the number of digits that it was trained on"
FEW = "it was trained on fewer than 10 digits: some class has none"
SMALL = "it has fewer than 64 hidden units: give it room to remember"
OWN = "it does not read all of its own digits: train it longer, or at another learning rate"
COUNTED = (
    "it was trained on {} different digits, and they are not the first {} of X: that is what your "
    "`count` says"
)
UNSEEN = "its training was not seen: let your train_digits make and train the network"
GENERAL = (
    "it reads more than 80 % of the digits that it never saw: that is no overfitting, give it fewer"
)
BLIND = "it reads next to none of the others: give it a few more digits, of each class"


given = samples


def probe(answer, ask: Ask) -> None:
    """What the network was trained on, what it reads in those digits, and in others."""
    X, labels, held_out = ask.given
    networks = []
    seen: dict[int, tuple[object, set[bytes]]] = {}  # the networks, too: an id is used again

    def see(network, rows):
        seen.setdefault(id(network), (network, set()))[1].update(row.tobytes() for row in rows)

    def count_of_overfit(X, labels):
        network, count = answer.overfit(X, labels)
        networks.append(network)
        return count

    watch_steps(see)
    count = ask(count_of_overfit, X, labels)
    rows = seen.get(id(networks[0]), (None, set()))[1]
    ask.note("where the digits are that it was trained on", [row.tobytes() in rows for row in X])
    ask.note("how many different rows it was trained on", len(rows))
    if not isinstance(count, int | np.integer):
        count = 0
    ask.note("the shape of W1", np.shape(networks[0].W1))
    ask.note("what it reads in its own digits", np.argmax(networks[0].forward(X[:count]), axis=1))
    ask.note("what it reads in others", np.argmax(networks[0].forward(held_out), axis=1))


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the network, if anything is."""
    count, seen, rows, shape, own, others = (answer.value for answer in answers)
    if type(count) is not int or len(shape) != 2:
        return FORM
    if rows == 0:
        return UNSEEN
    X, labels, _ = samples()
    own_rows = {row.tobytes() for row in X[:count]}
    if seen != [row.tobytes() in own_rows for row in X] or rows != len(own_rows):
        return COUNTED.format(rows, count)
    if count < 10:
        return FEW
    if shape[1] < 64:
        return SMALL
    learned = float(np.mean(own == labels[:count]))
    share = float(np.mean(others == held_out_labels()))
    if share > 0.8:
        return GENERAL
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
        Mistake(OWN, {"100, 300, 0.5": "100, 3, 0.5"}),
        Mistake(COUNTED.format(20, 300), {"return network, count": "return network, 300"}),
        Mistake(COUNTED.format(20, 15), {"return network, count": "return network, 15"}),
        Mistake(
            COUNTED.format(20, 20),
            {"X[:count], one_hot(labels[:count], 10)": "X[-count:], one_hot(labels[-count:], 10)"},
        ),
        Mistake(GENERAL, {"count = 20": "count = 300"}),
        Mistake(FORM, {"return network, count": "return network, [count]"}),
        Mistake(
            "two things are to be returned: the network and the count",
            {"return network, count": "return network"},
        ),
    ),
    judge=judge,
    read_next="scratch/experiments/regularisation.py: what helps against it",
)
