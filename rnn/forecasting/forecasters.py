"""What forecasts, behind one interface: naive rules, autoregression. theory/forecasting.md

N origins, T values of a series, L values in a window, K outputs, H steps ahead. An origin is a
number of values: a forecast from it knows `values[:origin]` and no more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from brain.data import Dataset, Scaling, Series, forecasts, windows
from brain.errors import UserError
from rnn.forecasting.preparation import Preparation, check
from scratch.classic.linear import LinearRegression

Array = NDArray[Any]

HELD_OUT = 0.2
"""The last share of the training part: choices are judged there, and residuals taken."""
RIDGES = (0.0, 0.01, 0.1, 1.0, 10.0)
ORDERS = (1, 2, 3, 4, 6, 9, 12, 13, 18, 24, 25, 36, 48, 72, 96, 132)
"""Of autoregressions that are tried; those no longer than the window, and the whole window."""


class Forecaster(ABC):
    """Something that continues a series."""

    name: str

    @abstractmethod
    def fit(self, series: Series, origin: int) -> Self:
        """Learn from the first `origin` values alone; returns itself."""

    @abstractmethod
    def forecast(self, series: Series, origins: Array, horizon: int) -> Array:
        """The `horizon` values after each origin `(N,)`, `(N, horizon)`, in the series' unit."""


class Naive(Forecaster):
    """The last value stays; with a `season`, what was a season ago comes again."""

    def __init__(self, season: int = 1) -> None:
        self.season = season
        self.name = "naive" if season == 1 else f"seasonal naive ({season})"

    def fit(self, series: Series, origin: int) -> Self:
        check(series)
        if origin < self.season:
            raise UserError(
                f"{series.name}: {origin} values hold no season of {self.season}; give a shorter "
                "period."
            )
        return self

    def forecast(self, series: Series, origins: Array, horizon: int) -> Array:
        ahead = np.arange(1, horizon + 1)
        # theory/forecasting.md (7), (8): the last value of the same phase that is known
        back = self.season * -(-ahead // self.season)
        return series.values[origins[:, None] - 1 + ahead - back]


class Windowed(Forecaster):
    """One that sees `length` prepared and scaled values, and gives `outputs` values at once.

    With one output it is recursive, feeding back its own; with as many as the horizon it is direct.
    """

    scaling: Scaling  # of the prepared training part

    def __init__(self, preparation: Preparation, length: int, outputs: int = 1) -> None:
        self.preparation, self.length, self.outputs = preparation, length, outputs

    @abstractmethod
    def _learn(self, data: Dataset) -> None:
        """Learn from the training rows of `data`, and from nothing else of it."""

    @abstractmethod
    def _answer(self, x: Array) -> Array:
        """The next `outputs` values `(N, K)` after windows `(N, L)`, all scaled."""

    def windows(self, series: Series, origin: int) -> Dataset:
        """The windows of the prepared series, scaled; the training part is all before `origin`."""
        season = self.preparation.season
        prepared = self.preparation.apply(series)
        learned = prepared.values[: max(origin - season, 1)]
        spread = np.ptp(replace(self.preparation, season=0).apply(series).values)
        if np.ptp(learned) <= 1e-9 * spread:
            raise UserError(
                f"{series.name}, prepared by {self.preparation}, does not vary in its training "
                "part: there is nothing to learn; prepare it otherwise, or give more of it."
            )
        # theory/forecasting.md (3), (4)
        return forecasts(prepared, length=self.length, horizon=self.outputs, origin=len(learned))

    def fit(self, series: Series, origin: int) -> Self:
        data = self.windows(series, origin)
        assert data.scaling is not None
        self.scaling = data.scaling
        self._learn(data)
        return self

    def forecast(
        self, series: Series, origins: Array, horizon: int, errors: Array | None = None
    ) -> Array:
        """As for every forecaster; with `errors` `(P, ceil(H / K), K)`, P / N paths an origin.

        Errors are those of `residuals`: each is added to the outputs, and fed back with them; the
        paths of the first origin come first in the `(P, horizon)` that are returned.
        """
        scaled = self.scaling.apply(self.preparation.apply(series).values).astype(np.float32)
        x = windows(scaled, self.length)[origins - self.preparation.season - self.length]
        z = self._ahead(x.astype(np.float64), horizon, errors)
        before = series.values[origins[:, None] + np.arange(-self.preparation.season, 0)]
        before = np.repeat(before, len(z) // len(x), axis=0)
        return self.preparation.undo(self.scaling.undo(z), before)

    def _ahead(self, x: Array, horizon: int, errors: Array | None) -> Array:
        """The next `horizon` scaled values after windows `(N, L)`: `(P, horizon)`."""
        parts: list[Array] = []
        for block in range(-(-horizon // self.outputs)):
            output = self._answer(x)  # (N, K): theory/forecasting.md (5), (6)
            if errors is not None:
                paths = len(errors) // len(output)  # many at first, then one
                output = np.repeat(output, paths, axis=0)
                output = output + errors[:, block] / self.scaling.deviation  # (15)
                x = np.repeat(x, paths, axis=0)
            parts.append(output)
            x = np.concatenate([x, output], axis=1)[:, -self.length :]
        return np.concatenate(parts, axis=1)[:, :horizon]

    def residuals(self, series: Series, origin: int) -> Array:
        """What a twin, that learns without the last fifth of the training part, misses there.

        Prepared truth less forecast, `(R, K)`: a row for each window whose `outputs` targets are
        held out. They come in prepared units, not scaled: the twin's scale is another one. Their
        mean at each step is taken out, so that paths spread around the forecast.
        """
        known = replace(series, values=series.values[:origin], times=series.times[:origin])
        inner = origin - round(HELD_OUT * origin)
        twin = copy(self).fit(known, inner)
        held = twin.windows(known, inner)
        missed = held.y_test - twin._answer(held.x_test[:, :, 0].astype(np.float64))
        return twin.scaling.deviation * (missed - missed.mean(axis=0))  # (14)


class Autoregression(Windowed):
    """The next values as weighted sums of the last `order`; least squares with a ridge.

    Order and ridge are those with the least squared error on the last fifth of the training part.
    """

    name = "linear autoregression"
    order: int
    ridge: float

    def _learn(self, data: Dataset) -> None:
        part = data.hold_out(HELD_OUT)
        orders = sorted({self.length, *(order for order in ORDERS if order < self.length)})
        tried = {
            (order, ridge): np.mean((_fitted(part, order, ridge)(part.x_test) - part.y_test) ** 2)
            for order in orders
            for ridge in RIDGES
        }
        self.order, self.ridge = min(tried, key=lambda one: tried[one])
        self._line = _fitted(data, self.order, self.ridge)

    def _answer(self, x: Array) -> Array:
        return self._line(x[:, :, None])


class _fitted:  # noqa: N801 (used as a function: `_fitted(data, order, ridge)(x)`)
    """The least-squares autoregression of training windows, as a function of `(N, L, 1)`."""

    def __init__(self, data: Dataset, order: int, ridge: float) -> None:
        self.order = order
        self.line = LinearRegression(ridge).fit(data.x_train[:, -order:, 0], data.y_train)

    def __call__(self, x: Array) -> Array:
        return self.line.predict(x[:, -self.order :, 0])  # theory/forecasting.md (9)
