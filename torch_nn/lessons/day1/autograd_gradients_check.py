"""How `autograd_gradients` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


class Formula:
    """A function that is written in a label as its formula."""

    def __init__(self, text, function) -> None:
        self.text, self.function = text, function

    def __call__(self, x, y, z):
        return self.function(x, y, z)

    def __repr__(self) -> str:
        return self.text


def plain(value):
    """Whether a value is a plain number; of a tuple or list, whether each is."""
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return isinstance(value, int | float | np.number)


def probe(answer, ask: Ask) -> None:
    """The example of the first week, others at random points, and one that leaves x out."""
    import torch

    product = Formula("(x + y) * z", lambda x, y, z: (x + y) * z)
    result = ask(answer.autograd_gradients, product, -2.0, 5.0, -4.0)
    ask.note("whether value and slopes are plain numbers", plain(result))
    x, y, z = (float(number) for number in ask.draw.normal(0, 1, 3))
    ask(answer.autograd_gradients, product, x, y, z)
    curved = Formula("tanh(x * y) + x * z", lambda x, y, z: torch.tanh(x * y) + x * z)
    ask(answer.autograd_gradients, curved, x, y, z)
    ask(answer.autograd_gradients, product, -2, 5, -4)
    ask(answer.autograd_gradients, Formula("y * z", lambda x, y, z: y * z), 1.5, y, z)


exercise = Exercise(
    title="Slopes by autograd",
    page="theory/autodiff.md",
    hints=(
        "Only a tensor that was made with `requires_grad=True` gets a `.grad`, and only after "
        "`backward` was called on what was computed from it.",
        "Equations (8) and (9) of theory/autodiff.md are what `backward` does. What f did not use "
        "keeps `.grad` at None. Whole numbers have no slopes: make floats of them.",
        "inputs = three tensors of floats that require a gradient; value = f of them; backward "
        "from the value; for each input its grad as a number, 0 where it is None",
    ),
    mistakes=(
        Mistake(
            "whole numbers make integer tensors, which have no gradient: make floats of them",
            {"float(number)": "number"},
        ),
        Mistake(
            "an input that f does not use keeps its `.grad` at None: its slope is 0",
            {"0.0 if one.grad is None else one.grad.item()": "one.grad.item()"},
        ),
        Mistake(
            "an input that f does not use keeps its `.grad` at None: return 0 in its place",
            {"0.0 if one.grad is None else one.grad.item()": "one.grad"},
        ),
        Mistake(
            "the slopes are tensors: plain numbers are asked for, which `item()` gives",
            {"else one.grad.item()": "else one.grad"},
        ),
        Mistake(
            "the value is a tensor: a plain number is asked for, which `item()` gives",
            {"return value.item()": "return value"},
        ),
        Mistake(
            "the inputs do not require a gradient: say so when you make the tensors",
            {", requires_grad=True": ""},
        ),
        Mistake(
            "the slopes are asked for before anything went backward: call `backward` on the value",
            {"    value.backward()\n": ""},
        ),
        Mistake(
            "the value went backward twice, and gradients add up: yours are twice too large",
            {"value.backward()": "value.backward(retain_graph=True)\n    value.backward()"},
        ),
    ),
    uses=("numpy", "torch"),
    tolerance=1e-5,  # float32 rounds at 6e-8
    read_next="scratch/neurons/scalar.py, `Value`: autograd for single numbers in a hundred lines",
)
