"""Medians, ratios of rounds, and when enough has been measured."""

from __future__ import annotations

import pytest

from benchmarks.figures import Spread, between, of_rounds, ratio, settled, spread, written


def test_quartiles_are_those_of_the_values() -> None:
    assert spread([5.0]) == Spread(5.0, 5.0, 5.0)
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0]) == Spread(2.0, 3.0, 4.0)
    assert of_rounds([[1.0, 9.0, 2.0], [4.0]]).median == 3.0


def test_a_ratio_is_taken_round_by_round() -> None:
    """The second round is ten times as slow for both: the ratio does not see it."""
    found = ratio([[2.0], [20.0], [2.0]], [[1.0], [10.0], [1.0]])
    assert found == Spread(2.0, 2.0, 2.0)
    assert not found.noisy
    assert ratio([[1.0]], [[]]) is None


def test_a_wide_spread_is_noisy() -> None:
    assert spread([1.0, 1.0, 2.0, 2.0]).noisy
    assert not spread([1.0, 1.01, 1.02]).noisy


def test_rounds_settle_when_every_ratio_is_known() -> None:
    steady, wild = [[1.0]] * 6, [[1.0], [3.0], [1.0], [3.0], [1.0], [3.0]]
    assert settled([steady, steady])
    assert not settled([steady, wild])
    assert not settled([steady[:4], steady[:4]])  # too few rounds to say so
    assert settled([steady])
    assert not settled([wild])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(12.0, "12.0 s"), (1.5e-3, "1.50 ms"), (2.04e-5, "20.4 us"), (9.999e-1, "1000 ms")],
)
def test_seconds_have_three_digits(seconds: float, text: str) -> None:
    assert written(seconds) == text


def test_quartiles_have_the_unit_of_the_median() -> None:
    assert between(Spread(0.9e-3, 1.1e-3, 1.2e-3)) == "0.900-1.20"
