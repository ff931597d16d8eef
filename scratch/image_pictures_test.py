"""Figures of images show what they are given, in grey and in colours."""

from __future__ import annotations

import numpy as np
import pytest

from brain import plots
from brain.randomness import generator
from scratch import image_pictures

RANDOM = generator(0, "image pictures")


@pytest.mark.parametrize(("channels", "shape"), [(1, (6, 5)), (3, (6, 5, 3)), (2, (6, 5))])
def test_a_picture_is_grey_or_in_colours(channels: int, shape: tuple[int, ...]) -> None:
    _, axes = plots.figure(2, 2)
    image = RANDOM.uniform(-0.2, 1.2, (6, 5, channels))
    image_pictures.picture(axes, image, "a name")
    shown = np.asarray(axes.images[0].get_array())
    assert shown.shape == shape
    wanted = np.clip(image if channels == 3 else image.mean(axis=-1), 0, 1)
    np.testing.assert_array_equal(shown, wanted)
    assert axes.get_title() == "a name"


def test_the_wrongest_name_the_class_and_its_rival() -> None:
    p = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]])
    fig = image_pictures.wrongest(
        np.zeros((2, 4, 4, 1)), np.array([1, 0]), p, ("ox", "cow", "hen"), "Wrong", article="a "
    )
    assert [axes.get_title() for axes in fig.axes[:2]] == [
        "is a cow: 20.0%\nor a hen: 70.0%",
        "is a ox: 50.0%\nor a cow: 30.0%",
    ]


def test_each_row_has_its_maps_its_name_and_its_scale() -> None:
    images = RANDOM.uniform(0, 1, (3, 6, 6, 1))
    rows = [
        image_pictures.Row("plain", RANDOM.uniform(0, 5, (3, 6, 6)), "unit one"),
        image_pictures.Row("signed", RANDOM.normal(0, 2, (3, 6, 6)), "unit two", signed=True),
        image_pictures.Row("over", RANDOM.uniform(0, 1, (3, 3, 3)), "unit three", over=True),
        image_pictures.Row("nothing", np.zeros((3, 6, 6)), "unit four"),
    ]
    fig = image_pictures.side_by_side(images, ["a", "b", "c"], rows, "Side by side")
    grid = np.array(fig.axes[:15]).reshape(5, 3)
    assert [axes.get_title() for axes in grid[0]] == ["a", "b", "c"]
    for row, line in zip(rows, grid[1:], strict=True):
        assert line[0].get_ylabel() == row.name
        for axes, heat in zip(line, row.maps, strict=True):
            np.testing.assert_array_equal(np.asarray(axes.images[-1].get_array()), heat)
            assert len(axes.images) == 1 + row.over
        low, high = line[0].images[-1].get_clim()
        assert high == (np.abs(row.maps).max() or 1)
        assert low == (-high if row.signed else 0)
    assert [axes.get_ylabel() for axes in fig.axes[15:]] == [row.unit for row in rows]


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_filters_are_shown_with_their_answers(channels: int) -> None:
    kernels = RANDOM.normal(0, 1, (20, 3, 3, channels))
    answers = RANDOM.normal(0, 1, (8, 8, 20))
    image = RANDOM.uniform(0, 1, (8, 8, channels))
    fig = image_pictures.filters(image, kernels, answers, "Filters", most=4)
    grid = np.array(fig.axes[:10]).reshape(2, 5)
    for column in range(4):
        shown = np.asarray(grid[0, column + 1].images[0].get_array())
        assert shown.shape == ((3, 3, 3) if channels == 3 else (3, 3))
        if channels == 1:
            np.testing.assert_array_equal(shown, kernels[column, ..., 0])
        found = np.asarray(grid[1, column + 1].images[0].get_array())
        np.testing.assert_array_equal(found, answers[..., column])
    if channels == 3:  # grey is 0, and no weight leaves the range of colours
        assert np.asarray(grid[0, 1].images[0].get_array()).min() >= 0
