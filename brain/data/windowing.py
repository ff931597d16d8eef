"""Windows of a sequence, one-hot codes, and values brought to a common scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain.data.options import whole_number
from brain.errors import UserError

LONGEST = 1_000_000
LARGEST = 4_000_000_000
"""The longest window, in values; the largest one-hot array, in bytes."""


def windows(values: NDArray[Any], length: int, stride: int = 1) -> NDArray[Any]:
    """Every stretch of `length` consecutive values that begins at a multiple of `stride`.

    `values` is `(T, ...)`, the result `(N, length, ...)`, N = (T - length) // stride + 1: what
    is left at the end, too short for a window, is in none. It is a read-only view: however much
    the windows overlap, no value is copied. Fewer than `length` values are a UserError.
    """
    whole_number("length", length, 1, LONGEST)
    whole_number("stride", stride, 1, LONGEST)
    if len(values) < length:
        raise UserError(
            f"a window of {length:,} does not fit into {len(values):,} values; choose a shorter "
            "one, or parts that are longer."
        )
    view = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)[::stride]
    return np.moveaxis(view, -1, 1)


def one_hot(ids: ArrayLike, classes: int) -> NDArray[np.float32]:
    """`ids` `(...)` from 0 to `classes` - 1 as float32 `(..., classes)`: 1 at the id, else 0.

    Ids that are no whole numbers, or not in that range, and codes that would take more than
    4 GB are each a UserError.
    """
    ids = np.asarray(ids)
    whole_number("classes", classes, 1, LONGEST)
    if ids.dtype.kind not in "iu" or (ids.size and not 0 <= ids.min() <= ids.max() < classes):
        held = f"{ids.min()}..{ids.max()}" if ids.dtype.kind in "iu" else ids.dtype
        raise UserError(f"ids must be whole numbers in 0..{classes - 1}, not {held}.")
    if (size := 4 * ids.size * classes) > LARGEST:
        raise UserError(
            f"one-hot codes of {ids.size:,} ids in {classes:,} classes would take "
            f"{size / 1e9:.1f} GB; keep the ids, or take fewer of them (a larger stride)."
        )
    codes = np.zeros((ids.size, classes), dtype=np.float32)
    codes[np.arange(ids.size), ids.ravel()] = 1
    return codes.reshape(*ids.shape, classes)


@dataclass(frozen=True)
class Scaling:
    """How values in `unit` were brought to mean 0 and deviation 1: (value - mean) / deviation."""

    mean: float
    deviation: float
    unit: str

    @classmethod
    def of(cls, values: NDArray[np.float64], unit: str) -> Scaling:
        """The scaling that gives `values` mean 0 and standard deviation 1; they must vary."""
        mean, deviation = float(np.mean(values)), float(np.std(values))
        # A constant may seem to vary by the rounding of its own mean.
        if deviation <= 1e-12 * abs(mean) or not deviation:
            raise UserError(f"values that are all {mean:g} cannot be brought to deviation 1.")
        return cls(mean, deviation, unit)

    def apply(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Values in `unit`, standardised."""
        return (np.asarray(values, dtype=np.float64) - self.mean) / self.deviation

    def undo(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Standardised values, say a network's forecasts, back in `unit`."""
        return np.asarray(values, dtype=np.float64) * self.deviation + self.mean
