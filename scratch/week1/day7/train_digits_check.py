"""How `train_digits` is checked: by digits whose labels the answer's process never reads."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake
from scratch.week1.digits import held_out_labels, samples
from scratch.week1.networks import remember_starts

LEAST = 0.85
FORM = "return two things: the network, and the list of its losses"
RUNS = (
    (450, 64, 10, 16, 1000, 0.5),
    (60, 64, 10, 12, 1, 0.5),
    (60, 64, 10, 16, 101, 0.0),
    (90, 40, 5, 24, 101, 0.2),
    (60, 64, 10, 8, 1101, 0.1),
)
"""Digits, pixels, classes, hidden units, epochs and learning rate of each training."""
AGAIN = (101, *(run[4] for run in RUNS[1:]))
"""How many epochs of each are done again: of the first few, for it is the longest."""
STILL_RUN = 2
"""The training at the rate 0."""
COUNT = (
    "with epochs={} the list must have the length {}, a loss for each of the epochs 0, 100, 200 "
    "and so on; yours has the length {}"
)
STILL = "the loss does not change: after each forward call backward, on the same network"
ASTRAY = (
    "the loss goes up and down: is there one network for all epochs, is every step made on all of "
    "X, and with the rows of y that belong to it?"
)
SLOW = "the loss falls, but hardly, from {:.2f} to {:.2f}: is a step the rate times the gradient?"
CLIMBS = "the loss rises: a step goes against the gradient, and not at many times the rate"
MEMORY = "the losses fall, but the network that you return is another one, untrained"
RATE = "the learning rate that is given is not used: at 0 the loss may not move"
SIZE = "the hidden size that is given is not used: W1 has {} columns instead of {}"
WORSE = "it reads {:.1%} of the digits that it never saw; it should be more than 85 %"
FOREIGN = "the network that you return is none of day 6: make it with NeuralNetwork(...)"
SUMMED = "the losses are summed over the samples: note the mean, which is what cross_entropy gives"
AFTER = "the losses are noted after the step of their epoch: note each before it, and then step"
ENDED = (
    "the network that you return is not the one after the last epoch's step: every epoch, the last "
    "one too, makes a step"
)
OTHER = (
    "the losses are not those of the network before the steps of the epochs 0, 100, 200 and so on: "
    "make one step on all of X in each epoch, and note cross_entropy(P, y) of what forward returned"
)


given = samples


def part(X, labels, digits, pixels, classes):
    """So many digits, so many of their pixels, and labels below `classes`."""
    return X[:digits, :pixels], labels[:digits] % classes


def probe(answer, ask: Ask) -> None:
    """A real training, then short ones; each is done again from where it began."""
    networks = []
    start_of = remember_starts()

    def losses_of(X, y, hidden_size, epochs, learning_rate):
        network, losses = answer.train_digits(X, y, hidden_size, epochs, learning_rate)
        networks.append(network)
        return losses

    for again, (digits, pixels, classes, hidden, epochs, rate) in zip(AGAIN, RUNS, strict=True):
        X, labels = part(*ask.given[:2], digits, pixels, classes)
        y = np.eye(classes)[labels]
        ask(losses_of, X, y, hidden, epochs, rate)
        ask.note("the shape of W1", np.shape(networks[-1].W1))
        ask.note("what the network says in the end", networks[-1].forward(X))
        said = said_again(start_of(networks[-1]), X, y, again, rate)
        ask.note("the same training done again: before and after steps, and in the end", said)
    held_out = ask.given[2]
    ask.note("what it reads in other digits", np.argmax(networks[0].forward(held_out), axis=1))


def said_again(again, X, y, epochs, learning_rate):
    """The probabilities before and after the steps 0, 100, ... of a training, and in the end."""
    if again is None:
        return None
    said = []
    for epoch in range(epochs):
        before = again.forward(X)
        again.backward(X, y, learning_rate)
        if epoch % 100 == 0:
            said.append((before, again.forward(X)))
    return said, again.forward(X)


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the training, if anything is."""
    losses = np.asarray(answers[0].value, float)
    if losses.ndim != 1:
        return FORM
    for run, answer in zip(RUNS, answers[::4], strict=False):
        epochs, noted = run[4], len(answer.value)
        if noted != len(range(0, epochs, 100)):
            return COUNT.format(epochs, len(range(0, epochs, 100)), noted)
    if says := path_of(losses):
        return says
    share = float(np.mean(answers[-1].value == held_out_labels()))
    if losses[-1] > 0.5 * losses[0]:
        return SLOW.format(losses[0], losses[-1])
    if share < 0.3:
        return MEMORY
    if share <= LEAST:
        return WORSE.format(share)
    if np.ptp(answers[4 * STILL_RUN].value) > 1e-9:
        return RATE
    _, labels, _ = samples()
    for number, (digits, _, classes, hidden, epochs, rate) in enumerate(RUNS):
        losses, shape, end, again = (one.value for one in answers[4 * number : 4 * number + 4])
        if shape[1] != hidden:
            return SIZE.format(shape[1], hidden)
        if again is None:
            return FOREIGN
        if rate and epochs > 1 and np.allclose(end, again[0][0][0]):
            return MEMORY
        losses = np.asarray(losses, float)
        if losses.ndim != 1:
            return FORM
        if says := misnoted(losses[: len(again[0])], again[0], labels[:digits] % classes):
            return says
        if epochs == AGAIN[number] and not np.allclose(end, again[1], rtol=0, atol=1e-6):
            return ENDED
    return None


