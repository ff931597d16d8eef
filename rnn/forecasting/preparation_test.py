"""A series is prepared and taken back, and what cannot be prepared is a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from brain.errors import UserError
from brain.randomness import generator
from rnn.forecasting.preparation import TRANSFORMS, Preparation, check
from rnn.forecasting.testing.made import counted

WAVY = counted(np.exp(generator(2, "wavy").standard_normal(40)), 12)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("season", [0, 1, 5, 12])
def test_what_is_prepared_is_taken_back(transform: str, season: int) -> None:
    preparation = Preparation(transform, season)
    prepared = preparation.apply(WAVY)
    assert len(prepared.values) == len(prepared.times) == 40 - season
    assert prepared.times[-1] == WAVY.times[-1]
    for origin, horizon in ((12, 28), (20, 3)):  # further than a season too
        ahead = prepared.values[origin - season : origin - season + horizon]
        back = preparation.undo(np.stack([ahead, ahead]), WAVY.values[None, :origin].repeat(2, 0))
        wanted = WAVY.values[origin : origin + horizon]
        np.testing.assert_allclose(back, [wanted, wanted], rtol=1e-10)


def test_no_root_is_below_zero() -> None:
    assert Preparation("sqrt").undo(np.array([[-0.3, 2.0]]), np.empty((1, 0))).tolist() == [[0, 4]]


def test_it_looks_back_only() -> None:
    """What comes later changes nothing that was prepared before."""
    later = replace(WAVY, values=np.where(np.arange(40) < 25, WAVY.values, 1000 * WAVY.values))
    one, two = (Preparation("log", 5).apply(series).values for series in (WAVY, later))
    np.testing.assert_array_equal(one[:20], two[:20])
    assert (one[20:25] != two[20:25]).all()


@pytest.mark.parametrize(
    ("preparation", "values", "words"),
    [
        (
            ("log", 0),
            [1, 0, 2],
            "holds 0, of which there is no log: choose the transform 'none' or",
        ),
        (
            ("sqrt", 0),
            [1, -2, 2],
            "holds -2, of which there is no sqrt: choose the transform 'none'",
        ),
        (("none", 3), [1, 2, 3], "has 3 values, too few for differences over 3"),
        (("none", 0), [1, np.nan, 3], "the value at 2000-02 is nan; missing values must be filled"),
        (("none", 0), [1, 3, np.inf], "the value at 2000-03 is inf"),
        (("none", 0), [4, 4, 4], "every value is 4, so that there is nothing to forecast"),
    ],
)
def test_what_cannot_be_prepared(preparation: Any, values: list[float], words: str) -> None:
    with pytest.raises(UserError, match=words):
        Preparation(*preparation).apply(counted(values))


def test_an_unknown_transform() -> None:
    with pytest.raises(UserError, match="unknown transform 'lgo'; did you mean 'log'"):
        Preparation("lgo")
    with pytest.raises(UserError, match="season of differences must be a whole number"):
        Preparation(season=-1)


def test_a_series_that_varies_is_right() -> None:
    check(WAVY)
