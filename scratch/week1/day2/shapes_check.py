"""How `shapes` is checked."""

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Shapes that fit, and shapes of which each misses in its own way."""
    ask(answer.dense_shape, (3, 4), (4, 5), (5,))
    ask(answer.dense_shape, (1, 784), (784, 10), (10,))
    ask(answer.dense_shape, (3, 4), (5, 4), (4,))  # W is transposed, though b fits its columns
    ask(answer.dense_shape, (4, 3), (4, 5), (5,))  # X is transposed
    ask(answer.dense_shape, (3, 4), (4, 5), (3,))  # a bias for each sample
    ask(answer.dense_shape, (3, 4), (4, 5), (4,))  # a bias for each feature
    n, d, h = (int(n) for n in ask.draw.permutation(range(2, 40))[:3])
    ask(answer.dense_shape, (n, d), (d, h), (h,))
    ask(answer.dense_shape, (n, h), (d, h), (h,))


CHECK = "rows != features or b_shape != (neurons,)"

exercise = Exercise(
    title="Shapes, read ahead",
    page="theory/dense.md",
    hints=(
        "Two numbers must be equal for the product to exist; they vanish. Which two are left?",
        "(N, D) times (D, H) is (N, H), and b has the shape (H,): theory/dense.md (1).",
        "take both shapes apart; return None if the columns of X are not the rows of W, or if b's "
        "shape is not one number for each column of W; else return rows of X, columns of W",
    ),
    mistakes=(
        Mistake(
            "the two are exchanged: Z has a row for each sample and a column for each neuron",
            {"(samples, neurons)": "(neurons, samples)"},
        ),
        Mistake(
            "nothing is checked: where the shapes do not fit, the answer is None",
            {CHECK: "False"},
        ),
        Mistake(
            "the bias is not checked: it needs one number for each neuron",
            {" or b_shape != (neurons,)": ""},
        ),
        Mistake(
            "the product is not checked: columns of X and rows of W must be as many",
            {"rows != features or ": ""},
        ),
        Mistake(
            "the wrong pair is compared: X's last number must equal W's first",
            {"rows != features": "neurons != features"},
        ),
        Mistake(
            "this is the shape of W: Z has a row for each sample", {"(samples, neurons)": "w_shape"}
        ),
        Mistake(
            "this is the shape of X: Z has a column for each neuron",
            {"(samples, neurons)": "x_shape"},
        ),
        Mistake(
            "the bias is checked against the samples: it has one number for each neuron",
            {"(neurons,):": "(samples,):"},
        ),
        Mistake(
            "b's shape is a tuple of one number: compare it with (neurons,), or its first entry",
            {"(neurons,):": "neurons:"},
        ),
        Mistake(
            "an error is raised where the shapes do not fit: return None instead",
            {"return None": "raise ValueError"},
        ),
    ),
    read_next="NumPy on broadcasting, https://numpy.org/doc/stable/user/basics.broadcasting.html: "
    "how a b of shape (H,) is added to every row",
)
