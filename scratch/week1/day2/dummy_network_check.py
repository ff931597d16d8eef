"""How `dummy_network` is checked: its numbers are random, so what they are like is looked at."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake

SHAPES = {"X": (3, 4), "W": (4, 5), "B": (5,), "Z": (3, 5)}
FORM = "return four arrays: X, W, B and Z, in this order"
CALLS = 100
"""Networks that are asked for: of 500 biases some are negative, and about 23 beyond 2 or -2."""
AGAIN = "two calls give the same numbers: draw in each call anew, and set no seed in the function"
SAME_B = "B is the same in two calls: draw it anew in each, as X and W"
POSITIVE = "no number of {} is negative: np.random.randn draws around 0, np.random.rand above it"
SIZE = (
    "the numbers of {} are larger or smaller than those of np.random.randn, whose standard "
    "deviation is 1: use them as they are"
)
NOT_NORMAL = (
    "the numbers of {} are not like those of np.random.randn, which are not whole numbers; most of "
    "them lie between -1 and 1, and about one in twenty beyond 2 or -2"
)
DEPEND = (
    "the numbers of one call depend on each other: draw every number of X, W and B by "
    "itself, and anew in each call"
)
ZEROS = "B is all zeros, so that nobody can see whether it is added: draw it, too"
NO_BIAS = "Z is X W: the bias is left out"
NOT_Z = "Z is not X W + B of the X, W and B that you return"


def wrong_shape(name: str, shape: tuple[int, ...]) -> str:
    """What is said of an array with the wrong shape."""
    meaning = {
        "X": "a row for each of 3 samples, a column for each of 4 features",
        "W": "a row for each of 4 features, a column for each of 5 neurons",
        "B": "one number for each of 5 neurons",
        "Z": "a row for each of 3 samples, a column for each of 5 neurons",
    }
    return f"{name} has the shape {shape}, not {SHAPES[name]}: {meaning[name]}"


def probe(answer, ask: Ask) -> None:
    """Several networks."""
    for _ in range(CALLS):
        ask(answer.dummy_network)


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the networks, if anything is."""
    networks = [answer.value for answer in answers]
    for network in networks:
        if says := misshapen(network):
            return says
    drawn = {name: np.stack([network[i] for network in networks]) for i, name in enumerate("XWB")}
    if not drawn["B"].any():
        return ZEROS
    for name, arrays in drawn.items():
        if not np.ptp(arrays, axis=0).any():
            return SAME_B if name == "B" else AGAIN
    for name, arrays in drawn.items():
        if arrays.min() >= 0:
            return POSITIVE.format(name)
        if not 0.8 < arrays.std() < 1.25:
            return SIZE.format(name)
        if (arrays == np.round(arrays)).all() or not 0 < np.mean(np.abs(arrays) > 2) < 0.15:
            return NOT_NORMAL.format(name)
    if dependent(np.concatenate([arrays.reshape(CALLS, -1) for arrays in drawn.values()], axis=1)):
        return DEPEND
    return next((says for network in networks if (says := miscalculated(*network))), None)


def dependent(table: np.ndarray) -> bool:
    """Whether the numbers at some place hardly change, or those at two places change together.

    `table` has a row for each call. By chance a standard deviation of 100 numbers is off by 7 %,
    and a correlation by 0.1.
    """
    if table.std(axis=0).min() < 0.5:
        return True
    correlations = np.corrcoef(table, rowvar=False) - np.eye(table.shape[1])
    return bool(np.abs(correlations).max() > 0.7)


def misshapen(network: Any) -> str | None:
    """What is wrong with a network before its numbers are looked at."""
    if not isinstance(network, tuple | list) or len(network) != len(SHAPES):
        return FORM
    for (name, shape), array in zip(SHAPES.items(), network, strict=True):
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf":
            return FORM
        if array.shape != shape:
            return wrong_shape(name, array.shape)
    return None


def miscalculated(X: np.ndarray, W: np.ndarray, B: np.ndarray, Z: np.ndarray) -> str | None:
    """How Z is not X W + B, if it is not."""
    with np.errstate(all="ignore"):  # of numbers that are not finite
        if np.allclose(Z, X @ W + B, rtol=1e-4, atol=1e-4):
            return None
        return NO_BIAS if np.allclose(Z, X @ W) else NOT_Z


exercise = Exercise(
    title="A dummy network",
    page="theory/dense.md",
    hints=(
        "Write the shapes down first: samples, features; features, neurons; neurons; and Z?",
        "Z = X W + b, (N, D) times (D, H) and (H,): theory/dense.md (1), with N = 3, D = 4, H = 5.",
        "draw X with 3 rows and 4 columns, W with 4 rows and 5 columns, B with 5 numbers; Z is "
        "your dense layer of the three; return all four",
    ),
    mistakes=(
        Mistake(NO_BIAS, {"dense(X, W, B)": "X @ W"}),
        Mistake(wrong_shape("B", (1, 5)), {"randn(5)": "randn(1, 5)"}),
        Mistake(
            wrong_shape("X", (4, 3)),
            {"randn(3, 4)": "randn(4, 3)", "dense(X, W, B)": "dense(X.T, W, B)"},
        ),
        Mistake(
            wrong_shape("W", (5, 4)),
            {"randn(4, 5)": "randn(5, 4)", "dense(X, W, B)": "dense(X, W.T, B)"},
        ),
        Mistake(
            POSITIVE.format("X"),
            {
                "np.random.randn(3, 4)": "np.random.rand(3, 4)",
                "np.random.randn(4, 5)": "np.random.rand(4, 5)",
            },
        ),
        Mistake(POSITIVE.format("W"), {"np.random.randn(4, 5)": "np.random.rand(4, 5)"}),
        Mistake(POSITIVE.format("B"), {"np.random.randn(5)": "np.random.rand(5)"}),
        Mistake(SIZE.format("W"), {"np.random.randn(4, 5)": "0.01 * np.random.randn(4, 5)"}),
        Mistake(
            NOT_NORMAL.format("X"),
            {
                "np.random.randn(3, 4)": "np.random.uniform(-1.7, 1.7, (3, 4))",
                "np.random.randn(4, 5)": "np.random.uniform(-1.7, 1.7, (4, 5))",
                "np.random.randn(5)": "np.random.uniform(-1.7, 1.7, 5)",
            },
        ),
        Mistake(
            NOT_NORMAL.format("W"),
            {"np.random.randn(4, 5)": "np.random.choice([-1.0, 1.0], (4, 5))"},
        ),
        Mistake(DEPEND, {"np.random.randn(5)": "W[0]"}),
        Mistake(SAME_B, {"np.random.randn(5)": "np.array([0.5, -1.0, 2.0, -0.3, 0.1])"}),
        Mistake(AGAIN, {"X = np": "np.random.seed(0)\n    X = np"}),
        Mistake(ZEROS, {"np.random.randn(5)": "np.zeros(5)"}),
        Mistake(
            NOT_Z,
            {"dense(X, W, B)": "dense(np.random.randn(3, 4), W, B)"},
        ),
        Mistake(FORM, {"return X, W, B, Z": "return Z"}),
        Mistake(
            "the shapes do not fit: W needs a row for each of the 4 features, a column for each of "
            "the 5 neurons",
            {"randn(4, 5)": "randn(5, 4)"},
        ),
        Mistake(
            "np.random.randn takes the lengths one by one, not as a tuple",
            {"randn(3, 4)": "randn((3, 4))"},
        ),
    ),
    judge=judge,
    read_next="3Blue1Brown, 'But what is a neural network?', "
    "https://www.3blue1brown.com/topics/neural-networks: the same product, drawn",
)
