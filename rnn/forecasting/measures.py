"""How far forecasts are off, in a series' unit and beside naive ones. theory/forecasting.md

Truths and forecasts are `(N, H)`: N origins, H steps ahead. Each measure gives one number for each
step ahead `(H,)`, or with `axis=None` one for all. R. J. Hyndman and A. B. Koehler, "Another look
at measures of forecast accuracy", International Journal of Forecasting 22 (2006).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.errors import UserError

Array = NDArray[Any]


def mae(truth: Array, forecast: Array, axis: int | None = 0) -> Array:
    """The mean absolute error."""
    return np.mean(np.abs(truth - forecast), axis=axis)  # theory/forecasting.md (10)


def rmse(truth: Array, forecast: Array, axis: int | None = 0) -> Array:
    """The root of the mean squared error."""
    return np.sqrt(np.mean((truth - forecast) ** 2, axis=axis))  # (11)


def naive_error(training: Array, season: int) -> float:
    """The mean absolute error, one step ahead, of the value a `season` ago on `training` `(T,)`.

    A season of 1 is the naive forecast. UserError where the training part is no longer than the
    season, or repeats itself exactly: there is nothing to measure by.
    """
    if len(training) <= season:
        raise UserError(
            f"a training part of {len(training)} values has no value a season of {season} ago; "
            "give a shorter period."
        )
    error = float(np.mean(np.abs(training[season:] - training[:-season])))  # (12)
    if error == 0:
        raise UserError(
            f"the training part repeats itself exactly after {season} values: there is no error of "
            "a naive forecast to measure by; give another period."
        )
    return error


def mase(
    truth: Array, forecast: Array, training: Array, season: int = 1, axis: int | None = 0
) -> Array:
    """The mean absolute scaled error: below 1, better than the (seasonal) naive forecast was
    one step ahead on the training part."""
    return mae(truth, forecast, axis) / naive_error(training, season)  # (13)


def coverage(truth: Array, lower: Array, upper: Array, axis: int | None = 0) -> Array:
    """The share of the truths that lie in their interval."""
    held = (lower <= truth) & (truth <= upper)
    return np.asarray(np.mean(held, axis=axis))  # (17)
