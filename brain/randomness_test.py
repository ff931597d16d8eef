"""Streams depend on their label alone, and dropout masks on (seed, step, layer, row) alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from brain.randomness import dropout_mask, generator

FLOAT32 = np.dtype(np.float32)
SHAPE = (64, 50)


def mask(
    seed: int = 1,
    step: int = 2,
    layer: str = "dropout1",
    shape: tuple[int, ...] = SHAPE,
    rate: float = 0.5,
    dtype: Any = np.float32,
) -> NDArray[Any]:
    return dropout_mask(seed, step, layer, shape, rate, np.dtype(dtype))


def agreement(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(np.mean((a > 0) == (b > 0)))


def test_the_stream_of_a_label_never_changes() -> None:
    # Start values, batches and masks all come from these bits: a change of them changes every run.
    raw = generator(0, "initial dense1.weight").bit_generator.random_raw(2).tolist()
    assert raw == [10611335506630884351, 9226564188049166761]


@given(
    st.tuples(st.integers(0, 2**64 - 1), st.text(max_size=8), st.integers(0, 2**64 - 1)),
    st.tuples(st.integers(0, 2**64 - 1), st.text(max_size=8), st.integers(0, 2**64 - 1)),
)
def test_different_labels_give_different_streams(
    one: tuple[int, str, int], other: tuple[int, str, int]
) -> None:
    draws, others = (
        generator(*one).integers(2**63, size=4),
        generator(*other).integers(2**63, size=4),
    )
    assert (draws == others).all() if one == other else (draws != others).all()


def test_two_steps_never_overlap() -> None:
    draws = {step: generator(5, "x", step).integers(2**63, size=5000) for step in (0, 1, 2)}
    together = np.concatenate(list(draws.values()))
    assert len(np.unique(together)) == len(together)


def test_negative_seeds_are_seeds() -> None:
    assert generator(-1, "x").random() == generator(2**64 - 1, "x").random()
    assert generator(-1, "x").random() != generator(1, "x").random()


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rate_scale_and_dtype(rate: float, dtype: type) -> None:
    drawn = mask(shape=(200, 10, 20), rate=rate, dtype=dtype)
    assert drawn.dtype == dtype
    assert drawn.shape == (200, 10, 20)
    assert set(np.unique(drawn)) <= {dtype(0), dtype(1 / (1 - rate))}
    spread = np.sqrt(rate * (1 - rate) / drawn.size)  # of a share of `size` independent draws
    assert abs(np.mean(drawn == 0) - rate) <= 4 * spread
    # Inverted scaling: the mean stays 1.
    assert drawn.mean(dtype=np.float64) == pytest.approx(1, abs=4 * spread / (1 - rate) + 1e-6)


def test_the_dtype_does_not_change_who_stays() -> None:
    np.testing.assert_array_equal(mask(dtype=np.float32) > 0, mask(dtype=np.float64) > 0)


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.lists(st.integers(1, 5), max_size=3),
    st.floats(0, 0.95),
    st.integers(0, 2**63),
)
def test_a_batch_of_fewer_rows_has_the_first_rows_of_the_mask(
    few: int, more: int, row: list[int], rate: float, step: int
) -> None:
    rows = min(few, more)
    whole = mask(step=step, shape=(more, *row), rate=rate)
    np.testing.assert_array_equal(mask(step=step, shape=(rows, *row), rate=rate), whole[:rows])


def test_seed_step_and_layer_each_decide() -> None:
    base = mask()
    np.testing.assert_array_equal(base, mask())
    others = [mask(seed=2), mask(step=3), mask(layer="dropout2"), mask(layer="body.dropout1")]
    every = [base, *others]
    for i, one in enumerate(every):
        for other in every[:i]:
            # Unrelated fair coins agree on half of 3200 throws; four standard deviations.
            assert agreement(one, other) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(base.size))


def test_rows_differ_from_one_another() -> None:
    rows = {row.tobytes() for row in mask()}
    assert len(rows) == SHAPE[0]


def test_a_higher_rate_drops_the_same_units_and_more() -> None:
    low, high = mask(rate=0.2), mask(rate=0.6)
    assert ((low == 0) <= (high == 0)).all()
