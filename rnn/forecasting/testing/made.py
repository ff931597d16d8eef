"""Series made of given values."""

from __future__ import annotations

from typing import Any

import numpy as np

from brain.data import Series


def counted(values: Any, period: float | None = None) -> Series:
    """A series of these values, month by month."""
    times = np.datetime64("2000-01") + np.arange(len(values))
    return Series("counted", "Counted", np.asarray(values, dtype=np.float64), times, "m", period)
