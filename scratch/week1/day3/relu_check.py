"""How `relu` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Numbers on both sides of 0, in one axis and in two."""
    ask(answer.relu, np.array([-2.0, 0.0, 0.5, 3.0]))
    ask(answer.relu, np.array([[-1.0, 2.0, -3.0], [4.0, -5.0, 6.0]]))
    ask(answer.relu, ask.draw.standard_normal((3, 4)))


MAXIMUM = "np.maximum(z, 0)"

exercise = Exercise(
    title="ReLU",
    page="theory/activations.md",
    hints=(
        "Each number is compared with 0 by itself, and the larger of the two stays.",
        "y = max(x, 0): theory/activations.md (1). NumPy has two functions that sound like it: one "
        "finds the largest number of an array, the other compares two arrays number by number.",
        "return, for each number of z, the number if it is above zero, and else zero",
    ),
    mistakes=(
        Mistake(
            "np.max looks for the largest of many numbers; np.maximum compares number by number",
            {MAXIMUM: "np.max(z, 0)"},
        ),
        Mistake(
            "this is one number, the largest of all: np.maximum compares number by number",
            {MAXIMUM: "max(np.max(z), 0)"},
        ),
        Mistake(
            "Python's max and if want one number, not an array: np.maximum or np.where take arrays",
            {MAXIMUM: "max(z, 0)"},
        ),
        Mistake("it keeps the negative numbers: keep the others", {"maximum": "minimum"}),
        Mistake(
            "negative numbers change their sign here: they must become 0", {MAXIMUM: "np.abs(z)"}
        ),
        Mistake(
            "this is where z is positive, 1 or 0 (ReLU's slope): keep the numbers themselves",
            {MAXIMUM: "1.0 * (z > 0)"},
        ),
        Mistake(
            "the array that was given is changed: work on a copy, or make a new array",
            {"return np.maximum(z, 0)": "z[z < 0] = 0\n    return z"},
        ),
        Mistake(
            "negative numbers are left out, so the shape changes: put 0 in their places",
            {MAXIMUM: "z[z > 0]"},
        ),
        Mistake("these are the numbers as they came: the negative ones become 0", {MAXIMUM: "z"}),
        Mistake("each number is compared with 1 here: compare it with 0", {"z, 0": "z, 1"}),
        Mistake(
            "negative numbers keep a small slope (that is leaky ReLU): they must become 0",
            {MAXIMUM: "np.maximum(z, 0.01 * z)"},
        ),
        Mistake(
            "it takes arrays of one axis alone: np.maximum and np.where take any shape",
            {MAXIMUM: "np.array([max(number, 0) for number in z])"},
        ),
        Mistake(
            "numbers above 1 are cut, too: only the negative ones change",
            {MAXIMUM: "np.clip(z, 0, 1)"},
        ),
    ),
    read_next="theory/activations.md, 'Piecewise', for ReLU's relatives; `relu` in "
    "scratch/activations.py is the engine's own",
)
