"""How `sgd_update` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """A number, a row, a table."""
    ask(answer.sgd_update, 2.0, 0.5, 0.1)
    ask(answer.sgd_update, np.array([1.0, -2.0, 0.5]), np.array([10.0, -4.0, 0.0]), 0.1)
    ask(answer.sgd_update, *ask.draw.standard_normal((2, 3, 4)), 0.03)


exercise = Exercise(
    title="The update of gradient descent",
    page="theory/optimizers.md",
    hints=(
        "The gradient points uphill, and the loss should fall.",
        "W_new = W - learning_rate * dW: (2) of theory/optimizers.md, with the gradient for v.",
        "return the old weights minus the learning rate times the gradient, as something new",
    ),
    mistakes=(
        Mistake("that goes uphill: subtract the step", {"W - learning": "W + learning"}),
        Mistake(
            "the learning rate is left out: the step is learning_rate * dW",
            {"learning_rate * dW": "dW"},
        ),
        Mistake(
            "W is changed in place: the caller's array must stay as it is, so return a new one",
            {"return W - learning_rate * dW": ("W -= learning_rate * dW\n    return W")},
        ),
        Mistake(
            "dW is divided by the learning rate: a smaller rate must make a smaller step",
            {"learning_rate * dW": "dW / learning_rate"},
        ),
        Mistake("that is the step alone: take it from W", {"W - learning_rate": "-learning_rate"}),
        Mistake(
            "W and dW have changed places: W loses a part of dW",
            {"W - learning_rate * dW": "dW - learning_rate * W"},
        ),
        Mistake(
            "a part of W is taken away, whatever the gradient says: the step is along dW",
            {"learning_rate * dW": "learning_rate * W"},
        ),
    ),
    read_next="scratch/optimizers.py: the same with momentum, and six other rules",
)
