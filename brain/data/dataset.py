"""What every data set looks like, and how rows are divided between training and test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from brain.data.options import SEEDS, real_number, whole_number
from brain.data.windowing import Scaling
from brain.errors import UserError, unknown
from brain.randomness import generator

Task = Literal["classification", "binary", "regression"]

TARGETS: dict[str, tuple[type, dict[int, str]]] = {
    "classification": (np.int64, {1: "(N,)", 2: "(N, T)"}),
    "binary": (np.int64, {1: "(N,)"}),
    "regression": (np.float32, {2: "(N, K)", 3: "(N, T, K)"}),
}
"""For each task, the type of y and its shape by rank; T is that of x, `(N, T, ...)`."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows to learn from and rows to be judged by, in the project's canonical layout.

    `x_train` and `x_test` are float32: `(N, D)`; `(N, H, W, C)` with pixels in [0, 1]; sequences
    `(N, T, D)`. Or they are int64 ids from 0, `(N, T)`. `y_train` and `y_test` are int64 labels,
    `(N,)` or one for each step `(N, T)`, that count from 0 in the order of `classes`; in
    regression they are float32 targets `(N, K)` or `(N, T, K)` and `classes` is empty. The task
    "binary" is two classes told apart by one sigmoid unit. Arrays that do not fit together are a
    UserError; they are kept as they are, views included, and never copied.

    `gap` is None where rows are drawn apart from one another. Where they follow in time it is how
    many rows to leave out before those that are held out, so that no target is in both parts.
    `scaling` says how values were standardised, where they were.
    """

    name: str
    x_train: NDArray[Any] = field(repr=False)
    y_train: NDArray[Any] = field(repr=False)
    x_test: NDArray[Any] = field(repr=False)
    y_test: NDArray[Any] = field(repr=False)
    task: Task
    classes: tuple[str, ...]
    title: str
    gap: int | None = None
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        if self.task not in get_args(Task):
            raise unknown("task", self.task, get_args(Task))
        if self.gap is not None:
            whole_number("gap", self.gap, 0, len(self.x_train))
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
            return int(self.y_train.shape[-1])
        return 1 if self.task == "binary" else len(self.classes)

    def hold_out(self, fraction: float, seed: int = 0) -> Dataset:
        """The same set with `fraction` of the training rows as its test rows, for validation.

        The test rows proper appear in neither part, so that choices made on what is held out
        never see them. Where labels are `(N,)`, the classes keep their shares, to within a row.
        Rows that follow in time are not drawn: the last are held out, and `gap` rows before them
        left out. A fraction that is not between 0 and 1, or that leaves a part empty, is a
        UserError.
        """
        whole_number("seed", seed, *SEEDS)
        train: Any
        held: Any
        if self.gap is None:
            train, held = split_rows(self.y_train, fraction, seed, f"hold out {self.name}")
        else:
            cut = len(self.y_train) - part_of(len(self.y_train), fraction, spare=self.gap)
            train, held = slice(cut - self.gap), slice(cut, None)
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

    def _check_part(self, part: str, x: NDArray[Any], y: NDArray[Any]) -> None:
        ids = x.dtype == np.int64 and x.ndim == 2
        if not ids and (x.dtype != np.float32 or x.ndim < 2):
            raise UserError(
                f"{self.name}: x_{part} must be float32 (N, ...) or int64 ids (N, T), not "
                f"{x.dtype} {x.shape}."
            )
        dtype, shapes = TARGETS[self.task]
        if y.dtype != dtype or y.ndim not in shapes:
            raise UserError(
                f"{self.name}: y_{part} must be {np.dtype(dtype)} {' or '.join(shapes.values())} "
                f"for {self.task}, not {y.dtype} {y.shape}."
            )
        if len(x) != len(y) or not len(x):
            raise UserError(
                f"{self.name}: x_{part} has {len(x)} rows and y_{part} {len(y)}; "
                "they must have equally many, and at least one."
            )
        if "T" in shapes[y.ndim] and y.shape[1] != x.shape[1]:
            raise UserError(
                f"{self.name}: y_{part} {y.shape} must have a target for each of the "
                f"{x.shape[1]} steps of x_{part}."
            )
        if ids and x.size and x.min() < 0:
            raise UserError(f"{self.name}: the ids of x_{part} must count from 0, not {x.min()}.")
        if self.classes and y.size and (y.min() < 0 or y.max() >= len(self.classes)):
            raise UserError(
                f"{self.name}: the labels of y_{part} must lie in 0..{len(self.classes) - 1}, "
                f"not {y.min()}..{y.max()}."
            )


def part_of(rows: int, fraction: float, spare: int = 0, what: str = "rows") -> int:
    """How many of `rows` a test part of `fraction` is, rounded: at least 1.

    One row must be left to train by when `spare` are left out as well; else a UserError.
    """
    real_number("the fraction", fraction, 0, 1)
    held = round(fraction * rows)
    if not 0 < held < rows - spare:
        besides = f" and leave out {spare}" if spare else ""
        raise UserError(
            f"a fraction of {fraction:g} would make {held} of {rows} {what} the test part"
            f"{besides}; choose one that leaves {what} in both parts."
        )
    return held


def split_rows(
    y: NDArray[Any], fraction: float, seed: int, label: str
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The row numbers of a training and of a test part, each in a shuffled order.

    `fraction` of the rows, rounded, goes to the test part. With labels `y` `(N,)` each class is
    in it by its share, to within a row; with targets `(N, K)` rows are drawn alike. What comes
    out is decided by `seed` and `label`. Systematic sampling: W. G. Cochran, "Sampling
    Techniques", 3rd edition (1977), chapter 8.
    """
    whole_number("seed", seed, *SEEDS)
    rows, held = len(y), part_of(len(y), fraction)
    random = generator(seed, label)
    order = random.permutation(rows)
    by_class = order[np.argsort(y[order], kind="stable")] if y.ndim == 1 else order
    # Every (rows / held)-th row of the list that is sorted by class, from a random start; in
    # whole numbers, so that no rounding can name a row twice or run past the end.
    chosen = by_class[(np.arange(held) * rows + random.integers(rows)) // held]
    in_test = np.zeros(rows, dtype=np.bool_)
    in_test[chosen] = True
    return order[~in_test[order]], order[in_test[order]]
