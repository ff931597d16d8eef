"""Windows are all there and copy nothing; codes and scales turn back into what they came from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from brain.data import Scaling, one_hot, windows
from brain.errors import UserError


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 20))
def test_windows_are_the_stretches_that_begin_at_multiples(
    size: int, length: int, stride: int
) -> None:
    values = np.arange(size)
    if length > size:
        with pytest.raises(UserError, match=f"a window of {length} does not fit into {size}"):
            windows(values, length, stride)
        return
    wanted = [values[i : i + length] for i in range(0, size - length + 1, stride)]
    np.testing.assert_array_equal(windows(values, length, stride), wanted)


def test_windows_of_rows_keep_the_last_axes() -> None:
    values = np.arange(30).reshape(10, 3)
    found = windows(values, 4, 2)
    assert found.shape == (4, 4, 3)
    np.testing.assert_array_equal(found[1], values[2:6])


def test_windows_are_a_view_that_cannot_be_written() -> None:
    values = np.arange(1000)
    found = windows(values, 100)
    assert np.shares_memory(found, values)
    with pytest.raises(ValueError, match="read-only"):
        found[0, 0] = 1


@pytest.mark.parametrize("change", [{"length": 0}, {"length": 2.0}, {"stride": 0}])
def test_windows_that_are_none_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="must be a whole number from 1"):
        windows(np.arange(9), **({"length": 3} | change))


@given(hnp.arrays(np.int64, hnp.array_shapes(min_side=0), elements=st.integers(0, 6)))
def test_one_hot_has_a_single_one_at_the_id(ids: np.ndarray) -> None:
    codes = one_hot(ids, 7)
    assert codes.dtype == np.float32
    assert codes.shape == (*ids.shape, 7)
    np.testing.assert_array_equal(codes.sum(axis=-1), np.ones(ids.shape))
    np.testing.assert_array_equal(codes.argmax(axis=-1), ids)
    np.testing.assert_array_equal(np.unique(codes), [0, 1] if ids.size else [])


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([0, 3], r"in 0\.\.2, not 0\.\.3"),
        ([-1], r"not -1\.\.-1"),
        ([0.5], "not float64"),
        ([True], "not bool"),
        (["a"], "not <U1"),
    ],
)
def test_ids_without_a_code_are_refused(ids: list[Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        one_hot(ids, 3)


def test_codes_that_would_fill_the_memory_are_refused() -> None:
    ids = np.broadcast_to(np.int64(1), (1_000_000, 64))  # holds one number
    with pytest.raises(UserError, match=r"64,000,000 ids in 65 classes would take 16\.6 GB"):
        one_hot(ids, 65)


@given(hnp.arrays(np.float64, 20, elements=st.floats(-1e6, 1e6), unique=True))
def test_scaling_gives_mean_0_and_deviation_1_and_turns_back(values: np.ndarray) -> None:
    if np.std(values) < 1e-3:  # where rounding is all there is
        return
    scaling = Scaling.of(values, "m")
    scaled = scaling.apply(values)
    assert abs(scaled.mean()) < 1e-6
    assert scaled.std() == pytest.approx(1)
    np.testing.assert_allclose(scaling.undo(scaled), values, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e9])
def test_values_that_do_not_vary_have_no_scale(value: float) -> None:
    with pytest.raises(UserError, match="values that are all"):
        Scaling.of(np.full(7, value), "m")
