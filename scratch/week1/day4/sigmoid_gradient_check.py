"""How `sigmoid_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The top of the slope, both sides of it, then arrays."""
    ask(answer.sigmoid_gradient, 0.0)
    ask(answer.sigmoid_gradient, np.array([-2.0, 0.5, 3.0]))
    ask(answer.sigmoid_gradient, ask.draw.standard_normal((2, 3)))


exercise = Exercise(
    title="The sigmoid's slope",
    page="theory/activations.md",
    hints=(
        "First the sigmoid itself. The slope can be told from its value alone.",
        "y (1 - y) with y = sigmoid(z): equation (8) of theory/activations.md, without the dy.",
        "a is the sigmoid of z; return a times (one minus a)",
    ),
    mistakes=(
        Mistake(
            "without brackets this is a times 1, minus a, and that is 0: write a * (1 - a)",
            {"a * (1 - a)": "a * 1 - a"},
        ),
        Mistake("that is z (1 - z): put z through the sigmoid first", {"a = sigmoid(z)": "a = z"}),
        Mistake("that is the sigmoid, not its slope", {"return a * (1 - a)": "return a"}),
        Mistake(
            "the sigmoid is applied twice: the slope is a (1 - a) with a = sigmoid(z)",
            {"a = sigmoid(z)": "a = sigmoid(sigmoid(z))"},
        ),
        Mistake(
            "the second factor is 1 - a, with a = sigmoid(z); yours is 1 - z",
            {"(1 - a)": "(1 - z)"},
        ),
        Mistake("the second factor is 1 - a, not 1 + a", {"(1 - a)": "(1 + a)"}),
        Mistake(
            "1 - a^2 is the slope of tanh; the sigmoid's is a (1 - a)",
            {"return a * (1 - a)": "return 1 - a**2"},
        ),
    ),
    read_next="theory/activations.md, 'S-shaped': why such units saturate",
)
