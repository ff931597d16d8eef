"""How `train_digits` is checked: by digits whose labels the answer's process never reads."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake
from scratch.week1.digits import held_out_labels, samples
from scratch.week1.networks import remember_starts

LEAST = 0.85
FORM = "return two things: the network, and the list of its losses"
SHORT = ((1, 0.5), (101, 0.0), (101, 0.5))
"""Epochs and learning rates of short trainings."""
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
SIZE = "the hidden size that is given is not used: W1 has {} columns instead of 16"
WORSE = "it reads {:.1%} of the digits that it never saw; it shall be more than 85 %"
FOREIGN = "the network that you return is none of day 6: make it with NeuralNetwork(...)"
SUMMED = "the losses are summed over the samples: note the mean, which is what cross_entropy gives"
AFTER = "the losses are noted after the step of their epoch: note each before it, and then step"
OTHER = (
    "the losses are not those of the network before the steps of the epochs 0, 100, 200 and so on: "
    "make one step on all of X in each epoch, and note cross_entropy(P, y) of what forward returned"
)


given = samples


def probe(answer, ask: Ask) -> None:
    """A real training; then short ones, which are repeated here from where they began."""
    X, labels, held_out = ask.given
    y = np.eye(10)[labels]
    networks = []
    remember_starts()

    def losses_of(X, y, hidden_size, epochs, learning_rate):
        network, losses = answer.train_digits(X, y, hidden_size, epochs, learning_rate)
        networks.append(network)
        return losses

    ask(losses_of, X, y, 16, 1000, 0.5)
    ask.note("the shape of W1", np.shape(networks[0].W1))
    ask.note("what it reads in other digits", np.argmax(networks[0].forward(held_out), axis=1))
    few, theirs = X[:60], y[:60]
    for epochs, rate in SHORT:
        ask(losses_of, few, theirs, 16, epochs, rate)
        said = said_again(networks[-1], few, theirs, epochs, rate)
        ask.note("what it says before the steps that count, and after them", said)


def said_again(network, X, y, epochs, learning_rate):
    """The probabilities before and after the steps 0, 100, ... of the same training, done again."""
    again = getattr(network, "start", None)
    if again is None:
        return None
    said = []
    for epoch in range(epochs):
        before = again.forward(X)
        again.backward(X, y, learning_rate)
        if epoch % 100 == 0:
            said.append((before, again.forward(X)))
    return said


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the training, if anything is."""
    losses = np.asarray(answers[0].value, float)
    if losses.ndim != 1:
        return FORM
    if len(losses) != 10:
        return COUNT.format(1000, 10, len(losses))
    if says := path_of(losses):
        return says
    if answers[1].value[1] != 16:
        return SIZE.format(answers[1].value[1])
    share = float(np.mean(answers[2].value == held_out_labels()))
    if losses[-1] > 0.5 * losses[0]:
        return SLOW.format(losses[0], losses[-1])
    if share < 0.3:
        return MEMORY
    if share <= LEAST:
        return WORSE.format(share)
    if np.ptp(answers[5].value) > 1e-9:  # at the learning rate 0
        return RATE
    pairs = zip(SHORT, answers[3::2], answers[4::2], strict=True)
    said = (misnoted(np.asarray(a.value, float), b.value, epochs) for (epochs, _), a, b in pairs)
    return next((one for one in said if one), None)


def misnoted(losses: np.ndarray, said: Sequence[Any] | None, epochs: int) -> str | None:
    """What is wrong with the losses of a short training, held against what its network says."""
    if said is None:
        return FOREIGN
    if losses.shape != (len(said),):
        return COUNT.format(epochs, len(said), len(losses))
    labels = samples()[1][: len(said[0][0])]
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
    """What is wrong with the way of the loss: it shall fall from each note to the next."""
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
    read_next="scratch/README.md: the same in earnest, with all layers, losses and optimizers",
)
