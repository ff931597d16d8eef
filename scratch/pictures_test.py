"""The shared figures show what they are given."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb

from brain import plots
from brain.pictures import COLOURS
from scratch import pictures


def test_the_grid_holds_the_points_with_room_around_them() -> None:
    x = np.array([[0.0, 10.0], [4.0, 30.0], [2.0, 20.0]])
    grid = pictures.grid_over(x, side=5, margin=0.25)
    assert grid.shape == (25, 2)
    np.testing.assert_array_equal(grid[0], [-1, 5])
    np.testing.assert_array_equal(grid[-1], [5, 35])
    np.testing.assert_array_equal(grid[1], [0.5, 5])  # across first, then up


def test_regions_are_mixed_by_probability_and_parted_by_a_line() -> None:
    x, y = np.array([[-1.0, -1.0], [1.0, 1.0], [0.5, 0.9]]), np.array([0, 1, 1])
    grid = pictures.grid_over(x, side=21)
    right = (grid[:, :1] > 0).astype(float)
    _, axes = plots.figure(4, 4)
    pictures.regions(axes, x, y, grid, np.hstack([1 - right, right]), ("left", "right"), "Two")
    (image,) = axes.images
    pixels = np.asarray(image.get_array())
    strong = 1 - pictures.PALE
    for column, label in ((0, 0), (-1, 1)):
        np.testing.assert_allclose(
            pixels[3, column], strong + pictures.PALE * np.array(to_rgb(COLOURS[label]))
        )
    points = [c for c in axes.collections if isinstance(c, PathCollection)]
    assert [len(np.asarray(c.get_offsets())) for c in points] == [1, 2]
    assert axes.get_title() == "Two"
    labels = axes.get_legend_handles_labels()[1]
    assert labels == ["left", "right", "the answer changes"]


def test_a_landscape_shows_every_path_and_leaves_out_what_is_beside_it() -> None:
    across, up = np.linspace(-1, 1, 12), np.linspace(-2, 2, 10)
    loss = across**2 + up[:, None] ** 2 + 0.1
    inside = np.array([[0.5, 1.0, 1.35], [0.1, 0.2, 0.15]])
    beyond = np.array([[0.5, 1.0, 1.35], [3.0, 1.0, 10.1]])
    fig = pictures.landscape(
        across, up, loss, {"in": inside, "out": beyond}, ("a", "b", "L"), "A bowl"
    )
    flat, solid = (next(a for a in fig.axes if a.name == name) for name in ("rectilinear", "3d"))
    assert flat.get_xlim() == (-1, 1)
    assert flat.get_ylim() == (-2, 2)
    assert (flat.get_xlabel(), flat.get_ylabel()) == ("a", "b")
    lines = [np.array(line.get_data_3d()) for line in solid.lines]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(lines[0], inside.T)
    assert np.isnan(lines[1][:, 1]).all()
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["in", "out", "start"]


def test_weight_images_share_one_scale() -> None:
    images = np.arange(7 * 4.0).reshape(7, 2, 2) - 20
    fig = pictures.weight_images(images, list("abcdefg"), "Seven", columns=3)
    shown = [axes for axes in fig.axes if axes.images]
    assert [axes.get_title() for axes in shown] == list("abcdefg")
    for axes, image in zip(shown, images, strict=True):
        np.testing.assert_array_equal(np.asarray(axes.images[0].get_array()), image)
        assert axes.images[0].get_clim() == (-20, 20)


def test_confusion_counts_truth_by_answer() -> None:
    _, axes = plots.figure(3, 3)
    truth, answers = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    pictures.confusion(axes, truth, answers, ("a", "b", "c"), "t")
    table = np.asarray(axes.images[0].get_array())
    np.testing.assert_array_equal(table, [[1, 1, 0], [0, 1, 0], [1, 0, 2]])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("answer", "truth")
    assert sorted(text.get_text() for text in axes.texts) == ["1", "1", "1", "1", "2"]
