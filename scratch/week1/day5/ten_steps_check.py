"""How `ten_steps` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def parabola(w):
    """Lowest at 3."""
    return (w - 3) * (w - 3)


def parabola_slope(w):
    return 2 * (w - 3)


def bowl(W):
    """Steeper along some weights than along others."""
    return float(np.sum(STEEPNESS * (W - CENTRE) ** 2))


def bowl_slope(W):
    return 2 * STEEPNESS * (W - CENTRE)


STEEPNESS = np.array([[1.0, 0.5, 0.2], [2.0, 0.1, 1.5]])
CENTRE = np.array([[1.0, -1.0, 2.0], [0.5, 3.0, -2.0]])


def probe(answer, ask: Ask) -> None:
    """Two landscapes, each at a rate that goes down; then at 100."""
    ask(answer.ten_steps, parabola, parabola_slope, 0.0, 0.1)
    ask(answer.ten_steps, bowl, bowl_slope, ask.draw.standard_normal((2, 3)), 0.1)
    ask(answer.ten_steps, parabola, parabola_slope, 0.0, 100)
    ask(answer.ten_steps, bowl, bowl_slope, ask.draw.standard_normal((2, 3)), 100)


exercise = Exercise(
    title="Ten steps",
    page="theory/optimizers.md",
    hints=(
        "Each step leads to another place, where the slope is different: ask for it anew.",
        "w <- w - rate * gradient(w), ten times: (2) of theory/optimizers.md without momentum.",
        "a list that begins with the loss at W; ten times: W becomes your update of W with the "
        "gradient at W; add the loss there to the list",
    ),
    mistakes=(
        Mistake(
            "the loss before the first step is missing: 11 numbers, the first is where it begins",
            {"losses = [loss(W)]": "losses = []"},
        ),
        Mistake(
            "the loss after the last step is missing: note it before the walk, and after each step",
            {
                "losses = [loss(W)]": "losses = []",
                "W = sgd_update(W, gradient(W), learning_rate)\n        losses.append(loss(W))": (
                    "losses.append(loss(W))\n        W = sgd_update(W, gradient(W), learning_rate)"
                ),
            },
        ),
        Mistake(
            "the gradient is taken once, at the start: take it anew where each step begins",
            {
                "losses = [loss(W)]": "losses = [loss(W)]\n    slope = gradient(W)",
                "gradient(W), learning_rate": "slope, learning_rate",
            },
        ),
        Mistake(
            "W stays where it is: keep what the update returns",
            {"W = sgd_update": "sgd_update"},
        ),
        Mistake(
            "W is moved in place, and with it the caller's array: let the update make a new one",
            {"W = sgd_update(W, gradient(W), learning_rate)": "W -= learning_rate * gradient(W)"},
        ),
        Mistake(
            "the step is made of the loss: it is made of the gradient",
            {"gradient(W), learning_rate": "loss(W), learning_rate"},
        ),
        Mistake(
            "that climbs: a step goes against the gradient",
            {"learning_rate)": "-learning_rate)"},
        ),
        Mistake(
            "the learning rate that was given is not used: yours is always 0.1",
            {"learning_rate)": "0.1)"},
        ),
        Mistake(
            "these are the weights on the way: the losses are asked for",
            {"[loss(W)]": "[W]", "append(loss(W))": "append(W)"},
        ),
        Mistake("that is one step too many: ten, and 11 losses", {"range(10)": "range(11)"}),
        Mistake(
            "that is the last loss alone: the whole path is asked for",
            {"return losses": "return losses[-1]"},
        ),
    ),
    read_next="Nielsen, chapter 1, 'Learning with gradient descent': a ball rolls into a valley",
)
