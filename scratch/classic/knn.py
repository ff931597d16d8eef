"""k-nearest neighbours: ask the k samples that are most alike. theory/knn.md

N samples learned, M new ones, D columns, K classes.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from brain.data.options import whole_number
from brain.errors import UserError
from scratch.classic.estimator import Array, Classifier, classes_of, rows

AT_ONCE = 2**20
"""Distances held at a time: 8 MiB, enough rows for a fast matrix product."""
GROUP = 16
"""Samples that send their nearest ahead, where N is not small."""


class KNearestNeighbours(Classifier):
    """The class that most of the `k` nearest samples have; of classes with equal votes, the lowest.

    Nearest by the straight line between two rows, so a column in large units outweighs the others:
    bring the columns to one scale first. Of samples equally far, any may be taken. About `at_once`
    distances are held at a time (or one row of them, where there are more samples).
    """

    def __init__(self, k: int = 5, *, at_once: int = AT_ONCE) -> None:
        self.k = whole_number("k", k, 1, 10**9)
        self.at_once = whole_number("at_once", at_once, 1, 10**12)

    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        """Keep the samples; all the work is done when a question is asked."""
        x = rows(x)
        if self.k > len(x):
            raise UserError(
                f"k is {self.k}, but x holds {len(x)} rows only: take a k of at most {len(x)}."
            )
        self.classes, self._index = classes_of(y, len(x))
        self.columns = x.shape[1]
        self._middle = np.median(x, axis=0)  # distances stay, and most squares become small
        self._x = x - self._middle  # (N, D)
        self._group = max(1, min(GROUP, len(x) // self.k))
        missing = -len(x) % self._group  # fill up the last group with samples infinitely far away
        squares = np.pad(np.sum(self._x**2, axis=1), (0, missing), constant_values=np.inf)
        self._with_squares = np.column_stack([np.pad(self._x, ((0, missing), (0, 0))), squares])
        return self

    def predict_proba(self, x: ArrayLike) -> Array:
        """The share of the `k` nearest samples that is of each class, `(M, K)`."""
        _, nearest = self.neighbours(x)
        m, k = nearest.shape
        votes = self._index[nearest] + len(self.classes) * np.arange(m)[:, None]  # row by row
        counts = np.bincount(votes.ravel(), minlength=m * len(self.classes))
        return counts.reshape(m, -1) / k  # theory/knn.md (3)

    def neighbours(self, x: ArrayLike) -> tuple[Array, Array]:
        """The distances of the `k` nearest samples and their numbers, `(M, k)`, nearest first."""
        new = self._new_rows(x) - self._middle  # (M, D)
        block = max(1, self.at_once // max(len(self._x), self.k * self._x.shape[1]))
        parts = [self._ask(new[start : start + block]) for start in range(0, len(new), block)]
        return np.concatenate([d for d, _ in parts]), np.concatenate([n for _, n in parts])

    def _ask(self, x: Array) -> tuple[Array, Array]:
        """`neighbours` of B rows whose distances are held all at once, `(B, k)` each."""
        nearest = self._nearest(x)
        apart = x[:, None] - self._x[nearest]  # (B, k, D)
        distance = np.sqrt(np.sum(apart**2, axis=2))  # (1)
        order = np.argsort(distance, axis=1, kind="stable")
        return np.take_along_axis(distance, order, 1), np.take_along_axis(nearest, order, 1)

    def _nearest(self, x: Array) -> Array:
        """The numbers of the `k` nearest samples of B rows, `(B, k)`, in any order.

        The samples stand in G groups; all of the nearest are in the k groups whose nearest samples
        are nearest. Sample i stands in group i % G, at place i // G.
        """
        question = np.column_stack([-2 * x, np.ones(len(x))])
        squares = question @ self._with_squares.T  # (2) but for |x|^2, the same for all samples
        squares = squares.reshape(len(x), self._group, -1)  # (B, places, G)
        groups = smallest(squares.min(axis=1), self.k)  # (B, k)
        candidates = np.take_along_axis(squares, groups[:, None], axis=2)  # (B, places, k)
        chosen = smallest(candidates.reshape(len(x), -1), self.k)  # (B, k)
        place, group = chosen // self.k, np.take_along_axis(groups, chosen % self.k, axis=1)
        return place * squares.shape[2] + group


def smallest(array: Array, k: int) -> Array:
    """Where the `k` smallest numbers of each row are, `(B, k)`, in any order."""
    return np.argpartition(array, k - 1, axis=1)[:, :k]
