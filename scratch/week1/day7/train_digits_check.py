"""How `train_digits` is checked: by digits whose labels the answer's process never reads."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake
from scratch.week1.digits import held_out_labels, samples

LEAST = 0.85
FORM = "return two things: the network, and the list of its losses"
EVERY = "1000 epochs have ten losses to note, those of the epochs 0, 100, ..., 900; yours has {}"
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


def probe(answer, ask: Ask) -> None:
    """A real training, then five epochs at the rate 0."""
    X, labels, held_out = samples()
    y = np.eye(10)[labels]
    networks = []

    def losses_of(hidden_size, epochs, learning_rate):
        network, losses = answer.train_digits(X, y, hidden_size, epochs, learning_rate)
        networks.append(network)
        return losses

    ask(losses_of, 16, 1000, 0.5)
    ask.note("the shape of W1", np.shape(networks[0].W1))
    ask.note("what it reads in other digits", np.argmax(networks[0].forward(held_out), axis=1))
    ask(losses_of, 3, 101, 0.0)


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the training, if anything is."""
    losses = np.asarray(answers[0].value, float)
    if losses.ndim != 1:
        return FORM
    if len(losses) != 10:
        return EVERY.format(len(losses))
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
    return RATE if np.ptp(answers[3].value) > 0 else None


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
    ),
    judge=judge,
    read_next="scratch/README.md: the same in earnest, with all layers, losses and optimizers",
)
