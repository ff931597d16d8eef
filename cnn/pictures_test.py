"""The track's figures show the arrays that they are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.patches import Rectangle

from brain.randomness import generator
from cnn import pictures
from cnn.breakdown import Stop
from cnn.embedding import principal_components
from cnn.receptive import Field

RANDOM = generator(0, "cnn pictures")


def test_layers_are_shown_by_their_liveliest_channels() -> None:
    maps = {"conv1": RANDOM.normal(size=(6, 6, 3)), "pool1": RANDOM.normal(size=(3, 3, 9))}
    maps["conv1"][..., 1] *= 10
    fig = pictures.layer_by_layer(RANDOM.uniform(0, 1, (6, 6, 1)), maps, "Layers", count=4)
    grid = np.array(fig.axes).reshape(2, 2)
    first = [text.get_text() for text in grid[0, 1].texts]
    assert (first[0], first[-1]) == ("channel 1", "conv1\n6x6,\n3 channels")
    assert "each map by its own scale" in fig.get_suptitle()
    shown = np.asarray(grid[0, 1].images[0].get_array())
    np.testing.assert_array_equal(shown, maps["conv1"][..., 1])
    assert [len(axes.images) for axes in grid[:, 1]] == [3, 4]  # three channels, no fourth


def test_channels_are_counted_from_nought_in_every_figure() -> None:
    weights, answers = RANDOM.normal(size=(3, 5, 5, 1)), RANDOM.normal(size=(6, 6, 3))
    fig = pictures.kernels(RANDOM.uniform(0, 1, (6, 6, 1)), weights, answers, "Kernels")
    titles = [axes.get_title() for axes in fig.axes if axes.get_title()]
    assert titles == ["input", "channel 0", "channel 1", "channel 2"]
    shown = np.asarray(fig.axes[1].images[0].get_array())
    np.testing.assert_array_equal(shown, weights[0, ..., 0])


def test_a_gallery_has_its_titles() -> None:
    fig = pictures.gallery(RANDOM.uniform(0, 1, (3, 5, 5, 3)), list("abc"), "Gallery", columns=2)
    assert [axes.get_title() for axes in fig.axes] == ["a", "b", "c", ""]


def test_patches_of_each_layer_have_their_own_size() -> None:
    found = {
        "conv1": RANDOM.uniform(0, 1, (2, 3, 3, 1)),
        "residual1.conv2": RANDOM.uniform(0, 1, (3, 7, 6, 1)),
    }
    fig = pictures.patches({name: list(images) for name, images in found.items()}, "Patches")
    grid = np.array(fig.axes).reshape(2, 3)
    assert grid[1, 0].texts[0].get_text() == "residual1.\nconv2\n7x6 pixels"
    np.testing.assert_array_equal(
        np.asarray(grid[0, 1].images[0].get_array()), found["conv1"][1, ..., 0]
    )
    assert not grid[0, 2].images


def test_the_embedding_tells_the_variance() -> None:
    rows = RANDOM.normal(size=(60, 4)) * [4, 2, 1, 1]
    found = principal_components(rows)
    labels = np.arange(60) % 3
    fig = pictures.embedding(found, labels, ("a", "b", "c"), "relu1", "Embedding")
    plane, bars = fig.axes
    points = [np.asarray(c.get_offsets()) for c in plane.collections]
    np.testing.assert_allclose(points[1], found.scores[labels == 1])
    assert f"{found.explained[0]:.1%} of the variance" in plane.get_xlabel()
    heights = [bar.get_height() for bar in bars.patches if isinstance(bar, Rectangle)]
    np.testing.assert_allclose(heights, found.explained)


def test_the_way_shows_every_stop() -> None:
    stops = [
        Stop("conv1", "conv", (4, 4, 2), 0.0, 1.5, 2000, 20),
        Stop("relu1", "activation", (4, 4, 2), 0.25, 1.0, 32, 0),
        Stop("flatten1", "other", (32,), 0.25, 1.0, 0, 0),
    ]
    fig = pictures.way_through(stops, "Way")
    widths = [
        [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle)] for axes in fig.axes
    ]
    assert widths == [[2, 0.032, 0], [20, 0, 0], [1.5, 1, 1], [0, 25, 25]]
    assert fig.axes[0].get_yticklabels()[0].get_text() == "conv1  4x4x2"
    assert [t.get_text() for t in fig.legends[0].get_texts()] == ["conv", "activation", "other"]
    ticks = fig.axes[1].get_xticks().tolist()
    assert ticks == [0, 10]  # no 1 beside the 0
    none = pictures.way_through([replace(stop, zeros=0.0) for stop in stops], "Way")
    labels = [axes.get_xlabel() for axes in none.axes]
    assert len(labels) == 3
    assert not any("zeros" in label for label in labels)


def test_ten_classes_have_ten_colours() -> None:
    found = principal_components(RANDOM.normal(size=(60, 4)))
    fig = pictures.embedding(found, np.arange(60) % 10, "0123456789", "relu1", "Embedding")
    colours = [tuple(np.asarray(c.get_facecolor())[0]) for c in fig.axes[0].collections]
    assert len(set(colours)) == 10


def test_fields_are_framed_where_they_lie() -> None:
    field = Field("conv1", 3, 2, (-1, -1))
    heat = np.zeros((8, 8))
    heat[3:6, 1:4] = 4
    image = RANDOM.uniform(0, 1, (8, 8, 1))
    fig = pictures.fields(image, {"conv1": heat}, {"conv1": field}, {"conv1": (2, 1)}, "Seen")
    panel = fig.axes[1]
    assert panel.get_title() == "conv1\ncan see 3, does 3.0"
    (frame,) = (patch for patch in panel.patches if isinstance(patch, Rectangle))
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == ((0.5, 2.5), 3, 3)


def test_long_names_of_classes_are_slanted() -> None:
    labels = np.array([0, 1])
    for classes, angle in ((("a", "b"), 0), (("trouser", "ankle boot"), 40)):
        axes = pictures.confused(labels, labels, classes, "Confused").axes[0]
        assert {t.get_rotation() for t in axes.get_xticklabels()} == {angle}
