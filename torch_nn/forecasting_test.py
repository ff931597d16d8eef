"""PyTorch makes the forecasts that NumPy makes."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.testing.forecasting_suite import Forecasting


class TestForecasting(Forecasting):
    engine = "torch"
