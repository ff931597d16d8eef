"""Each augmentation against a plain loop, and what its draws depend on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from brain import spec
from brain.data.augmentation import AUGMENTATIONS, augment
from brain.randomness import generator
from brain.testing import training_strategies as strategies
from brain.testing.refusals import refusal

Pictures = NDArray[np.float32]
EACH = (spec.Shift(2), spec.Flip(), spec.Crop(3), spec.Cutout(4), spec.Cutout(3))


def pictures(rows: int, height: int = 9, width: int = 7, channels: int = 3) -> Pictures:
    """Random pictures without a zero, so that a zero is always one that was put there."""
    draws = generator(0, "pictures").random((rows, height, width, channels), dtype=np.float32)
    return draws + np.float32(0.5)


def moved(picture: Pictures, reach: int, draw: NDArray[np.int64]) -> Pictures:
    """One picture, pixel by pixel: the window at `draw` within zeros `reach` wide."""
    y = np.zeros_like(picture)
    height, width, _ = picture.shape
    for i in range(height):
        for j in range(width):
            row, column = i + draw[0] - reach, j + draw[1] - reach
            if 0 <= row < height and 0 <= column < width:
                y[i, j] = picture[row, column]
    return y


def cut(picture: Pictures, size: int, centre: NDArray[np.int64]) -> Pictures:
    y = picture.copy()
    for i in range(picture.shape[0]):
        for j in range(picture.shape[1]):
            down, across = i - centre[0] + size // 2, j - centre[1] + size // 2
            if 0 <= down < size and 0 <= across < size:
                y[i, j] = 0
    return y


def plain_loop(
    augmentation: spec.Augmentation, x: Pictures, random: np.random.Generator
) -> list[Pictures]:
    """The same, one picture after another, each taking its own draws."""
    sides = x.shape[1:3]
    if isinstance(augmentation, spec.Flip):
        return [p[:, ::-1] if random.random() < 0.5 else p for p in x]
    if isinstance(augmentation, spec.Cutout):
        return [cut(p, augmentation.size, random.integers(sides)) for p in x]
    reach = augmentation.pixels if isinstance(augmentation, spec.Shift) else augmentation.padding  # type: ignore[attr-defined]
    return [moved(p, reach, random.integers(2 * reach + 1, size=2)) for p in x]


@settings(max_examples=60, deadline=None)
@given(
    strategies.augmentations(),
    st.integers(0, 2**63 - 1),
    st.integers(0, 10**6),
    st.tuples(st.integers(1, 12), st.integers(7, 10), st.integers(7, 10), st.integers(1, 3)),
)
def test_it_is_what_the_plain_loop_does(
    augmentation: spec.Augmentation, seed: int, step: int, shape: tuple[int, int, int, int]
) -> None:
    x = pictures(*shape)
    random = generator(seed, f"augmentation 0 {augmentation.kind}", step)
    y = augment(x, (augmentation,), seed, step)
    np.testing.assert_array_equal(y, plain_loop(augmentation, x, random))


@pytest.mark.parametrize("augmentation", EACH, ids=str)
def test_the_input_stays_and_the_output_is_of_its_kind(augmentation: spec.Augmentation) -> None:
    x = pictures(20)
    x.setflags(write=False)
    y = augment(x, (augmentation,), seed=1, step=2)
    assert y.dtype == np.float32
    assert y.shape == x.shape
    assert y.flags.c_contiguous
    assert not np.shares_memory(x, y)
    assert not np.array_equal(x, y)


@pytest.mark.parametrize("augmentation", EACH, ids=str)
def test_a_row_does_not_depend_on_the_batch_size(augmentation: spec.Augmentation) -> None:
    x = pictures(50)
    whole = augment(x, (augmentation, spec.Crop(1)), seed=3, step=4)
    for rows in (1, 7, 49):
        part = augment(x[:rows], (augmentation, spec.Crop(1)), seed=3, step=4)
        np.testing.assert_array_equal(part, whole[:rows])


@pytest.mark.parametrize("augmentation", EACH, ids=str)
def test_seed_step_and_place_decide_and_nothing_else(augmentation: spec.Augmentation) -> None:
    x = pictures(50)
    once = augment(x, (augmentation,), seed=3, step=4)
    np.testing.assert_array_equal(augment(x, (augmentation,), seed=3, step=4), once)
    assert not np.array_equal(augment(x, (augmentation,), seed=4, step=4), once)
    assert not np.array_equal(augment(x, (augmentation,), seed=3, step=5), once)
    # At its second place the same augmentation draws anew; else a second flip would undo the first.
    twice = augment(x, (augmentation, augmentation), seed=3, step=4)
    assert not np.array_equal(twice, x)
    assert not np.array_equal(twice, augment(once, (augmentation,), seed=3, step=4))


def test_they_follow_one_another() -> None:
    x = pictures(30)
    both = augment(x, (spec.Crop(2), spec.Flip()), seed=0, step=0)
    random = generator(0, "augmentation 1 Flip", 0)
    flipped = plain_loop(spec.Flip(), augment(x, (spec.Crop(2),), seed=0, step=0), random)
    np.testing.assert_array_equal(both, flipped)


def test_no_augmentation_gives_the_rows_as_they_are() -> None:
    points = np.ones((3, 2), dtype=np.float32)
    assert augment(points, (), seed=0, step=0) is points


def places(augmentation: spec.Augmentation, wanted: Callable[[Pictures], object]) -> list[object]:
    """What `wanted` finds in each of 4,000 pictures of 5x4 that were alike before."""
    one = pictures(1, 5, 4, 1)
    return [wanted(y) for y in augment(np.repeat(one, 4000, axis=0), (augmentation,), 7, 0)]


def assert_uniform(found: list[object], outcomes: int) -> None:
    """Every outcome occurs, none more than five deviations from its share."""
    counts = np.unique(np.asarray(found), return_counts=True)[1]
    share = len(found) / outcomes
    assert len(counts) == outcomes
    assert np.abs(counts - share).max() < 5 * np.sqrt(share)


@pytest.mark.parametrize("augmentation", [spec.Shift(1), spec.Crop(1)], ids=str)
def test_every_move_is_as_likely(augmentation: spec.Augmentation) -> None:
    assert_uniform(places(augmentation, lambda y: y.tobytes()), 9)


def test_half_of_the_pictures_are_flipped() -> None:
    assert_uniform(places(spec.Flip(), lambda y: y.tobytes()), 2)


def test_the_centre_of_a_square_lies_anywhere_in_the_picture() -> None:
    assert_uniform(places(spec.Cutout(1), lambda y: int(np.argmin(y))), 20)
    sizes = {int(np.sum(y == 0)) for y in augment(pictures(500, 5, 4), (spec.Cutout(3),), 0, 0)}
    assert sizes == {4 * 3, 6 * 3, 9 * 3}  # in a corner, on an edge, whole; three channels


def test_there_is_one_for_every_declaration() -> None:
    assert set(AUGMENTATIONS) == set(strategies.AUGMENTATIONS)


@pytest.mark.parametrize("shape", [(4, 2), (4, 9, 3), (4, 8, 8)])
def test_rows_that_are_no_pictures_are_refused(shape: tuple[int, ...]) -> None:
    text = refusal(lambda: augment(np.ones(shape, np.float32), (spec.Flip(),), 0, 0))
    assert text.startswith(f"Flip varies pictures (N, H, W, C), and x is {shape}; ")
    assert "choose a data set of images" in text


@pytest.mark.parametrize(
    ("augmentation", "name"),
    [(spec.Shift(7), "Shift.pixels"), (spec.Crop(8), "Crop.padding"), (spec.Cutout(9), "Cutout.")],
    ids=str,
)
def test_one_that_is_too_large_is_refused(augmentation: spec.Augmentation, name: str) -> None:
    text = refusal(lambda: augment(pictures(2), (augmentation,), 0, 0))
    assert text.startswith(name)
    assert "less than either side of the pictures, 9x7" in text
