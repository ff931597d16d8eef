"""How `numerical_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def cubes(x):
    """The sum of the cubes: its slope is 3 x^2, and a large h is seen in it."""
    return float(np.sum(x**3))


def mixed(x):
    """A function in which each number matters to the slopes of all others."""
    return float(np.sum(np.sin(x)) * np.sum(x**2))


def probe(answer, ask: Ask) -> None:
    """Coarse steps first, so that one side, or both, and h itself make a difference."""
    ask(answer.numerical_gradient, cubes, np.array([1.0, 2.0, -3.0]), 0.5)
    ask(answer.numerical_gradient, cubes, np.array([1.0, 2.0, -3.0]), 0.1)
    ask(answer.numerical_gradient, mixed, np.array([0.5, -1.0, 2.0]), 0.01)
    ask(answer.numerical_gradient, mixed, ask.draw.standard_normal((2, 3)), 0.05)
    ask(answer.numerical_gradient, cubes, ask.draw.standard_normal(4))


exercise = Exercise(
    title="The numerical gradient",
    page="theory/autodiff.md",
    hints=(
        "One number of x at a time: up by h, down by h, back to where it was.",
        "(f(x + h) - f(x - h)) / (2 h) for each number by itself; theory/autodiff.md, 'Why it is "
        "done so', says what it is for. np.ndindex(x.shape) walks through every index of a shape.",
        "for each index of x: note the number there; put it h higher, call f; put it h below "
        "where it was, call f; put it back; the difference of the two calls over twice h is the "
        "slope",
    ),
    mistakes=(
        Mistake(
            "this is a one-sided difference, (f(x + h) - f(x)) / h: look on both sides of x",
            {"x[i] = middle - h": "x[i] = middle", "(2 * h)": "h"},
        ),
        Mistake(
            "x + h and x - h are 2 h apart: divide by that, not by h",
            {"(2 * h)": "h"},
        ),
        Mistake(
            "a number that was moved stays moved: put it back before the next one's turn",
            {"x[i] = middle\n": "pass\n"},
        ),
        Mistake(
            "a number that was moved up stays there: put it back before the next one's turn",
            {
                "x[i] = middle - h": "x[i] = middle",
                "x[i] = middle\n": "x[i] = middle + h\n",
                "(2 * h)": "h",
            },
        ),
        Mistake(
            "the upper value is taken from the lower one: the sign is reversed",
            {"(above - below)": "(below - above)"},
        ),
        Mistake(
            "the h that is given is not used: move each number by h, and divide by 2 * h",
            {"    for i in": "    h = 1e-5\n    for i in"},
        ),
        Mistake(
            "the numbers are moved by h, but not divided by it: divide by 2 * h, whatever h is",
            {"(2 * h)": "(2 * 1e-5)"},
        ),
        Mistake(
            "all numbers are moved at once: a slope is along one of them, the others at rest",
            {
                "x[i] = middle + h": "x += h",
                "x[i] = middle - h": "x -= 2 * h",
                "x[i] = middle\n": "x += h\n",
            },
        ),
        Mistake(
            "all numbers are moved at once, and stay moved: move one of them, and put it back",
            {
                "x[i] = middle + h": "x += h",
                "x[i] = middle - h": "x -= 2 * h",
                "x[i] = middle\n": "pass\n",
            },
        ),
        Mistake(
            "the second move leads back to where x was: below is h less than that",
            {"x[i] = middle - h": "x[i] = middle"},
        ),
        Mistake(
            "/ 2 * h divides by 2 and then multiplies by h: put 2 * h in brackets",
            {"(2 * h)": "2 * h"},
        ),
        Mistake(
            "that is the whole step, f(x + h) - f(x - h), not the slope: divide by 2 h",
            {" / (2 * h)": ""},
        ),
    ),
    read_next="scratch/experiments/grad_check.py: the engine's every derivative, held against this",
)
