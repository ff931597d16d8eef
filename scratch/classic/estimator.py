"""What all classic algorithms have in common: `fit`, `predict`, `predict_proba` and `score`.

The interface is that of L. Buitinck et al., "API design for machine learning software: experiences
from the scikit-learn project" (2013). N samples, D columns, K classes; all computing is in float64.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain.checks import finite, numbers
from brain.errors import UserError
from brain.stage import Tick

Array = NDArray[Any]
Ticks = Generator[Tick, None, None]

LARGEST_SUM = 1e300
"""What sums of squares may reach: far enough below 1.8e308 for a few more factors."""


class Estimator(ABC):
    """Something that learns from rows `x (N, D)` and their answers `y`, and answers new rows.

    Every fault in what it is given is a UserError.
    """

    columns: int | None = None
    """D of the rows it was fitted to; None before `fit`."""

    @abstractmethod
    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        """Learn from the rows `x (N, D)` and the answers `y`, `(N,)`; returns itself."""

    @abstractmethod
    def predict(self, x: ArrayLike) -> Array:
        """The answers for the rows `x (N, D)`."""

    @abstractmethod
    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        """How good the answers are: 1 where all are right."""

    def _new_rows(self, x: ArrayLike) -> Array:
        """`x (N, D)`, checked; D must be that of the rows it was fitted to."""
        if self.columns is None:
            name = type(self).__name__
            raise UserError(f"this {name} has learned nothing yet: call fit(x, y) first.")
        x = rows(x)
        if x.shape[1] != self.columns:
            raise UserError(
                f"x has {x.shape[1]} columns, but the rows of fit had {self.columns}: "
                "give the same columns."
            )
        return x


class Regressor(Estimator):
    """Answers are numbers, `(N,)`, or `(N, M)` for several at once."""

    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        """R^2: 1 for perfect answers, 0 for those that are no better than the mean of `y`.

        Where `y` does not vary it is 1 for perfect answers and 0 for any others.
        """
        answer = self.predict(x)
        y = targets(y, len(answer))
        if y.shape != answer.shape:
            raise UserError(
                f"y has shape {y.shape}, but the answers have {answer.shape}: give y in the shape "
                "that fit was given."
            )
        residual, total = np.sum((y - answer) ** 2), np.sum((y - y.mean(axis=0)) ** 2)
        return float(1 - residual / total) if total else float(residual == 0)


class Classifier(Estimator):
    """Answers are classes; `classes (K,)` lists them in rising order once it is fitted."""

    classes: Array

    @abstractmethod
    def predict_proba(self, x: ArrayLike) -> Array:
        """The probability of each class, `(N, K)`, in the order of `classes`."""

    def predict(self, x: ArrayLike) -> Array:
        """The likeliest class of each row, `(N,)`; of classes equally likely, the lowest."""
        likeliest = self.predict_proba(x).argmax(axis=1)
        return self.classes[likeliest]

    def score(self, x: ArrayLike, y: ArrayLike) -> float:
        """The share of right answers, 0 to 1."""
        answer = self.predict(x)
        return float(np.mean(answer == labels(y, len(answer))))


def rows(x: ArrayLike) -> Array:
    """`x` as float64 `(N, D)` with at least one row and one column; else a UserError.

    All numbers are finite, and so small that their squares can be added up.
    """
    array = numbers("x", x)
    if not array.size:
        raise UserError(f"x is empty, its shape is {array.shape}: give at least one row.")
    if array.ndim != 2:
        hint = "x[:, None]" if array.ndim == 1 else "x.reshape(len(x), -1)"
        raise UserError(
            f"x has shape {array.shape}, but rows of numbers are wanted, (N, D): try {hint}."
        )
    return squarable("x", finite("x", array.astype(np.float64)))


def squarable(name: str, array: Array) -> Array:
    """`array`, if the sum of its squares cannot overflow; else a UserError."""
    largest = float(np.abs(array).max())
    limit = float(np.sqrt(LARGEST_SUM / array.size))
    if largest > limit:
        raise UserError(
            f"{name} holds numbers as large as {largest:g}, too large to be squared and added up: "
            f"take units in which none is above {limit:.0e}."
        )
    return array


def in_range(array: Array) -> Array:
    """`array`, computed from finite numbers, if all of it is finite; else a UserError."""
    if not np.isfinite(array).all():
        raise UserError(
            "the result is not finite, since the numbers are too large or too small to compute "
            "with: bring the columns of x to one scale, for example to variance 1."
        )
    return array


def targets(y: ArrayLike, count: int) -> Array:
    """`y` as float64 `(N,)` or `(N, M)`, finite, for `count` rows; else a UserError."""
    array = numbers("y", y)
    if array.ndim not in (1, 2) or not array.size:
        raise UserError(f"y has shape {array.shape}, but numbers are wanted, (N,) or (N, M).")
    _one_for_each_row(array, count)
    return squarable("y", finite("y", array.astype(np.float64)))


def labels(y: ArrayLike, count: int) -> Array:
    """`y` as int64 `(N,)`, a class for each of `count` rows; else a UserError."""
    array = numbers("y", y)
    if array.ndim != 1:
        raise UserError(f"y has shape {array.shape}, but one class a row is wanted, (N,).")
    _one_for_each_row(array, count)
    if array.dtype.kind == "f" and (finite("y", array) != np.trunc(array)).any():
        raise UserError("y must hold classes, whole numbers; for fractions take a regression.")
    if (np.abs(array.astype(np.float64)) >= 2.0**63).any():
        raise UserError("y must hold classes below 2**63: number them from 0.")
    return array.astype(np.int64)


def classes_of(y: ArrayLike, count: int) -> tuple[Array, Array]:
    """The classes in `y`, `(K,)` in rising order, and which of them each row has, `(N,)`.

    A UserError where there is one class only, since nothing can be told apart.
    """
    classes, index = np.unique(labels(y, count), return_inverse=True)
    if len(classes) == 1:
        raise UserError(f"y holds one class only, {classes[0]}: a classifier needs two or more.")
    return classes, index


def _one_for_each_row(y: Array, count: int) -> None:
    if len(y) != count:
        raise UserError(f"y holds {len(y)} answers, but x holds {count} rows: give one for each.")
