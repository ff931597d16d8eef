"""Real tables for the tests of the classic algorithms, from scikit-learn; skips without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

CLASSES = ("iris", "digits", "wine", "breast_cancer")
NUMBERS = "diabetes"


def table(name: str, *, standard: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
    """x `(N, D)`, pixels from 0 to 1, and y `(N,)`. `standard`: columns of mean 0, variance 1."""
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    if name == "digits":
        x = x / 16
    if standard:
        deviation = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    return x, y
