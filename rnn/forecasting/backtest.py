"""Forecasts from origins that roll through the test part, with intervals. theory/forecasting.md

L. J. Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting
16 (2000). Intervals by the bootstrap of residuals: R. J. Hyndman and G. Athanasopoulos,
"Forecasting: Principles and Practice", 3rd edition (2021), section 5.5.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.data import Series
from brain.data.dataset import part_of
from brain.data.options import whole_number
from brain.errors import UserError
from brain.randomness import generator
from rnn.forecasting.forecasters import Forecaster, Windowed

Array = NDArray[Any]

LEVELS = (0.8, 0.95)
"""The shares of the truths that intervals are to hold."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """What one forecaster said from each origin, and what came. In the series' unit.

    `bands` has for each level the lower and the upper end of the intervals, each `(N, H)`; it is
    empty where none were asked for.
    """

    name: str
    origins: Array  # (N,)
    truth: Array = field(repr=False)  # (N, H)
    forecast: Array = field(repr=False)  # (N, H)
    bands: dict[float, tuple[Array, Array]] = field(repr=False, default_factory=dict)
    seconds: float = 0.0


def first_origin(series: Series, test_fraction: float) -> int:
    """How many values are before the test part, the last `test_fraction` of them."""
    return len(series.values) - part_of(len(series.values), test_fraction, what="values")


def origins(series: Series, first: int, horizon: int, every: int = 1) -> Array:
    """Every `every`-th origin from `first` on, `(N,)`, that has `horizon` values after it."""
    whole_number("horizon", horizon, 1, 1_000_000)
    whole_number("every", every, 1, 1_000_000)
    left = len(series.values) - first
    if left < horizon:
        raise UserError(
            f"{series.name}: a horizon of {horizon} is longer than the test part of {left} values; "
            "choose a shorter one, or a larger test part."
        )
    return np.arange(first, len(series.values) - horizon + 1, every)  # theory/forecasting.md (18)


def backtest(
    forecaster: Forecaster,
    series: Series,
    origins: Array,
    horizon: int,
    *,
    refit: bool = False,
    paths: int = 0,
    seed: int = 0,
    told: Callable[[str], None] = lambda text: None,
) -> Backtest:
    """Let `forecaster` forecast `horizon` values from each of `origins`, and keep what came.

    It learns the values before the first origin; with `refit` it learns anew at each origin all
    that came before (an expanding window), else its weights stay, and only its windows move on.
    With `paths`, as many bootstrap paths an origin give intervals, for forecasters that see
    windows; their residuals are of the first training part, whether it is refitted or not.
    """
    began = time.perf_counter()
    truth = series.values[origins[:, None] + np.arange(horizon)]  # (N, H)
    intervals = paths if isinstance(forecaster, Windowed) else 0
    said, drawn = [], []
    errors = np.empty(0)
    if intervals:
        told(f"{forecaster.name}: residuals")
        assert isinstance(forecaster, Windowed)
        rows = forecaster.residuals(series, int(origins[0]))  # (R, K)
        errors = draws(rows, len(origins), paths, horizon, seed)
    groups = [origins[i : i + 1] for i in range(len(origins))] if refit else [origins]
    done = 0
    for group in groups:
        told(f"{forecaster.name}: origin {done + 1} of {len(origins)}")
        forecaster.fit(series, int(group[0]))
        said.append(forecaster.forecast(series, group, horizon))
        if intervals:
            assert isinstance(forecaster, Windowed)
            part = errors[done * paths : (done + len(group)) * paths]
            drawn.append(forecaster.forecast(series, group, horizon, part))
        done += len(group)
    bands = limits(np.concatenate(drawn).reshape(len(origins), paths, horizon)) if drawn else {}
    forecast, seconds = np.concatenate(said), time.perf_counter() - began
    return Backtest(forecaster.name, origins, truth, forecast, bands, seconds)


def draws(residuals: Array, origins: int, paths: int, horizon: int, seed: int) -> Array:
    """Residuals `(R, K)`, drawn with replacement: `(origins * paths, ceil(H / K), K)`.

    The K residuals of one window stay together, as errors of neighbouring steps belong together.
    """
    blocks = -(-horizon // residuals.shape[1])
    random = generator(seed, "forecast paths")
    return residuals[random.integers(len(residuals), size=(origins * paths, blocks))]


def limits(paths: Array, levels: tuple[float, ...] = LEVELS) -> dict[float, tuple[Array, Array]]:
    """For each level the interval with as much of the paths `(N, P, H)` below it as above it."""
    ends = {level: [(1 - level) / 2, (1 + level) / 2] for level in levels}
    # theory/forecasting.md (16)
    found = {level: np.quantile(paths, both, axis=1) for level, both in ends.items()}
    return {level: (lower, upper) for level, (lower, upper) in found.items()}
