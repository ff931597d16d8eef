"""Origins roll, forecasters learn once or anew, intervals hold what they should."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pytest

from brain import data
from brain.data import Series
from brain.errors import UserError
from rnn.forecasting.backtest import backtest, draws, first_origin, origins
from rnn.forecasting.forecasters import Autoregression, Forecaster, Naive
from rnn.forecasting.preparation import Preparation
from rnn.forecasting.testing.made import counted

WAVE = data.series("sine", n=600, noise=0.3, seed=1)


class Counting(Forecaster):
    """Foretells how much it was given to learn from."""

    name = "counting"

    def fit(self, series: Series, origin: int) -> Self:
        self.learned = origin
        return self

    def forecast(self, series: Series, origins: Any, horizon: int) -> Any:
        return np.full((len(origins), horizon), float(self.learned))


def test_the_window_expands_only_with_refit() -> None:
    series = counted(range(40))
    starts = origins(series, 32, 3, 2)
    assert starts.tolist() == [32, 34, 36]
    once = backtest(Counting(), series, starts, 3)
    anew = backtest(Counting(), series, starts, 3, refit=True)
    assert once.forecast[:, 0].tolist() == [32, 32, 32]
    assert anew.forecast[:, 0].tolist() == [32, 34, 36]
    assert once.truth.tolist() == [[32, 33, 34], [34, 35, 36], [36, 37, 38]]
    assert not once.bands


def test_the_test_part_is_that_of_the_data_sets() -> None:
    series = counted(range(144))
    dataset = data.forecasts(series, length=12)
    assert dataset.scaling is not None
    first = dataset.scaling.undo(dataset.y_test[0, 0])
    assert first_origin(series, 0.2) == pytest.approx(float(first))


@pytest.mark.parametrize("outputs", [1, 6], ids=["recursive", "direct"])
def test_intervals_hold_about_what_they_promise(outputs: int) -> None:
    forecaster = Autoregression(Preparation("none", 25), 12, outputs)
    found = backtest(forecaster, WAVE, origins(WAVE, 480, 6), 6, paths=200, seed=2)
    for level, (lower, upper) in found.bands.items():
        held = np.mean((lower <= found.truth) & (found.truth <= upper))
        assert held == pytest.approx(level, abs=0.1)
    narrow, wide = (found.bands[level] for level in (0.8, 0.95))
    assert (wide[0] < narrow[0]).all()
    assert (narrow[1] < wide[1]).all()


def test_what_is_learned_anew_differs_after_the_first_origin() -> None:
    forecaster, starts = Autoregression(Preparation(), 12), origins(WAVE, 480, 6, 50)
    once, anew = (
        backtest(forecaster, WAVE, starts, 6, refit=refit, paths=20) for refit in (False, True)
    )
    assert once.bands.keys() == anew.bands.keys()
    for one, other in ((once.forecast, anew.forecast), (once.bands[0.8][0], anew.bands[0.8][0])):
        np.testing.assert_allclose(one[0], other[0], rtol=1e-6)
        assert (np.abs(one[1:] - other[1:]) > 1e-4).any(axis=1).all()


def test_paths_are_drawn_by_their_seed() -> None:
    forecaster, starts = Autoregression(Preparation(), 12, 3), origins(WAVE, 480, 6, 30)
    one, same, other = (
        backtest(forecaster, WAVE, starts, 6, paths=20, seed=seed).bands[0.8][0]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_the_residuals_of_one_window_stay_together() -> None:
    rows = np.arange(12.0).reshape(4, 3)
    drawn = draws(rows, 5, 7, 8, 0)
    assert drawn.shape == (35, 3, 3)
    assert {tuple(row) for row in drawn.reshape(-1, 3)} == {tuple(row) for row in rows}


def test_a_naive_rule_has_no_intervals() -> None:
    assert not backtest(Naive(), WAVE, origins(WAVE, 580, 2), 2, paths=20).bands


def test_a_horizon_longer_than_the_test_part() -> None:
    with pytest.raises(UserError, match="a horizon of 9 is longer than the test part of 8 values"):
        origins(counted(range(40)), 32, 9)
    with pytest.raises(UserError, match="horizon must be a whole number"):
        origins(counted(range(40)), 32, 0)
