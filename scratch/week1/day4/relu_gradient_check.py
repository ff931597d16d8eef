"""How `relu_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Each sign of dA beside each of Z, one of which is 0; then a batch."""
    dA = np.array([[5.0, -1.0, 2.0], [-3.0, 4.0, -6.0]])
    Z = np.array([[1.5, -2.0, 0.0], [0.5, 3.0, -1.0]])
    ask(answer.relu_gradient, dA, Z)
    Z = ask.draw.standard_normal((3, 4))
    Z[1, 2] = 0.0
    ask(answer.relu_gradient, ask.draw.standard_normal((3, 4)), Z)


exercise = Exercise(
    title="ReLU's gradient",
    page="theory/activations.md",
    hints=(
        "ReLU is a gate: open where Z was positive. Which numbers of dA does it let through?",
        "dx = dy where x > 0, else 0: equation (2) of theory/activations.md. Z > 0 is an array of "
        "True and False, which count as 1 and 0.",
        "take dA where Z is larger than zero, and zero everywhere else",
    ),
    mistakes=(
        Mistake(
            "the gradient is not masked: where Z is not positive nothing may pass",
            {"np.where(Z > 0, dA, 0.0)": "dA.copy()"},
        ),
        Mistake(
            "the mask is made from dA: it is Z that says where the gate was open",
            {"Z > 0": "dA > 0"},
        ),
        Mistake(
            "where Z is exactly 0 the slope is taken as 0, here and in all engines: > and not >=",
            {"Z > 0": "Z >= 0"},
        ),
        Mistake(
            "that is the slope of ReLU alone, 1 or 0: multiply by the dA that arrives",
            {"np.where(Z > 0, dA, 0.0)": "np.where(Z > 0, 1.0, 0.0)"},
        ),
        Mistake(
            "dA is multiplied by ReLU's value; its slope is 1 where Z is positive, however large Z",
            {"np.where(Z > 0, dA, 0.0)": "dA * np.maximum(Z, 0)"},
        ),
        Mistake(
            "that is ReLU of Z, the way forward: here it is dA that passes or does not",
            {"np.where(Z > 0, dA, 0.0)": "np.maximum(Z, 0)"},
        ),
        Mistake(
            "the gate is the wrong way round: the gradient passes where Z is positive",
            {"Z > 0": "Z < 0"},
        ),
        Mistake(
            "the dA that arrives is changed in place: make an array of your own",
            {"return np.where(Z > 0, dA, 0.0)": "dA[Z <= 0] = 0\n    return dA"},
        ),
    ),
    read_next="scratch/activations.py, where the engine does it, for every activation",
)
