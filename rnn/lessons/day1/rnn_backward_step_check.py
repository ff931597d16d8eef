"""How `rnn_backward_step` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """One unit, then a batch."""
    normal = ask.draw.standard_normal
    number = np.array([[3.0]]), np.array([[0.4]]), np.array([[0.5]])
    ask(answer.rnn_backward_step, np.array([[2.0]]), *number, np.array([[0.5]]), np.array([[2.0]]))
    before, after = np.tanh(normal((3, 5))), np.tanh(normal((3, 5)))
    weights = normal((4, 5)), normal((5, 5))
    ask(answer.rnn_backward_step, normal((3, 5)), normal((3, 4)), before, after, *weights)


exercise = Exercise(
    title="One step of an RNN, backwards",
    page="theory/rnn.md",
    hints=(
        "First the gradient da of the pre-activation, through tanh. Then four products are left, "
        "and a sum: their shapes say which goes where.",
        "da = dh (1 - h^2), number by number: theory/rnn.md (3). dx = da W^T is (7), dh_before "
        "= da U^T is in (2), and (4), (5) and (6) of one step are dW = x^T da, dU = h_before^T "
        "da, db = the sum of da over the samples.",
        "da = dh times (1 minus h squared); dx = da times W transposed; dh_before = da times U "
        "transposed; dW = x transposed times da; dU = the state before, transposed, times da; "
        "db = da summed over samples; return all five",
    ),
    mistakes=(
        Mistake(
            "the slope of tanh is missing: dh is the gradient of the state, and all five "
            "need that of the pre-activation",
            {"dh * (1 - np.square(h))": "dh"},
        ),
        Mistake(
            "the slope of tanh is 1 - h^2, with the square of h",
            {"np.square(h)": "h"},
        ),
        Mistake(
            "tanh is taken of h, which is a tanh already: its slope follows from h itself",
            {"np.square(h)": "np.square(np.tanh(h))"},
        ),
        Mistake(
            "this is the slope of the sigmoid, h (1 - h): the step used tanh",
            {"(1 - np.square(h))": "h * (1 - h)"},
        ),
        Mistake(
            "the slope is taken at the state before the step: it belongs to the state that the "
            "step made",
            {"np.square(h)": "np.square(h_before)"},
        ),
        Mistake(
            "U is not transposed in dh_before: what went forward through U comes back through "
            "U transposed",
            {"da @ U.T": "da @ U"},
        ),
        Mistake(
            "dU is made with the state after the step: U was multiplied with the one before it",
            {"h_before.T @ da": "h.T @ da"},
        ),
        Mistake(
            "dU is transposed: its rows belong to the state before, its columns to the "
            "pre-activations",
            {"h_before.T @ da": "da.T @ h_before"},
        ),
        Mistake(
            "db is averaged over the samples: add them up, whoever gave dh has taken the mean "
            "already",
            {"da.sum(axis=0)": "da.mean(axis=0)"},
        ),
        Mistake(
            "db is left one row a sample: the bias is shared by all, so sum over the samples",
            {"da.sum(axis=0)": "da"},
        ),
        Mistake(
            "db is summed over everything: each unit has a bias of its own, so sum over the "
            "samples alone",
            {"da.sum(axis=0)": "da.sum()"},
        ),
        Mistake(
            "db is summed over the units: each unit has a bias of its own, so sum over the samples",
            {"da.sum(axis=0)": "da.sum(axis=1)"},
        ),
        Mistake(
            "db has not passed tanh: sum da, not dh",
            {"da.sum(axis=0)": "dh.sum(axis=0)"},
        ),
        Mistake(
            "dh_before has not passed tanh: it is made of da, not of dh",
            {"da @ U.T": "dh @ U.T"},
        ),
        Mistake("this is the slope of ReLU: the step used tanh", {"(1 - np.square(h))": "(h > 0)"}),
        Mistake(
            "the gradients come in another order: dx, dh_before, dW, dU, db",
            {"return dx, dh_before, dW, dU, db": "return dW, dU, db, dx, dh_before"},
        ),
    ),
    read_next="theory/rnn.md, 'Backward': why dh has two parts",
)
