"""One series, several forecasters, the same windows and origins for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from brain import data
from brain.data import Series
from brain.data.files import DamagedFileError
from brain.data.timeseries import read_series
from brain.errors import UserError, unknown
from brain.names import MODELS
from brain.recipes import model_for
from rnn.forecasting.backtest import Backtest, backtest, first_origin, origins
from rnn.forecasting.forecasters import Array, Autoregression, Forecaster, Naive, Windowed
from rnn.forecasting.networks import NetworkForecaster, Training, Watch, unwatched
from rnn.forecasting.preparation import Preparation, check

Strategy = Literal["", "recursive", "direct"]
STRATEGIES: tuple[Strategy, ...] = ("recursive", "direct")


@dataclass(frozen=True)
class Settings:
    """How a series is prepared, seen and learned."""

    preparation: Preparation = field(default_factory=Preparation)
    length: int = 24
    horizon: int = 12
    every: int = 1
    training: Training = field(default_factory=Training)


SETTINGS: dict[str, Settings] = {
    "airline": Settings(Preparation("log", 12), length=24, horizon=12, training=Training(10)),
    "sunspots": Settings(
        Preparation("sqrt"), length=60, horizon=12, every=12, training=Training(10, 32, 0.005)
    ),
    "temperatures": Settings(length=30, horizon=7, every=7, training=Training(5, 32)),
}
"""What suits a series. Those of airline and sunspots were chosen on the training part alone, by the
errors that `--tuning` shows; those of temperatures are a first guess, as are the ones of others."""

WANTED = "wanted is a header, then in each row a date (1949-01 or 1949-01-31) and a number"
"""What a user's own file is to hold."""


@dataclass(frozen=True)
class Plan:
    """What is to be forecast, by what, and how it is judged."""

    settings: Settings
    model: str = "forecast-gru"
    engine: str = "numpy"
    strategies: tuple[Strategy, ...] = STRATEGIES
    test_fraction: float = 0.2
    refit: bool = False
    paths: int = 200
    seeds: tuple[int, ...] = (0,)
    dtype: str = "float32"

    def quick(self) -> Plan:
        """The same in seconds: to see that it works, not to judge by."""
        training = replace(self.settings.training, epochs=2)
        settings = replace(self.settings, training=training, every=self.settings.horizon)
        return replace(self, settings=settings, paths=20, seeds=self.seeds[:1])


@dataclass(frozen=True)
class Trial:
    """One forecaster's backtest; `seed` is None for those that draw nothing."""

    strategy: Strategy
    seed: int | None
    test: Backtest

    @property
    def label(self) -> str:
        """Its name, and its strategy."""
        return f"{self.test.name}, {self.strategy}" if self.strategy else self.test.name


def named(name: str) -> Series:
    """The series `name` of `brain.data`; UserError for one that is unknown or cannot be had."""
    return data.series(name)


def named_or_computed(name: str, instead: str) -> tuple[Series, str | None]:
    """A published series; where it cannot be had, a computed one, and a sentence that says why."""
    try:
        return data.series(name), None
    except UserError as error:
        found = data.series(instead)
        return found, f"{found.title} stands in for {name}: {error}"


def from_csv(path: Path, period: int | None, unit: str) -> Series:
    """A user's own series: a CSV file with a header and rows of a date and a number.

    UserError, with the line, for any other file, and for a series that cannot be forecast.
    """
    try:
        with path.open("rb"):
            pass
        times, values = read_series(path)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}.") from None
    except DamagedFileError as error:
        raise UserError(f"cannot read {path}: {error.reason}; {WANTED}.") from None
    series = Series(path.stem, path.stem, values, times, unit, period)
    check(series)
    return series


def known_part(series: Series, test_fraction: float) -> Series:
    """The training part alone: settings are chosen on its own last part, the test part unseen."""
    first = first_origin(series, test_fraction)
    return replace(series, values=series.values[:first], times=series.times[:first])


def last_part(series: Series, most: int) -> Series:
    """The last `most` values of a series, or all of it where it has no more."""
    return replace(series, values=series.values[-most:], times=series.times[-most:])


def season_of(series: Series) -> int:
    """After how many values the series nearly repeats itself; 1 where it does not."""
    return max(round(series.period or 1), 1)


def study(
    plan: Plan,
    series: Series,
    watch: Watch = unwatched,
    told: Callable[[str], None] = lambda text: None,
) -> Iterator[Trial]:
    """The trials of every forecaster, baselines first, each as soon as it is done.

    All see the same windows and forecast from the same origins. Every fault in what is asked is a
    UserError before the first training.
    """
    check(series)
    first = first_origin(series, plan.test_fraction)
    horizon, settings = plan.settings.horizon, plan.settings
    starts = origins(series, first, horizon, settings.every)
    for strategy in plan.strategies:
        if strategy not in STRATEGIES:
            raise unknown("strategy", strategy, STRATEGIES)
        fitting(plan, series, first, strategy)
    for strategy, seed, forecaster in forecasters(plan, series, watch):
        how: dict[str, Any] = {"refit": plan.refit, "paths": plan.paths, "seed": seed or 0}
        yield Trial(strategy, seed, backtest(forecaster, series, starts, horizon, told=told, **how))


def fitting(plan: Plan, series: Series, first: int, strategy: Strategy) -> None:
    """A UserError where the windows do not fit the series, or the model not the windows."""
    network = _network(plan, strategy, 0, unwatched)
    rows = network.windows(series, first)
    try:
        model_for(plan.model, rows)
    except UserError as error:
        if plan.model not in MODELS:  # no model at all
            raise
        hint = "for a series choose forecast-rnn, forecast-lstm or forecast-gru"
        raise UserError(f"{str(error).rstrip('.')}; {hint}.") from None


def forecasters(
    plan: Plan, series: Series, watch: Watch = unwatched
) -> Iterator[tuple[Strategy, int | None, Forecaster]]:
    """The naive rules, an autoregression for each strategy, then the networks seed by seed."""
    yield "", None, Naive()
    if (season := season_of(series)) > 1:
        yield "", None, Naive(season)
    settings = plan.settings
    for strategy in plan.strategies:
        outputs = _outputs(plan, strategy)
        yield strategy, None, Autoregression(settings.preparation, settings.length, outputs)
    for strategy in plan.strategies:
        for seed in plan.seeds:
            yield strategy, seed, _network(plan, strategy, seed, watch)


def _outputs(plan: Plan, strategy: Strategy) -> int:
    return plan.settings.horizon if strategy == "direct" else 1


def _network(plan: Plan, strategy: Strategy, seed: int, watch: Watch) -> Windowed:
    settings = plan.settings
    return NetworkForecaster(
        plan.model,
        settings.preparation,
        settings.length,
        _outputs(plan, strategy),
        training=settings.training,
        engine=plan.engine,
        seed=seed,
        dtype=plan.dtype,
        watch=watch,
    )


def training_part(series: Series, trial: Trial) -> Array:
    """The values before the first origin, by whose naive errors MASE is scaled."""
    return np.asarray(series.values[: int(trial.test.origins[0])])
