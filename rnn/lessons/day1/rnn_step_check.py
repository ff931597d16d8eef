"""How `rnn_step` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The unit of theory/rnn.md in its third step, then a batch."""
    normal = ask.draw.standard_normal
    one = np.array([[0.5]]), np.array([[2.0]]), np.array([-0.5])
    ask(answer.rnn_step, np.array([[2.0]]), np.array([[0.0]]), *one)
    ask(answer.rnn_step, np.array([[0.0]]), np.array([[0.4621]]), *one)
    x, h = normal((3, 4)), np.tanh(normal((3, 5)))
    ask(answer.rnn_step, x, h, normal((4, 5)) / 2, normal((5, 5)) / 2, normal(5))


exercise = Exercise(
    title="One step of an RNN",
    page="theory/rnn.md",
    hints=(
        "It is two dense layers whose pre-activations are added before one activation. What shape "
        "has each product?",
        "h' = tanh(x W + h U + b): theory/rnn.md (1).",
        "return tanh of (x times W, plus h times U, plus b), the products being those of matrices",
    ),
    mistakes=(
        Mistake("the bias is left out: add b to the two products", {" + b": ""}),
        Mistake("tanh is missing: the new state is tanh of the pre-activation", {"np.tanh": ""}),
        Mistake(
            "the old state does not count: it is multiplied with U and added to the pre-activation",
            {" + h @ U": ""},
        ),
        Mistake(
            "U is transposed: with rows for samples, the state stands on the left of U as it is",
            {"h @ U": "h @ U.T"},
        ),
        Mistake("the old state is added as it is: multiply it with U first", {"h @ U": "h"}),
        Mistake(
            "the activation is a sigmoid: a state goes from -1 to 1, by tanh",
            {"np.tanh(x @ W + h @ U + b)": "1 / (1 + np.exp(-(x @ W + h @ U + b)))"},
        ),
        Mistake(
            "tanh is taken of the input's part only: add everything up first, then take tanh",
            {"np.tanh(x @ W + h @ U + b)": "np.tanh(x @ W) + h @ U + b"},
        ),
        Mistake(
            "tanh is taken of each part by itself: add everything up first, then take tanh once",
            {"np.tanh(x @ W + h @ U + b)": "np.tanh(x @ W + b) + np.tanh(h @ U)"},
        ),
        Mistake(
            "the bias is added after tanh: it belongs to the pre-activation, inside",
            {"h @ U + b)": "h @ U) + b"},
        ),
        Mistake(
            "the old state is added to the new one: it counts inside of tanh only",
            {"np.tanh(": "h + np.tanh("},
        ),
        Mistake(
            "state and U are multiplied number by number: use the product of matrices",
            {"h @ U": "h * U"},
        ),
        Mistake(
            "the activation is ReLU: a state goes from -1 to 1, by tanh",
            {"np.tanh(": "np.maximum(0, "},
        ),
        Mistake(
            "the bias is added twice, once with each product: there is one bias",
            {"+ b)": "+ 2 * b)"},
        ),
    ),
    read_next="theory/rnn.md, 'What it is for'",
)
