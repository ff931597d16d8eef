"""How `sigmoid` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Single numbers, then arrays."""
    ask(answer.sigmoid, 0.0)
    ask(answer.sigmoid, 2.0)
    ask(answer.sigmoid, np.array([-2.0, 0.0, 3.0]))
    ask(answer.sigmoid, ask.draw.standard_normal((2, 3)))


exercise = Exercise(
    title="The sigmoid",
    page="theory/activations.md",
    hints=(
        "Large x should give nearly 1, very negative x nearly 0, and 0 exactly 0.5.",
        "y = 1 / (1 + e^-x): theory/activations.md (7). np.exp takes numbers and arrays.",
        "take the exponential of minus x; add 1 to it; return 1 divided by that sum",
    ),
    mistakes=(
        Mistake(
            "yours falls where it should rise: mind the minus in e^-x, and the 1 above",
            {"-x": "x"},
        ),
        Mistake("the 1 + in the denominator is missing", {"(1 + np.exp(-x))": "np.exp(-x)"}),
        Mistake(
            "this is 1 / 1 + e^-x: put the whole denominator in parentheses",
            {"(1 + np.exp(-x))": "1 + np.exp(-x)"},
        ),
        Mistake(
            "the sign in the denominator is wrong: 1 is added to e^-x, which is always positive",
            {"(1 + np": "(1 - np"},
        ),
        Mistake(
            "this is the sigmoid's slope, y (1 - y): return y itself",
            {"return 1 / (1 + np.exp(-x))": "y = 1 / (1 + np.exp(-x))\n    return y * (1 - y)"},
        ),
        Mistake(
            "single numbers are right, arrays fail: math.exp takes one number, np.exp an array",
            {"np.exp": "__import__('math').exp"},
        ),
        Mistake(
            "the values are cut or rounded to whole numbers: return them as they are",
            {"return 1 / (1 + np.exp(-x))": "return np.round(1 / (1 + np.exp(-x)))"},
        ),
        Mistake(
            "this is tanh, which runs from -1 to 1: the sigmoid runs from 0 to 1",
            {"1 / (1 + np.exp(-x))": "np.tanh(x)"},
        ),
        Mistake(
            "an if wants one number, not an array: the formula needs none, and np.exp takes arrays",
            {"1 / (1 + np.exp(-x))": "1 / (1 + np.exp(-x)) if x > -700 else 0.0"},
        ),
    ),
    read_next="Nielsen, chapter 1, 'Sigmoid neurons': "
    "http://neuralnetworksanddeeplearning.com/chap1.html#sigmoid_neurons",
)