def misnoted(losses: np.ndarray, said: Sequence[Any], labels: np.ndarray) -> str | None:
    """What is wrong with the losses of a training, held against what its network says."""
    before, after = (np.array([loss_of(pair[i], labels) for pair in said]) for i in range(2))
    if np.allclose(losses, before):
        return None
    if np.allclose(losses, before * len(labels)):
        return SUMMED
    return AFTER if np.allclose(losses, after) else OTHER


def loss_of(P: np.ndarray, labels: np.ndarray) -> float:
    """The cross-entropy of probabilities."""
    return float(-np.mean(np.log(np.maximum(P[np.arange(len(P)), labels], 1e-12))))


def path_of(losses: np.ndarray) -> str | None:
    """What is wrong with the way of the loss: it should fall from each note to the next."""
    if not np.isfinite(losses).all() or losses[-1] > 3 * losses[0]:
        return CLIMBS
    if np.ptp(losses) == 0:
        return STILL
    return None if np.all(np.diff(losses) < 0) else ASTRAY


exercise = Exercise(
    title="Train on digits",
    page="theory/losses.md",
    hints=(
        "A loop of three: forward, note the loss if it is its turn, backward.",
        "The loss is (1) of theory/losses.md, your cross_entropy of what forward returns; epoch % "
        "100 is 0 at every hundredth epoch.",
        "make a network of the right sizes; for each epoch: P is forward of X; every hundredth "
        "time add the cross-entropy of P and y to the list; backward; return network and list",
    ),
    mistakes=(
        Mistake(
            "backward is called before forward: it needs what forward keeps",
            {
                "P = network.forward(X)": "network.backward(X, y, learning_rate)\n"
                "        P = network.forward(X)"
            },
        ),
        Mistake(
            "two things are to be returned: the network and the list of losses",
            {"return network, losses": "return network"},
        ),
        Mistake(STILL, {"network.backward(X, y, learning_rate)": "pass"}),
        Mistake(CLIMBS, {"y, learning_rate": "y, -learning_rate"}),
        Mistake(RATE, {"y, learning_rate": "y, 0.5"}),
        Mistake(SIZE.format(16, 12), {"hidden_size, y.shape": "16, y.shape"}),
        Mistake(
            "a network for other data has other inputs: as many as X has columns",
            {"X.shape[1]": "64"},
        ),
        Mistake(
            "a network for other data has other outputs: as many as y has columns",
            {"y.shape[1]": "10"},
        ),
        Mistake(
            ENDED,
            {
                "        network.backward": (
                    "        if epoch < epochs - 1:\n            network.backward"
                )
            },
        ),
        Mistake(
            MEMORY,
            {
                "return network, losses": (
                    "fresh = NeuralNetwork(X.shape[1], hidden_size, y.shape[1])\n"
                    "    return network if epochs <= 1000 else fresh, losses"
                )
            },
        ),
        Mistake(COUNT.format(1, 1, 0), {"epoch % 100 == 0": "epoch % 100 == 99"}),
        Mistake(
            COUNT.format(1000, 10, 11),
            {
                "return network": "losses.append(cross_entropy(network.forward(X), y))\n"
                "    return network"
            },
        ),
        Mistake(SUMMED, {"cross_entropy(P, y)": "cross_entropy(P, y) * len(X)"}),
        Mistake(
            AFTER,
            {
                "        if epoch": (
                    "        network.backward(X, y, learning_rate)\n        if epoch"
                ),
                "cross_entropy(P, y))\n        network.backward(X, y, learning_rate)": (
                    "cross_entropy(network.forward(X), y))"
                ),
            },
        ),
        Mistake(
            OTHER,
            {
                "network.backward(X, y, learning_rate)": (
                    "network.backward(X, y, learning_rate)\n"
                    "        network.backward(X, y, learning_rate)"
                )
            },
        ),
    ),
    judge=judge,
    asks=21,
    read_next="the Scratch track's own page, linked at the end of day 7's page: the same in "
    "earnest, with all layers, losses and optimizers",
    seconds=20.0,
)
