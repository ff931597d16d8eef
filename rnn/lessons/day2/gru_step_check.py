"""How `gru_step` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """The unit of theory/gru.md in its first and second step, then a batch."""
    normal = ask.draw.standard_normal
    W, U = np.array([[1.0, -1.0, 2.0]]), np.array([[0.0, 0.0, 1.0]])
    one = W, U, np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 0.5])
    ask(answer.gru_step, np.array([[1.0]]), np.array([[0.0]]), *one)
    ask(answer.gru_step, np.array([[0.0]]), np.array([[0.4913]]), *one)
    x, h = normal((3, 4)), np.tanh(normal((3, 5)))
    ask(answer.gru_step, x, h, normal((4, 15)) / 2, normal((5, 15)) / 2, normal(15), normal(15))


exercise = Exercise(
    title="One step of a GRU",
    page="theory/gru.md",
    hints=(
        "Keep the two pre-activations apart until the reset gate has done its work on the third "
        "part of the state's.",
        "A = x W + b, S = h U + q, r and z are sigmoids of A + S in their parts: theory/gru.md "
        "(1); n = tanh(A^n + r S^n): (2); h' = (1 - z) n + z h: (3).",
        "a = x times W plus b; s = h times U plus q; r and z = sigmoid of their parts of a "
        "plus s; n = tanh of (its part of a, plus r times its part of s); return (1 minus z) "
        "times n, plus z times h",
    ),
    mistakes=(
        Mistake(
            "the reset gate comes before the product, as in the first paper: multiply it with "
            "the state's part, its bias in it",
            {"r * s[:, 2 * units :]": "(r * h) @ U[:, 2 * units :] + q[2 * units :]"},
        ),
        Mistake(
            "the update gate works the other way round: where z is 1 the old state stays",
            {"(1 - z) * n + z * h": "z * n + (1 - z) * h"},
        ),
        Mistake(
            "the parts are taken in the order z, r, n, as Keras has them: here it is r, z, n",
            {"n = np.tanh(": "r, z = z, r\n    n = np.tanh("},
        ),
        Mistake(
            "the reset gate is not used: it is multiplied with the state's part of the new value",
            {"r * s": "s"},
        ),
        Mistake(
            "the reset gate is multiplied with the input's part too: only the state's is reset",
            {
                "a[:, 2 * units :] + r * s[:, 2 * units :]": (
                    "r * (a[:, 2 * units :] + s[:, 2 * units :])"
                )
            },
        ),
        Mistake(
            "the state's bias is added outside of the reset gate: it is part of what is reset",
            {"r * s[:, 2 * units :]": "r * (s - q)[:, 2 * units :] + q[2 * units :]"},
        ),
        Mistake(
            "the candidate has a sigmoid: it goes from -1 to 1, by tanh",
            {"np.tanh(": "sigmoid("},
        ),
        Mistake("the bias of the state's part is left out: add q", {" + q": ""}),
        Mistake("the bias of the input's part is left out: add b", {"x @ W + b": "x @ W"}),
        Mistake(
            "the new value is written whole on top of what is kept: what is kept of the old "
            "state is not written",
            {"(1 - z) * n": "n"},
        ),
        Mistake(
            "nothing is kept of the old state: add z of it",
            {" + z * h": ""},
        ),
        Mistake(
            "the gates have no activation: a sigmoid brings them between 0 and 1",
            {"r = sigmoid(a": "r = (a", "z = sigmoid(a": "z = (a"},
        ),
    ),
    read_next="theory/gru.md, 'Why it is done so': why PyTorch, Keras and the first paper differ",
)
