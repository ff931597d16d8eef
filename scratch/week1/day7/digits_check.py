"""How `digits` is checked: against the file that scikit-learn reads."""

from collections.abc import Sequence

import numpy as np

from brain.learn import Answer, Ask, Exercise, Mistake
from scratch.week1.digits import lines, numbers

EVERY = 50
"""Of the digits one in so many is looked at."""
FORM = "return two arrays: X and the labels"
IMAGES = "these are pictures of 8 by 8: the network wants each as a row of 64, which is `data`"
SHAPE = "X has the shape {}, not (1797, 64)"
ONE_HOT = "the labels are one-hot already: return the digits, a number each"
LABELS = "the labels are not those of the digits: `target` has them"
RAW = "the pixels still go from 0 to 16: divide by 16"
BYTES = "255 is the largest value of other pictures; here it is 16"
CENTRED = "some pixels are negative: here 0 must stay white, and 16 become 1"
UNEVEN = "each row, or each column, is divided by a number of its own: divide all by 16"
OTHER = "the pixels are not those of the digits over 16"


def probe(answer, ask: Ask) -> None:
    """Their shapes, and one in fifty of them."""

    def shapes_and_some_digits():
        found = answer.digits()
        if not isinstance(found, tuple | list) or len(found) != 2:
            return None
        X, labels = (np.asarray(part) for part in found)
        return X.shape, labels.shape, X[::EVERY], labels[::EVERY]

    ask(shapes_and_some_digits)


def judge(answers: Sequence[Answer]) -> str | None:
    """What is wrong with the digits, if anything is."""
    if not isinstance(answers[0].value, tuple):
        return FORM
    shape, shape_of_labels, X, labels = answers[0].value
    table = numbers(lines()[::EVERY])
    pixels, digits = table[:, :-1], table[:, -1]
    if shape != (1797, 64):
        return IMAGES if shape == (1797, 8, 8) else SHAPE.format(shape)
    if shape_of_labels != (1797,):
        return ONE_HOT if shape_of_labels == (1797, 10) else LABELS
    if not np.array_equal(labels, digits):
        return LABELS
    return None if np.allclose(X, pixels / 16) else otherwise(X, pixels)


def otherwise(X: np.ndarray, pixels: np.ndarray) -> str:
    """What was done to the pixels instead of a division by 16."""
    if np.allclose(X, pixels):
        return RAW
    if np.allclose(X, pixels / 255):
        return BYTES
    if X.min() < 0:
        return CENTRED
    return UNEVEN if np.array_equal(X > 0, pixels > 0) else OTHER


exercise = Exercise(
    title="Load and normalise",
    page="theory/initial-values.md",
    hints=(
        "Look at load_digits().data.max(): that is what must become 1.",
        "Pixels divided by 16. Why sizes matter: E[x^2] in (1) of theory/initial-values.md.",
        "load; return the data divided by 16, and the target as it is",
    ),
    mistakes=(
        Mistake(RAW, {"found.data / 16": "found.data"}),
        Mistake(BYTES, {"/ 16": "/ 255"}),
        Mistake(CENTRED, {"found.data / 16": "(found.data - found.data.mean()) / 16"}),
        Mistake(UNEVEN, {"/ 16": "/ found.data.max(axis=0).clip(1)"}),
        Mistake(IMAGES, {"found.data": "found.images"}),
        Mistake(ONE_HOT, {"found.target": "(found.target[:, None] == range(10)).astype(float)"}),
        Mistake(LABELS, {"found.target": "found.target / 16"}),
        Mistake(FORM, {", found.target": ""}),
    ),
    judge=judge,
    asks=1,
    uses=("numpy", "sklearn"),
    read_next="brain/data/bundled.py, where the project loads them",
)
