"""Which classes a network takes for one another, and the pictures that it is most wrong about."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks
from brain.data import Dataset
from brain.engine import Network
from brain.errors import UserError
from brain.scores import probabilities
from cnn.places import image_shape

Array = NDArray[Any]


class Confused(NamedTuple):
    """So many times a picture of class `truth` was taken for one of class `answer`."""

    truth: int
    answer: int
    times: int


def confusion_table(truth: Array, answers: Array, classes: int) -> Array:
    """How often each class (rows) was taken for each (columns): `(classes, classes)`."""
    for name, labels in (("truth", truth), ("answers", answers)):
        if labels.size and not 0 <= labels.min() <= labels.max() < classes:
            raise UserError(
                f"{name} holds labels from {labels.min()} to {labels.max()}; there are {classes} "
                f"classes, 0 to {classes - 1}."
            )
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (truth, answers), 1)
    return table


def most_confused(table: Array, count: int) -> list[Confused]:
    """The pairs of classes that are taken for one another most often, at most `count` of them."""
    wrong = table * (1 - np.eye(len(table), dtype=np.int64))
    order = np.argsort(-wrong, axis=None, kind="stable")[:count]
    pairs = [Confused(*divmod(int(p), len(table)), int(wrong.flat[p])) for p in order]
    return [pair for pair in pairs if pair.times]


def judged(net: Network, x: ArrayLike, batch_size: int = 256) -> tuple[Array, Array]:
    """Each picture's answer, `(N,)`, and the probability of every class, `(N, K)`.

    UserError for a model that gives no classes.
    """
    image_shape(net.model)
    if not net.model.loss.labels or len(net.model.output_shape) != 1:
        raise UserError(
            f"model {net.model.name!r} does not give one class for each picture, so there is "
            "nothing to confuse: take a model with a loss for classes."
        )
    p = probabilities(net.model.loss, net.predict(x, batch_size))
    return p.argmax(axis=1), p


def fitting(net: Network, dataset: Dataset) -> None:
    """Refuse a data set whose pictures or classes are not those that the network takes."""
    model = net.model
    image_shape(model)
    checks.inputs(model, dataset.x_test[:1], net.dtype)
    classes = model.loss.classes(model.output_shape)
    if dataset.task == "regression" or len(dataset.classes) != classes:
        raise UserError(
            f"{dataset.name} has {len(dataset.classes)} classes, and model {model.name!r} gives "
            f"{model.output_shape}: look at the data that it was trained on."
        )
