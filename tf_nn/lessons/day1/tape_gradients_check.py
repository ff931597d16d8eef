"""How `tape_gradients` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


class Formulas:
    """Two functions of x and y, written in a label as their formulas."""

    def __init__(self, text, function) -> None:
        self.text, self.function = text, function

    def __call__(self, x, y):
        return self.function(x, y)

    def __repr__(self) -> str:
        return self.text


def plain(value):
    """Whether a value is a plain number; of a tuple or list, whether each is."""
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return isinstance(value, int | float | np.number)


def probe(answer, ask: Ask) -> None:
    """Sum and product, then other functions, whole numbers, and a result that y is not in."""
    import tensorflow as tf

    both = Formulas("(x + 2 * y, x * y)", lambda x, y: (x + 2 * y, x * y))
    slopes = ask(answer.tape_gradients, both, 3.0, 5.0)
    ask.note("whether the slopes are plain numbers", plain(slopes))
    x, y = (float(number) for number in ask.draw.normal(0, 1, 2))
    curved = Formulas("(tanh(x * y), exp(x) - y)", lambda x, y: (tf.tanh(x * y), tf.exp(x) - y))
    ask(answer.tape_gradients, curved, x, y)
    ask(answer.tape_gradients, both, 3, 5)
    ask(answer.tape_gradients, Formulas("(x * x, x * y)", lambda x, y: (x * x, x * y)), x, y)


exercise = Exercise(
    title="Slopes by a tape",
    page="theory/autodiff.md",
    hints=(
        "What does the tape watch by itself, and what must it be told? How often may it be asked?",
        "Equation (9) of theory/autodiff.md is what `tape.gradient` does. Constants need "
        "`tape.watch`; a second question needs `persistent=True`; None stands for 0, or ask with "
        '`unconnected_gradients="zero"`.',
        "inputs = two constants of floats; with a persistent tape: watch them, results = f of "
        "them; for each result: the gradients for the inputs, zeros where unconnected; as numbers",
    ),
    mistakes=(
        Mistake(
            "the tape saw nothing: tell it to watch the constants, and compute while it runs",
            {"        tape.watch(inputs)\n": ""},
        ),
        Mistake(
            "a tape is used up by the first `gradient`: a second needs a persistent one",
            {"persistent=True": ""},
        ),
        Mistake(
            "where a result does not depend on an input, the gradient is None: return 0 there",
            {', unconnected_gradients="zero"': ""},
        ),
        Mistake(
            "whole numbers make integer tensors, which have no gradient: make floats of them",
            {"float(x)": "x", "float(y)": "y"},
        ),
        Mistake(
            "these are the slopes of the sum of both results: ask for each result by itself",
            {"tape.gradient(one, inputs": "tape.gradient(results, inputs"},
        ),
        Mistake(
            "the slopes are tensors: plain numbers are asked for",
            {"float(slope)": "slope"},
        ),
        Mistake(
            "rows and columns are exchanged: the first pair belongs to u, the second to v",
            {"for row in rows)": "for row in zip(*rows))"},
        ),
    ),
    uses=("numpy", "tensorflow", "keras"),
    seconds=30.0,  # the first operation of a process makes TensorFlow ready
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="scratch/neurons/scalar.py, `Value`: a tape for single numbers in a hundred lines",
)
