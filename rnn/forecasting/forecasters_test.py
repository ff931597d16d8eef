"""Forecasters know what is before the origin and nothing else, and the linear one finds a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from brain import data
from brain.data import Series
from brain.errors import UserError
from brain.randomness import generator
from rnn.forecasting.forecasters import Autoregression, Forecaster, Naive, Windowed
from rnn.forecasting.networks import NetworkForecaster, Training
from rnn.forecasting.preparation import Preparation
from rnn.forecasting.testing.made import counted

WAVE = data.series("sine", n=120, noise=0.1, seed=1)
SEASON = Preparation("none", 25)
BRIEF = Training(epochs=2)
MAKERS: dict[str, Callable[[], Forecaster]] = {
    "naive": Naive,
    "seasonal": lambda: Naive(25),
    "autoregression": lambda: Autoregression(SEASON, 10, 1),
    "autoregression, direct": lambda: Autoregression(SEASON, 10, 7),
    "gru": lambda: NetworkForecaster("forecast-gru", SEASON, 10, 1, training=BRIEF),
    "gru, direct": lambda: NetworkForecaster("forecast-gru", SEASON, 10, 7, training=BRIEF),
}


def spoilt(series: Series, origin: int) -> Series:
    """The same series up to `origin`, another one after."""
    after = np.arange(len(series.values)) >= origin
    return replace(series, values=np.where(after, 1000 - 5 * series.values, series.values))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_what_comes_after_the_origin_changes_nothing(make: Callable[[], Forecaster]) -> None:
    origin = np.array([100])
    for series in (WAVE, spoilt(WAVE, 100)):
        forecaster = make().fit(series, 100)
        said = [forecaster.forecast(series, origin, 7)]
        if isinstance(forecaster, Windowed):
            rows = forecaster.residuals(series, 100)
            assert rows.shape == (20 - forecaster.outputs + 1, forecaster.outputs)
            said.append(rows)
        if series is WAVE:
            first = said
    for one, other in zip(first, said, strict=True):
        np.testing.assert_array_equal(one, other)
    assert first[0].shape == (1, 7)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_many_origins_are_as_one_and_one(make: Callable[[], Forecaster]) -> None:
    forecaster = make().fit(WAVE, 90)
    origins = np.array([90, 97, 113])
    together = forecaster.forecast(WAVE, origins, 7)
    for row, origin in zip(together, origins, strict=True):
        one = forecaster.forecast(WAVE, np.array([origin]), 7)[0]
        np.testing.assert_allclose(row, one, rtol=1e-5, atol=1e-5)


def test_an_autoregression_finds_the_one_that_made_the_series() -> None:
    noise, values = generator(4, "made").standard_normal(400), [0.0, 0.0]
    for step in noise:
        values.append(0.2 + 1.5 * values[-1] - 0.8 * values[-2] + 0.1 * step)
    made = counted(values[50:])
    model = Autoregression(Preparation(), 12).fit(made, 300)
    assert model.order >= 2
    said = model.forecast(made, np.arange(300, 350), 1)[:, 0]
    truth = made.values[300:350]
    assert np.std(truth - said) < 0.115  # the noise is 0.1
    assert np.std(np.diff(truth)) > 0.15  # the naive forecast's error


def test_a_wave_without_noise_is_continued_by_lines() -> None:
    pure = data.series("sine", n=200)
    for outputs in (1, 20):
        model = Autoregression(Preparation(), 12, outputs).fit(pure, 150)
        assert model.ridge < 1
        said = model.forecast(pure, np.array([150, 170]), 20)
        np.testing.assert_allclose(said, [pure.values[150:170], pure.values[170:190]], atol=0.02)


def test_a_network_learns_a_wave() -> None:
    pure = data.series("sine", n=200, noise=0.02)
    model = NetworkForecaster("forecast-gru", Preparation(), 12, 5, training=Training(40))
    said = model.fit(pure, 150).forecast(pure, np.arange(150, 190), 5)
    truth = pure.values[np.arange(150, 190)[:, None] + np.arange(5)]
    assert np.abs(truth - said).mean() < 0.1  # a wave of height 1


@pytest.mark.parametrize(
    ("values", "origin", "words"),
    [
        (np.arange(30.0), 9, "10 values and the next 1 do not fit into a training part of 9"),
        ([*[3.0] * 30, *range(9)], 30, "prepared by as it is, does not vary in its training part"),
    ],
)
def test_a_series_that_cannot_be_learned(values: list[float], origin: int, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Autoregression(Preparation(), 10).fit(counted(values), origin)


def test_differences_that_are_all_the_same() -> None:
    exact = counted([1.0, 4.0, 2.0] * 20)
    with pytest.raises(UserError, match="prepared by differences over 3, does not vary"):
        Autoregression(Preparation("none", 3), 5).fit(exact, 40)


def test_a_season_that_was_never_seen() -> None:
    with pytest.raises(UserError, match="5 values hold no season of 12"):
        Naive(12).fit(counted(range(40)), 5)
