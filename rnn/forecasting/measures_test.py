"""Measures by axis, and yardsticks that are no length."""

from __future__ import annotations

import numpy as np
import pytest

from brain.errors import UserError
from rnn.forecasting import measures

TRUTH, SAID = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 2.0], [3.0, 1.0]])


def test_by_step_and_over_all() -> None:
    assert measures.mae(TRUTH, SAID).tolist() == [0.5, 1.5]
    assert measures.mae(TRUTH, SAID, None) == 1
    assert measures.rmse(TRUTH, SAID).tolist() == pytest.approx([0.5**0.5, 4.5**0.5])
    training = np.array([0.0, 1.0, 4.0, 5.0])
    assert measures.mase(TRUTH, SAID, training, 2).tolist() == [0.5 / 4, 1.5 / 4]
    assert measures.mase(TRUTH, SAID, training, 2, None) == 0.25


def test_a_yardstick_needs_a_season_that_is_not_exact() -> None:
    with pytest.raises(UserError, match="3 values has no value a season of 12 ago"):
        measures.naive_error(np.arange(3.0), 12)
    with pytest.raises(UserError, match="repeats itself exactly after 2 values"):
        measures.naive_error(np.array([1.0, 2.0] * 4), 2)
