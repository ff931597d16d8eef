"""The memory tasks ask for what their papers ask for, and nothing shorter than the whole helps."""

from __future__ import annotations

import numpy as np
import pytest

from brain.data import load
from brain.data.sequences import BLANK, MARKER
from brain.errors import UserError

NAMES = ("adding", "copy")


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_decides_every_number(name: str) -> None:
    first, again, other = (load(name, seed=seed) for seed in (5, 5, 6))
    for array in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, array), getattr(again, array))
    assert not np.array_equal(first.x_train, other.x_train)


@pytest.mark.parametrize("length", [2, 7, 50])
def test_adding_marks_a_number_in_each_half(length: int) -> None:
    data = load("adding", n=500, length=length, test_fraction=0.4)
    assert (data.task, data.outputs, data.input_shape) == ("regression", 1, (length, 2))
    assert (len(data.x_train), len(data.x_test)) == (300, 200)
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        values, marks = x[..., 0], x[..., 1]
        assert 0 <= values.min() < values.max() < 1
        assert set(np.unique(marks)) <= {0, 1}
        np.testing.assert_array_equal(marks[:, : length // 2].sum(axis=1), 1)
        np.testing.assert_array_equal(marks[:, length // 2 :].sum(axis=1), 1)
        np.testing.assert_allclose(y[:, 0], values[marks == 1].reshape(-1, 2).sum(axis=1))


def test_adding_is_drawn_evenly() -> None:
    data = load("adding", n=20_000, length=10, test_fraction=0.5)
    share = data.x_train[..., 1].mean(axis=0)
    np.testing.assert_allclose(share, 0.2, atol=0.02)  # one of five places in each half
    assert np.mean((data.y_train - 1) ** 2) == pytest.approx(1 / 6, rel=0.05)


@pytest.mark.parametrize(("symbols", "delay"), [(10, 30), (1, 1), (3, 8)])
def test_copy_asks_for_the_letters_after_the_delay(symbols: int, delay: int) -> None:
    data = load("copy", n=200, symbols=symbols, delay=delay)
    steps = delay + 2 * symbols
    assert (data.task, data.outputs, data.input_shape) == ("classification", 10, (steps,))
    assert data.x_train.dtype == data.y_train.dtype == np.int64
    assert (data.classes[BLANK], data.classes[MARKER]) == ("blank", "marker")
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        letters = x[:, :symbols]
        assert set(np.unique(letters)) <= set(range(8))
        np.testing.assert_array_equal(y[:, -symbols:], letters)
        assert np.all(y[:, :-symbols] == BLANK)
        marker = symbols + delay - 1
        assert np.all(x[:, marker] == MARKER)
        assert np.all(np.delete(x[:, symbols:], delay - 1, axis=1) == BLANK)


def test_copy_draws_all_letters_alike() -> None:
    data = load("copy", n=4000)
    share = np.bincount(data.x_train[:, :10].ravel(), minlength=8) / data.x_train[:, :10].size
    np.testing.assert_allclose(share, 1 / 8, atol=0.01)


def test_sequences_are_held_out_whole() -> None:
    data = load("copy", n=100)
    part = data.hold_out(0.25)
    assert (len(part.x_train), len(part.x_test)) == (60, 20)
    for x, y in ((part.x_train, part.y_train), (part.x_test, part.y_test)):
        np.testing.assert_array_equal(y[:, -10:], x[:, :10])


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("adding", "n", 19),
        ("adding", "length", 1),
        ("adding", "length", 10.0),
        ("copy", "symbols", 0),
        ("copy", "delay", 0),
        ("copy", "delay", "long"),
        ("copy", "n", 100_001),
    ],
)
def test_an_option_out_of_its_range_is_refused_by_name(
    name: str, option: str, value: object
) -> None:
    with pytest.raises(UserError, match=f"^{option} must be a whole number from"):
        load(name, **{option: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_split_needs_rows_on_both_sides(name: str) -> None:
    with pytest.raises(UserError, match="fraction"):
        load(name, test_fraction=1)
