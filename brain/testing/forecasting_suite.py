"""The same forecasts in every engine; an engine's own tests subclass `Forecasting`.

class TestForecasting(Forecasting):
    engine = "torch"
"""

from __future__ import annotations

import importlib
from typing import Any, ClassVar

import numpy as np
import pytest

from brain import data
from brain.names import MODELS
from brain.testing.present import needs


class Forecasting:
    """Trained on a wave, forecast from several origins, with intervals; in float64."""

    engine: ClassVar[str]

    @pytest.mark.parametrize("outputs", [1, 4], ids=["recursive", "direct"])
    @pytest.mark.parametrize("model", ["forecast-rnn", "forecast-lstm", "forecast-gru"])
    def test_forecasts_and_intervals_are_numpys(self, model: str, outputs: int) -> None:
        needs(model, MODELS)
        networks = importlib.import_module("rnn.forecasting.networks")
        backtest = importlib.import_module("rnn.forecasting.backtest")
        preparation = importlib.import_module("rnn.forecasting.preparation").Preparation("none", 25)
        series = data.series("sine", n=120, noise=0.2, seed=3)
        origins = backtest.origins(series, 100, 4, every=5)

        def found(engine: str) -> Any:
            training = networks.Training(epochs=2)
            forecaster = networks.NetworkForecaster(
                model, preparation, 8, outputs, training=training, engine=engine, dtype="float64"
            )
            return backtest.backtest(forecaster, series, origins, 4, paths=20)

        ours, numpys = found(self.engine), found("numpy")
        assert ours.forecast.shape == (4, 4)
        np.testing.assert_allclose(ours.forecast, numpys.forecast, rtol=1e-9, atol=1e-11)
        for level, (lower, upper) in numpys.bands.items():
            assert (lower < upper).all()
            np.testing.assert_allclose(ours.bands[level][0], lower, rtol=1e-9, atol=1e-11)
            np.testing.assert_allclose(ours.bands[level][1], upper, rtol=1e-9, atol=1e-11)
