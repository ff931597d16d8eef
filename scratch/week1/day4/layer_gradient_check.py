"""How `layer_gradient` is checked."""

import numpy as np

from brain.learn import Ask, Exercise, Mistake


def probe(answer, ask: Ask) -> None:
    """Numbers that can be followed by hand, then random numbers: 3 samples, 4 inputs, 5 units."""
    W = np.array([[1.0, -1.0], [2.0, 0.5], [0.0, 3.0], [-1.0, 2.0]])
    X = np.array([[1.0, 2.0, -1.0, 0.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, -1.0]])
    dZ = np.array([[1.0, -1.0], [-2.0, 0.5], [0.5, 2.0]])
    ask(answer.layer_gradient, dZ, X, W)
    dZ, X, W = (ask.draw.standard_normal(shape) for shape in ((3, 5), (3, 4), (4, 5)))
    ask(answer.layer_gradient, dZ, X, W)


exercise = Exercise(
    title="A layer's gradients",
    page="theory/dense.md",
    hints=(
        "Write the shapes beside each array. Only one product of X and dZ has the shape of W.",
        "dW = X^T dZ, db = the sum of dZ over the samples, dX = dZ W^T: (2), (3) and (4) of "
        "theory/dense.md.",
        "dW is X transposed, times dZ; db is the sum down each column of dZ; dX is dZ times W "
        "transposed",
    ),
    mistakes=(
        Mistake(
            "dW is transposed: it must have the shape of W, (D, H)",
            {"X.T @ dZ": "dZ.T @ X"},
        ),
        Mistake(
            "db is averaged over the samples: sum them, the mean was taken by the loss already",
            {"dZ.sum(axis=0)": "dZ.mean(axis=0)"},
        ),
        Mistake(
            "dW and db are divided by N once more: the mean was taken by the loss already",
            {"X.T @ dZ": "X.T @ dZ / len(X)", "dZ.sum(axis=0)": "dZ.mean(axis=0)"},
        ),
        Mistake(
            "dW is divided by N once more: the mean was taken by the loss already",
            {"X.T @ dZ": "X.T @ dZ / len(X)"},
        ),
        Mistake(
            "db is summed over the wrong axis: one number for each unit, so sum over the samples",
            {"axis=0": "axis=1"},
        ),
        Mistake(
            "db is summed over everything: each unit has its own, so name the axis of the samples",
            {"axis=0": ""},
        ),
        Mistake(
            "db is not summed over the samples: a bias acts on every sample, so its effects add up",
            {"dZ.sum(axis=0)": "dZ"},
        ),
        Mistake(
            "db keeps an axis of length 1: the bias has the shape (H,), so has its gradient",
            {"axis=0": "axis=0, keepdims=True"},
        ),
        Mistake(
            "dX is transposed: it must have the shape of X, (N, D)",
            {"dZ @ W.T": "W @ dZ.T"},
        ),
        Mistake(
            "the shapes of a product do not fit: X is transposed in dW = X^T dZ, W in dX = dZ W^T",
            {"dZ @ W.T": "dZ @ W"},
        ),
        Mistake(
            "the three are right, their order is not: dW, db, dX",
            {"return dW, db, dX": "return dW, dX, db"},
        ),
        Mistake(
            "the inputs' gradient is missing: three things are asked for, dW, db and dX",
            {"return dW, db, dX": "return dW, db"},
        ),
    ),
    read_next="scratch/dense.py, `d_dense`: the engine's own, for any number of axes",
)
