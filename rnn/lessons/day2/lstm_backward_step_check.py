"""How `lstm_backward_step` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The third step of theory/lstm.md, where nothing comes from behind; then a batch."""
    numbers = 1.0, 0.0, 0.2689, 0.8808, -0.964, 0.5787, 0.6208, 0.2875
    ask(answer.lstm_backward_step, *(np.array([[number]]) for number in numbers))
    normal, uniform = ask.draw.standard_normal, ask.draw.uniform
    i, f, o = (uniform(0.1, 0.9, (3, 5)) for _ in "ifo")
    g, before = uniform(-0.9, 0.9, (3, 5)), normal((3, 5))
    c = f * before + i * g
    ask(answer.lstm_backward_step, normal((3, 5)), normal((3, 5)), i, f, g, o, before, c)


exercise = Exercise(
    title="One step of an LSTM, backwards",
    page="theory/lstm.md",
    hints=(
        "Begin with the cell: the gradient that comes in for it is not all of it. The rest are "
        "products, and the derivative of a product by one factor is the other.",
        "dc is what comes in plus dh o (1 - tanh(c)^2): theory/lstm.md (5); di = dc g, df = dc "
        "c_before, dg = dc i, do = dh tanh(c): (6); through the activations with i (1 - i), f (1 - "
        "f), 1 - g^2 and o (1 - o): (7).",
        "dc = dc plus dh times o times the slope of tanh at c; di, df, dg from dc, do from dh, "
        "each times the other factor; each times the slope of its own activation; da = the four "
        "side by side in the order i, f, g, o; dc_before = dc times f; return both",
    ),
    mistakes=(
        Mistake(
            "the cell gets nothing from dh: h was made from the cell, so part of dh belongs to it",
            {"dc + dh * o * (1 - np.square(tanh_c))": "dc"},
        ),
        Mistake(
            "what comes back from the step after is lost: the cell's gradient has two parts, "
            "add them up",
            {"dc + dh": "dh"},
        ),
        Mistake(
            "the slope of tanh at c is missing in the cell's gradient",
            {" * o * (1 - np.square(tanh_c))": " * o"},
        ),
        Mistake(
            "the output gate is missing in the cell's gradient: h shows only that much of the cell",
            {"dh * o * (1 - np.square(tanh_c))": "dh * (1 - np.square(tanh_c))"},
        ),
        Mistake(
            "the slope is taken as 1 - c^2: it is 1 - tanh(c)^2",
            {"np.square(tanh_c)": "np.square(c)"},
        ),
        Mistake(
            "the forget gate's gradient is made with the cell after the step: it was "
            "multiplied with the one before",
            {"dc * c_before": "dc * c"},
        ),
        Mistake(
            "the forget gate is missing in dc_before: only what was kept comes back",
            {"dc * f": "dc"},
        ),
        Mistake(
            "the slopes of sigmoid and tanh are missing: the gradients are wanted of the "
            "pre-activations",
            {
                "dc * g * i * (1 - i)": "dc * g",
                "dc * c_before * f * (1 - f)": "dc * c_before",
                "dc * i * (1 - np.square(g))": "dc * i",
                "dh * tanh_c * o * (1 - o)": "dh * tanh_c",
            },
        ),
        Mistake(
            "g gets the slope of the sigmoid: its activation was tanh",
            {"(1 - np.square(g))": "g * (1 - g)"},
        ),
        Mistake(
            "the output gate's gradient is made with the cell: it was multiplied with tanh of it",
            {"dh * tanh_c * o": "dh * c * o"},
        ),
        Mistake(
            "i and g are exchanged: the gradient of one is multiplied with the other",
            {"dc * g * i * (1 - i)": "dc * i * i * (1 - i)", "dc * i * (1 -": "dc * g * (1 -"},
        ),
        Mistake(
            "the parts are put side by side in the order i, f, o, g: here it is i, f, g, o",
            {"da_g, da_o]": "da_o, da_g]"},
        ),
        Mistake(
            "dc_before is made of what comes in alone: take the whole gradient of the cell",
            {"dc = dc + dh": "incoming, dc = dc, dc + dh", "dc * f": "incoming * f"},
        ),
        Mistake(
            "the four parts stand below each other: put them side by side, (N, 4H)",
            {"axis=1": "axis=0"},
        ),
        Mistake(
            "the gates get only what comes through h: the cell's gradient has two parts for "
            "them too",
            {
                "dc = dc + dh * o * (1 - np.square(tanh_c))": (
                    "own = dh * o * (1 - np.square(tanh_c))\n    dc, whole = own, dc + own"
                ),
                "dc * f": "whole * f",
            },
        ),
    ),
    read_next=(
        "theory/lstm.md, 'Why it remembers', and scratch/lstm.py, `d_lstm`: over a whole sequence"
    ),
)
