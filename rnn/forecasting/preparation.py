"""What is done to a series before it is learned, and undone after. theory/forecasting.md"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data import Series
from brain.data.options import whole_number
from brain.errors import UserError, unknown

Array = NDArray[Any]


def _unchanged(values: Array) -> Array:
    return values


def _squared(values: Array) -> Array:
    """The value whose root it is; no root is below 0."""
    return np.square(np.maximum(values, 0))


TRANSFORMS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "none": (_unchanged, _unchanged),
    "log": (np.log, np.exp),
    "sqrt": (np.sqrt, _squared),
}
"""By name: what is done to each value, and what undoes it."""


@dataclass(frozen=True)
class Preparation:
    """A `transform` of each value, then differences over `season` values; 0 takes none.

    It has nothing to fit: of each time, it looks at that time and the season before. The scale,
    which is fitted, comes after it, from the training part alone (`brain.data.forecasts`).
    """

    transform: str = "none"
    season: int = 0

    def __post_init__(self) -> None:
        if self.transform not in TRANSFORMS:
            raise unknown("transform", self.transform, TRANSFORMS)
        whole_number("the season of differences", self.season, 0, 1_000_000)

    def apply(self, series: Series) -> Series:
        """The prepared series, shorter by `season` values: the first have nothing to differ from.

        UserError for a series with a value that has no such transform, that is no number, or with
        no more than `season` values.
        """
        check(series)
        name, least = self.transform, float(series.values.min())
        if (name == "log" and least <= 0) or (name == "sqrt" and least < 0):
            raise UserError(
                f"{series.name} holds {least:g}, of which there is no {name}: choose the transform "
                f"'none'{' or sqrt' if least >= 0 else ''}."
            )
        if len(series.values) <= self.season:
            raise UserError(
                f"{series.name} has {len(series.values)} values, too few for differences over "
                f"{self.season}; take smaller ones, or none."
            )
        levels = TRANSFORMS[self.transform][0](series.values)  # (T,)
        unit = series.unit if self == Preparation() else f"prepared {series.unit}".rstrip()
        if self.season:
            levels = levels[self.season :] - levels[: -self.season]  # theory/forecasting.md (1)
        return replace(series, values=levels, times=series.times[self.season :], unit=unit)

    def undo(self, prepared: Array, before: Array) -> Array:
        """Prepared values `(N, H)` as values in the unit of the series, `(N, H)`.

        `before` is `(N, P)`, the P >= `season` values of the series just before each row.
        """
        do, back = TRANSFORMS[self.transform]
        if not self.season:
            return back(prepared)
        levels = [*do(before[:, -self.season :]).T]  # season arrays (N,)
        for change in prepared.T:
            levels.append(change + levels[-self.season])  # (2)
        return back(np.stack(levels[self.season :], axis=1))

    def __str__(self) -> str:
        steps = [] if self.transform == "none" else [self.transform]
        steps += [f"differences over {self.season}"] if self.season else []
        return ", ".join(steps) or "as it is"


def check(series: Series) -> None:
    """A UserError where a value is missing or all are the same."""
    values = np.asarray(series.values, dtype=np.float64)
    wrong = ~np.isfinite(values)
    if wrong.any():
        place = int(wrong.argmax())
        raise UserError(
            f"{series.name}: the value at {series.times[place]} is {values[place]:g}; missing "
            "values must be filled in first."
        )
    if len(values) and np.ptp(values) == 0:
        raise UserError(
            f"{series.name}: every value is {values[0]:g}, so that there is nothing to forecast; "
            "give a series that varies."
        )
