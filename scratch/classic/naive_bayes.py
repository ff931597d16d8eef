"""Gaussian naive Bayes: a bell curve for each class and column. theory/naive-bayes.md

N samples, D columns, K classes.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from brain.data.options import real_number
from brain.errors import UserError
from scratch.classic.estimator import Array, Classifier, classes_of, in_range, rows


class GaussianNaiveBayes(Classifier):
    """The class that explains a row best, were its columns independent and normal in each class.

    `smoothing` times the largest variance of a column is added to every variance, so that a column
    that does not vary within a class does not divide by zero.
    """

    prior: Array  # (K,), the share of each class
    mean: Array  # (K, D)
    variance: Array  # (K, D), smoothed

    def __init__(self, smoothing: float = 1e-9) -> None:
        self.smoothing = real_number("smoothing", smoothing, 0, 1)

    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        x = rows(x)
        classes, index = classes_of(y, len(x))
        groups = [x[index == k] for k in range(len(classes))]
        mean = np.stack([group.mean(axis=0) for group in groups])  # theory/naive-bayes.md (4)
        variance = np.stack([variances(group) for group in groups])  # (5)
        variance += self.smoothing * variances(x).max()  # (6)
        if not variance.all():
            k, d = np.argwhere(variance == 0)[0]
            raise UserError(
                f"column {d} of x does not vary within the class {classes[k]}, so it has no bell "
                "curve: leave the column out, or set smoothing above 0 if any column varies."
            )
        self.classes, self.mean, self.variance = classes, mean, variance
        self.prior = np.array([len(group) for group in groups]) / len(x)  # (3)
        self.columns = x.shape[1]
        return self

    def joint_log_likelihood(self, x: ArrayLike) -> Array:
        """log p(class) + log p(row | class), `(N, K)`: sums, where products would underflow."""
        x = self._new_rows(x)
        columns = []
        for prior, mean, variance in zip(self.prior, self.mean, self.variance, strict=True):
            with np.errstate(over="ignore"):
                density = -0.5 * (np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)  # (2)
                columns.append(np.log(prior) + density.sum(axis=1))  # (7)
        return in_range(np.stack(columns, axis=1))

    def predict_log_proba(self, x: ArrayLike) -> Array:
        """The logarithm of the probability of each class, `(N, K)`."""
        joint = self.joint_log_likelihood(x)
        joint -= joint.max(axis=1, keepdims=True)
        return joint - np.log(np.exp(joint).sum(axis=1, keepdims=True))  # (8)

    def predict_proba(self, x: ArrayLike) -> Array:
        return np.exp(self.predict_log_proba(x))  # (1)


def variances(x: Array) -> Array:
    """The variance of each column, `(D,)`; exactly 0 for equal numbers, whatever their mean."""
    return np.where(np.ptp(x, axis=0) == 0, 0, x.var(axis=0))
