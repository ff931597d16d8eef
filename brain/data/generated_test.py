"""The generated sets are what their pages say, and the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain.data import Dataset, load
from brain.errors import UserError

POINTS = ("clusters", "moons", "spirals", "surface")


@pytest.mark.parametrize(
    ("name", "table"),
    [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0]), ("nand", [1, 1, 1, 0])],
)
def test_gates_hold_their_four_rows_twice(name: str, table: list[int]) -> None:
    data = load(name)
    assert (data.name, data.task, data.outputs, data.input_shape) == (name, "binary", 1, (2,))
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert y.tolist() == table
    assert not np.shares_memory(data.x_train, data.x_test)


@pytest.mark.parametrize("name", POINTS)
def test_a_seed_decides_every_number(name: str) -> None:
    first, again, other = load(name, seed=5), load(name, seed=5), load(name, seed=6)
    for array in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, array), getattr(again, array))
    assert not np.array_equal(first.x_train, other.x_train)


@pytest.mark.parametrize("name", POINTS)
def test_sizes_and_balance(name: str) -> None:
    data = load(name, n=120, test_fraction=0.2)
    assert (data.x_train.shape, data.x_test.shape) == ((96, 2), (24, 2))
    if data.classes:
        wanted = [24 // len(data.classes)] * len(data.classes)
        assert np.bincount(data.y_test).tolist() == wanted


def everything(data: Dataset) -> tuple[Any, Any]:
    return np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])


def test_clusters_lie_around_centres_on_a_circle() -> None:
    data = load("clusters", n=4000, classes=4, spread=0.3)
    assert (data.task, data.outputs) == ("classification", 4)
    x, y = everything(data)
    centres = np.array([[2, 0], [0, 2], [-2, 0], [0, -2]])
    for label, centre in enumerate(centres):
        cloud = x[y == label]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.05)
        np.testing.assert_allclose(cloud.std(axis=0), 0.3, rtol=0.1)


def test_moons_are_half_circles() -> None:
    data = load("moons", noise=0)
    assert (data.task, data.outputs, data.classes) == ("binary", 1, ("upper", "lower"))
    x, y = everything(data)
    middle = np.where(y[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    np.testing.assert_allclose(np.linalg.norm(x - middle, axis=1), 1, rtol=1e-6)
    assert np.all(x[y == 0, 1] >= -1e-6)
    assert np.all(x[y == 1, 1] <= 0.5 + 1e-6)


def test_two_spirals_are_binary_and_turn_into_one_another() -> None:
    data = load("spirals", noise=0, turns=2)
    assert (data.task, data.outputs) == ("binary", 1)
    assert (load("spirals", arms=3).task, load("spirals", arms=3).outputs) == ("classification", 3)
    x, y = everything(data)
    radius = np.linalg.norm(x, axis=1)
    assert (radius.min(), radius.max()) == pytest.approx((0.1, 1.0), abs=1e-6)
    angle = 2 * np.pi * (2 * radius + y / 2)
    np.testing.assert_allclose(x[:, 0], radius * np.cos(angle), atol=1e-5)
    np.testing.assert_allclose(x[:, 1], radius * np.sin(angle), atol=1e-5)


def test_the_surface_is_the_sum_of_squares() -> None:
    data = load("surface")
    assert (data.task, data.outputs, data.classes) == ("regression", 1, ())
    assert np.abs(data.x_train).max() <= 1
    np.testing.assert_allclose(
        data.y_train, np.sum(data.x_train**2, axis=1, keepdims=True), atol=1e-6
    )
    noisy = load("surface", noise=0.1, n=2000)
    error = noisy.y_train - np.sum(noisy.x_train**2, axis=1, keepdims=True)
    assert error.std() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("clusters", "n", 19),
        ("clusters", "n", 1_000_001),
        ("clusters", "n", 100.0),
        ("clusters", "n", True),
        ("clusters", "classes", 1),
        ("clusters", "classes", 11),
        ("clusters", "spread", -0.1),
        ("moons", "noise", "much"),
        ("moons", "noise", float("nan")),
        ("moons", "n", None),
        ("spirals", "arms", 1),
        ("spirals", "turns", 0),
        ("spirals", "noise", 1.1),
        ("spirals", "n", 5),
        ("surface", "noise", float("inf")),
        ("surface", "n", -20),
        *((name, "seed", value) for name in POINTS for value in (-1, 2**64, 0.5)),
    ],
)
def test_an_option_out_of_its_range_is_refused_by_name(
    name: str, option: str, value: object
) -> None:
    with pytest.raises(UserError, match=f"^{option} must be a .*number from"):
        load(name, **{option: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("fraction", [0, 1, 2, "some"])
def test_a_split_needs_rows_on_both_sides(name: str, fraction: object) -> None:
    with pytest.raises(UserError, match="fraction"):
        load(name, test_fraction=fraction)


@pytest.mark.parametrize("name", POINTS)
def test_numpy_numbers_are_numbers(name: str) -> None:
    assert len(load(name, n=np.int64(40), test_fraction=np.float32(0.5)).x_test) == 20
