"""TensorFlow makes the forecasts that NumPy makes."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.testing.forecasting_suite import Forecasting


class TestForecasting(Forecasting):
    engine = "tensorflow"
