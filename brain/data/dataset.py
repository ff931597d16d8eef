"""What every data set looks like, and how rows are divided between training and test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from brain.data.options import SEEDS, real_number, whole_number
from brain.errors import UserError, unknown
from brain.randomness import generator

Task = Literal["classification", "binary", "regression"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows to learn from and rows to be judged by, in the project's canonical layout.

    `x_train` and `x_test` are float32, `(N, D)`, or `(N, H, W, C)` with pixels in [0, 1].
    `y_train` and `y_test` are int64 labels `(N,)` that count from 0 in the order of `classes`;
    in regression they are float32 targets `(N, K)` and `classes` is empty. The task "binary" is
    two classes told apart by one sigmoid unit. Arrays that do not fit together are a UserError.
    """

    name: str
    x_train: NDArray[np.float32] = field(repr=False)
    y_train: NDArray[Any] = field(repr=False)
    x_test: NDArray[np.float32] = field(repr=False)
    y_test: NDArray[Any] = field(repr=False)
    task: Task
    classes: tuple[str, ...]
    title: str

    def __post_init__(self) -> None:
        if self.task not in get_args(Task):
            raise unknown("task", self.task, get_args(Task))
        self._check_classes()
        self._check_part("train", self.x_train, self.y_train)
        self._check_part("test", self.x_test, self.y_test)
        for x_or_y, train, test in (
            ("x", self.x_train, self.x_test),
            ("y", self.y_train, self.y_test),
        ):
            if train.shape[1:] != test.shape[1:]:
                raise UserError(
                    f"{self.name}: a row of {x_or_y}_train is {train.shape[1:]} and a row of "
                    f"{x_or_y}_test {test.shape[1:]}; they must be alike."
                )

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one row of x: `(2,)` for points, `(28, 28, 1)` for MNIST."""
        return self.x_train.shape[1:]

    @property
    def outputs(self) -> int:
        """How many units the last layer of a network for this set needs.

        One for a binary task, one for each class or else for each target of regression.
        """
        if self.task == "regression":
            return int(self.y_train.shape[1])
        return 1 if self.task == "binary" else len(self.classes)

    def hold_out(self, fraction: float, seed: int = 0) -> Dataset:
        """The same set with `fraction` of the training rows as its test rows, for validation.

        The test rows proper appear in neither part, so that choices made on what is held out
        never see them. The classes keep their shares, to within a row. A fraction that is not
        between 0 and 1, or that leaves a part empty, is a UserError.
        """
        train, held = split_rows(self.y_train, fraction, seed, f"hold out {self.name}")
        return replace(
            self,
            x_train=self.x_train[train],
            y_train=self.y_train[train],
            x_test=self.x_train[held],
            y_test=self.y_train[held],
        )

    def _check_classes(self) -> None:
        wanted = {
            "classification": (len(self.classes) >= 2, "two or more classes"),
            "binary": (len(self.classes) == 2, "two classes"),
            "regression": (not self.classes, "no classes"),
        }
        right, words = wanted[self.task]
        if not right:
            raise UserError(f"{self.name}: {self.task} wants {words}, not {self.classes!r}.")

    def _check_part(self, part: str, x: NDArray[np.float32], y: NDArray[Any]) -> None:
        dtype, rank = (np.float32, 2) if self.task == "regression" else (np.int64, 1)
        if x.dtype != np.float32 or x.ndim < 2:
            raise UserError(
                f"{self.name}: x_{part} must be float32 (N, ...), not {x.dtype} {x.shape}."
            )
        if y.dtype != dtype or y.ndim != rank:
            raise UserError(
                f"{self.name}: y_{part} must be {np.dtype(dtype)} {('(N,)', '(N, K)')[rank - 1]} "
                f"for {self.task}, not {y.dtype} {y.shape}."
            )
        if len(x) != len(y) or not len(x):
            raise UserError(
                f"{self.name}: x_{part} has {len(x)} rows and y_{part} {len(y)}; "
                "they must have equally many, and at least one."
            )
        if self.classes and (y.min() < 0 or y.max() >= len(self.classes)):
            raise UserError(
                f"{self.name}: the labels of y_{part} must lie in 0..{len(self.classes) - 1}, "
                f"not {y.min()}..{y.max()}."
            )


def split_rows(
    y: NDArray[Any], fraction: float, seed: int, label: str
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The row numbers of a training and of a test part, each in a shuffled order.

    `fraction` of the rows, rounded, goes to the test part. With labels `y` `(N,)` each class is
    in it by its share, to within a row; with targets `(N, K)` rows are drawn alike. What comes
    out is decided by `seed` and `label`. Systematic sampling: W. G. Cochran, "Sampling
    Techniques", 3rd edition (1977), chapter 8.
    """
    real_number("the fraction", fraction, 0, 1)
    whole_number("seed", seed, *SEEDS)
    rows, held = len(y), round(fraction * len(y))
    if not 0 < held < rows:
        raise UserError(
            f"a fraction of {fraction:g} would make {held} of {rows} rows the test part; "
            "choose one that leaves rows in both parts."
        )
    random = generator(seed, label)
    order = random.permutation(rows)
    by_class = order[np.argsort(y[order], kind="stable")] if y.ndim == 1 else order
    # Every (rows / held)-th row of the list that is sorted by class, from a random start; in
    # whole numbers, so that no rounding can name a row twice or run past the end.
    chosen = by_class[(np.arange(held) * rows + random.integers(rows)) // held]
    in_test = np.zeros(rows, dtype=np.bool_)
    in_test[chosen] = True
    return order[~in_test[order]], order[in_test[order]]
