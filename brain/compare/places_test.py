"""Where two arrays differ, on a map that is small enough to look at."""

from __future__ import annotations

import numpy as np

from brain.compare.places import COLUMNS, ROWS, mapped


def test_a_small_array_is_shown_number_by_number() -> None:
    mine = np.zeros((2, 3, 2))
    theirs = mine.copy()
    theirs[1, 2, 0] = -0.5
    assert mapped(theirs, mine) == [[0.0] * 6, [0.0, 0.0, 0.0, 0.0, 0.5, 0.0]]


def test_a_large_one_by_the_largest_of_neighbours() -> None:
    mine = np.zeros((100, 10, 31))
    theirs = mine.copy()
    theirs[99, 9, 30] = 2.0
    shown = np.array(mapped(theirs, mine))
    assert shown.shape == (ROWS, COLUMNS)
    assert shown[-1, -1] == shown.sum() == 2.0


def test_what_has_another_shape_has_no_map() -> None:
    assert mapped(np.zeros((2, 3)), np.zeros((3, 2))) == []
    assert mapped(np.zeros((0, 3)), np.zeros((0, 3))) == []
