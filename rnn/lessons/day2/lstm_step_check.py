"""How `lstm_step` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The unit of theory/lstm.md in its first and third step, then a batch."""
    normal = ask.draw.standard_normal
    W, U = np.array([[1.0, 0.0, 2.0, 0.0]]), np.array([[0.0, 0.0, 0.0, 1.0]])
    one = W, U, np.array([0.0, 2.0, 0.0, 0.0])
    ask(answer.lstm_step, np.array([[1.0]]), np.zeros((1, 1)), np.zeros((1, 1)), *one)
    ask(answer.lstm_step, np.array([[-1.0]]), np.array([[0.3174]]), np.array([[0.6208]]), *one)
    h, c = np.tanh(normal((3, 5))), normal((3, 5))
    ask(
        answer.lstm_step, normal((3, 4)), h, c, normal((4, 20)) / 2, normal((5, 20)) / 2, normal(20)
    )


exercise = Exercise(
    title="One step of an LSTM",
    page="theory/lstm.md",
    hints=(
        "Make the four pre-activations at once, as in an RNN, and cut the array into parts of H "
        "columns. Then the new cell, then what is shown of it.",
        "A = x W + h U + b, i, f, o = sigmoids and g = tanh of its parts: theory/lstm.md (1); "
        "c' = f c + i g: (2); h' = o tanh(c'): (3).",
        "a = x times W, plus h times U, plus b; i, f, o = sigmoid and g = tanh of the four parts "
        "of its columns; the new cell = f times c plus i times g; the new state = o times tanh "
        "of the new cell; return both",
    ),
    mistakes=(
        Mistake(
            "the bias is left out: add b to the two products",
            {"h @ U + b": "h @ U"},
        ),
        Mistake(
            "the parts are taken in the order i, f, o, g: here it is i, f, g, o",
            {
                "np.tanh(a[:, 2 * units : 3 * units])": "np.tanh(a[:, 3 * units :])",
                "sigmoid(a[:, 3 * units :])": "sigmoid(a[:, 2 * units : 3 * units])",
            },
        ),
        Mistake(
            "input and forget gate are exchanged: the first part is i, which writes g; the "
            "second f, which keeps the old cell",
            {"f * c + i * g": "i * c + f * g"},
        ),
        Mistake(
            "the candidate has a sigmoid: g goes from -1 to 1, by tanh",
            {"np.tanh(a[": "sigmoid(a["},
        ),
        Mistake(
            "the old cell is kept whole: the forget gate says how much of it stays",
            {"f * c": "c"},
        ),
        Mistake(
            "g is written whole: the input gate says how much of it",
            {"i * g": "g"},
        ),
        Mistake(
            "the old cell is lost: what the forget gate keeps of it is added to",
            {"f * c + i * g": "i * g"},
        ),
        Mistake(
            "the cell is shown without its tanh",
            {"np.tanh(cell)": "cell"},
        ),
        Mistake(
            "the old cell is shown: the new state shows the new cell",
            {"np.tanh(cell)": "np.tanh(c)"},
        ),
        Mistake(
            "the output gate is missing: it says how much of the cell is shown",
            {"o * np.tanh(cell)": "np.tanh(cell)"},
        ),
        Mistake(
            "cell and state are returned in the wrong order: the state comes first",
            {"o * np.tanh(cell), cell": "cell, o * np.tanh(cell)"},
        ),
        Mistake(
            "the old state does not count in the pre-activations: multiply it with U",
            {" + h @ U": ""},
        ),
        Mistake(
            "tanh is taken of the cell that is returned: it is only for what is shown of it",
            {"o * np.tanh(cell), cell": "o * np.tanh(cell), np.tanh(cell)"},
        ),
        Mistake(
            "what is not kept is written, as in a GRU: here the input gate says how much is "
            "written",
            {"i * g": "(1 - f) * g"},
        ),
        Mistake(
            "the four activations are missing: sigmoid for the gates, tanh for g",
            {
                "sigmoid(a[:, :units])": "a[:, :units]",
                "sigmoid(a[:, units :": "(a[:, units :",
                "np.tanh(a[:, 2": "(a[:, 2",
                "sigmoid(a[:, 3": "(a[:, 3",
            },
        ),
        Mistake(
            "every fourth column is taken for a part: the parts lie side by side, H columns each",
            {
                "h @ U + b": (
                    "h @ U + b\n    a = np.concatenate([a[:, k::4] for k in range(4)], axis=1)"
                )
            },
        ),
    ),
    read_next=(
        "theory/lstm.md, 'Why it is done so': the order of the gates, and where the forget "
        "bias begins"
    ),
)
