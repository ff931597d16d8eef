"""A data set is whole and well formed, and its rows are divided fairly."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.data.dataset import Dataset, split_rows
from brain.errors import UserError


def small(**changes: Any) -> Dataset:
    """Six rows of three numbers, in two classes, and two rows to test by."""
    values: dict[str, Any] = {
        "name": "small",
        "x_train": np.arange(18, dtype=np.float32).reshape(6, 3),
        "y_train": np.array([0, 0, 0, 1, 1, 1]),
        "x_test": np.zeros((2, 3), dtype=np.float32),
        "y_test": np.array([0, 1]),
        "task": "classification",
        "classes": ("a", "b"),
        "title": "Small",
    }
    return Dataset(**(values | changes))


def test_properties_follow_from_the_arrays() -> None:
    data = small()
    assert data.input_shape == (3,)
    assert data.outputs == 2
    assert replace(data, task="binary").outputs == 1
    targets = {"y_train": np.zeros((6, 4), np.float32), "y_test": np.zeros((2, 4), np.float32)}
    assert small(**targets, task="regression", classes=()).outputs == 4


def sequences(**changes: Any) -> Dataset:
    """Five sequences of four ids in time, with a label for each, and two to test by."""
    ids = np.arange(28).reshape(7, 4) % 3
    arrays = {"x_train": ids[:5], "y_train": ids[:5, ::-1], "x_test": ids[5:], "y_test": ids[5:]}
    return small(**({"classes": ("a", "b", "c")} | arrays | changes))


def test_sequences_of_ids_with_a_label_for_each() -> None:
    data = sequences()
    assert (data.input_shape, data.outputs) == ((4,), 3)
    assert sequences(y_train=np.zeros(5, np.int64), y_test=np.zeros(2, np.int64)).outputs == 3
    targets = {"y_train": np.zeros((5, 4, 6), np.float32), "y_test": np.zeros((2, 4, 6), "f4")}
    assert sequences(**targets, task="regression", classes=()).outputs == 6


def test_arrays_are_kept_as_they_are() -> None:
    ids = np.arange(28).reshape(7, 4) % 3
    data = sequences(x_train=ids[:5], y_train=ids[:5])
    assert np.shares_memory(data.x_train, ids)
    assert np.shares_memory(data.y_train, ids)


def test_rows_with_a_label_for_each_step_are_held_out_whole() -> None:
    data = sequences()
    part = data.hold_out(0.4, seed=1)
    assert (len(part.x_train), len(part.x_test)) == (3, 2)
    rows = np.concatenate([part.x_train, part.x_test]).tolist()
    assert sorted(rows) == sorted(data.x_train.tolist())
    for x, y in ((part.x_train, part.y_train), (part.x_test, part.y_test)):
        np.testing.assert_array_equal(y, x[:, ::-1])


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_of_rows_in_time_the_last_are_held_out(gap: int) -> None:
    data = small(gap=gap)
    for seed in (0, 1):
        part = data.hold_out(1 / 3, seed=seed)
        np.testing.assert_array_equal(part.x_train, data.x_train[: 4 - gap])
        np.testing.assert_array_equal(part.x_test, data.x_train[4:])
        np.testing.assert_array_equal(part.y_test, data.y_train[4:])
        assert part.gap == gap
    with pytest.raises(UserError, match="seed must be a whole number"):
        data.hold_out(0.5, seed=-1)
    with pytest.raises(UserError, match=r"3 of 6 rows the test part and leave out 3; choose"):
        small(gap=3).hold_out(0.5)


def test_is_frozen_and_its_repr_is_short() -> None:
    with pytest.raises(FrozenInstanceError):
        small().name = "other"  # type: ignore[misc]
    assert "array" not in repr(small())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x_train": np.zeros((6, 3))}, "x_train must be float32"),
        ({"x_test": np.zeros(2, np.float32)}, "x_test must be float32"),
        (
            {"x_train": np.zeros((6, 3, 1), np.int64)},
            r"or int64 ids \(N, T\), not int64 \(6, 3, 1\)",
        ),
        ({"x_train": np.full((6, 3), -1)}, "ids of x_train must count from 0, not -1"),
        ({"y_train": np.zeros(6, np.int32)}, "y_train must be int64"),
        ({"y_test": np.zeros((2, 1, 1), np.int64)}, r"y_test must be int64 \(N,\) or \(N, T\) for"),
        ({"y_test": np.zeros((2, 1), np.int64)}, r"y_test \(2, 1\) must have .* of the 3 steps"),
        ({"y_test": np.zeros((2, 3), np.int64)}, r"y_train is \(\) and a row of y_test \(3,\)"),
        ({"y_train": np.zeros((6, 3), np.int64), "task": "binary"}, r"int64 \(N,\) for binary"),
        ({"y_train": np.zeros(5, np.int64)}, "6 rows and y_train 5"),
        ({"y_train": np.full(6, 2)}, "must lie in 0..1"),
        ({"y_test": np.array([0, -1])}, "must lie in 0..1"),
        ({"x_test": np.zeros((2, 4), np.float32)}, "must be alike"),
        ({"x_test": np.zeros((0, 3), np.float32), "y_test": np.zeros(0, np.int64)}, "0 rows"),
        ({"task": "clasification"}, "did you mean 'classification'"),
        ({"task": "regression"}, "wants no classes"),
        ({"task": "regression", "classes": ()}, "y_train must be float32"),
        ({"task": "binary", "classes": ("a", "b", "c")}, "wants two classes"),
        ({"classes": ()}, "wants two or more"),
        ({"gap": -1}, "gap must be a whole number"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        small(**changes)


def test_hold_out_divides_the_training_rows_alone() -> None:
    data = small()
    part = data.hold_out(1 / 3, seed=4)
    assert (len(part.x_train), len(part.x_test)) == (4, 2)
    assert sorted(part.y_test) == [0, 1]
    rows = np.concatenate([part.x_train, part.x_test])
    assert {tuple(row) for row in rows} == {tuple(row) for row in data.x_train}
    for x, y in ((part.x_train, part.y_train), (part.x_test, part.y_test)):
        np.testing.assert_array_equal(y, x[:, 0] >= 9)  # each label went with its row


def test_hold_out_is_decided_by_its_seed() -> None:
    data = small()
    again = [data.hold_out(0.5, seed=seed).x_test for seed in (1, 1, 2, 3, 4)]
    np.testing.assert_array_equal(again[0], again[1])
    assert any(not np.array_equal(again[0], other) for other in again[2:])


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, 0.01, 0.99, float("nan"), "half", None])
def test_a_fraction_that_leaves_a_part_empty_is_refused(fraction: Any) -> None:
    with pytest.raises(UserError, match="fraction"):
        small().hold_out(fraction)


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=60),
    st.floats(0.01, 0.99),
    st.integers(0, 2**64 - 1),
)
def test_every_row_falls_in_one_part_and_every_class_by_its_share(
    labels: list[int], fraction: float, seed: int
) -> None:
    y = np.array(labels)
    held = round(fraction * len(y))
    if not 0 < held < len(y):
        return
    train, test = split_rows(y, fraction, seed, "any")
    assert len(test) == held
    assert sorted([*train, *test]) == list(range(len(y)))
    share = np.bincount(y, minlength=5) * held / len(y)
    assert np.all(np.abs(np.bincount(y[test], minlength=5) - share) < 1)
