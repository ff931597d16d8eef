"""Each kind of data set is drawn from its own numbers, with title, axes and legend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from brain import data, pictures, plots
from brain.data import Dataset
from brain.testing.refusals import refusal


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were saved, as they were."""
    figures: list[Figure] = []

    def keep(fig: Figure, path: Path) -> Path:
        figures.append(fig)
        return plots.save(fig, path)

    monkeypatch.setattr(pictures, "save", keep)
    return figures


def legend(fig: Figure) -> list[str]:
    (found,) = fig.legends
    return [text.get_text() for text in found.get_texts()]


def drawn(axes: Axes) -> list[Any]:
    """The sets of points in a panel, in the order in which they were drawn."""
    return list(axes.collections)


def of_grey(shades: list[float], labels: list[int]) -> Dataset:
    """Pictures of 4x6, each of one shade, in three classes."""
    x = np.ones((len(shades), 4, 6, 1), np.float32)
    x *= np.array(shades, np.float32)[:, None, None, None]
    y = np.array(labels)
    names = ("black", "dark", "light")
    return Dataset("greys", x, y, x, y, "classification", names, "Shades of grey")


def test_there_is_a_picture_of_every_kind_but_text() -> None:
    kinds = {entry.kind for entry in data.catalogue()}
    assert {*pictures.PICTURES_OF} == kinds - {"text"}


def test_a_contact_sheet_has_a_row_for_each_class(tmp_path: Path, saved: list[Figure]) -> None:
    shades = [0.0] * 12 + [0.25] * 3 + [0.5] * 20
    dataset = of_grey(shades, [0] * 12 + [1] * 3 + [2] * 20)
    path = pictures.contact_sheet(tmp_path / "new" / "a.png", dataset, 0)
    assert path.read_bytes().startswith(b"\x89PNG")
    (axes,) = saved[0].axes
    assert axes.get_title() == "Shades of grey"
    assert [label.get_text() for label in axes.get_yticklabels()] == list(dataset.classes)
    sheet = np.asarray(axes.images[0].get_array())
    assert sheet.shape == (3 * 5 - 1, 10 * 7 - 1)
    for row, (shade, count) in enumerate(((0.0, 10), (0.25, 3), (0.5, 10))):
        line = sheet[round(axes.get_yticks()[row])]
        wanted = np.ones(69)
        for place in range(count):
            wanted[place * 7 : place * 7 + 6] = shade
        np.testing.assert_array_equal(line, wanted)
    np.testing.assert_array_equal(sheet[4], 1)  # the gap between two rows


def test_the_seed_chooses_pictures_without_repeating_one(
    tmp_path: Path, saved: list[Figure]
) -> None:
    shades = list(np.linspace(0, 0.9, 30))
    dataset = of_grey(shades, [0, 1, 2] * 10)
    for seed in (0, 1, 1):
        pictures.contact_sheet(tmp_path / "a.png", dataset, seed)
    sheets = [np.asarray(fig.axes[0].images[0].get_array()) for fig in saved]
    # Of ten pictures in each class all are shown, in an order that the seed decides.
    wanted = np.array([*shades, 1], np.float32)
    np.testing.assert_array_equal(np.unique(sheets[0]), wanted)
    assert not np.array_equal(sheets[0], sheets[1])
    np.testing.assert_array_equal(sheets[1], sheets[2])


def test_points_are_coloured_by_class_and_test_rows_ringed(
    tmp_path: Path, saved: list[Figure]
) -> None:
    dataset = data.load("clusters", n=40)
    pictures.plane(tmp_path / "a.png", dataset, 0)
    (axes,) = saved[0].axes
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == (dataset.title, "x1", "x2")
    assert legend(saved[0]) == [*dataset.classes, "test row"]
    *classes, rings = drawn(axes)
    for label, points in enumerate(classes):
        wanted = [
            x[y == label]
            for x, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test))
        ]
        np.testing.assert_array_equal(points.get_offsets(), np.concatenate(wanted))
    np.testing.assert_array_equal(rings.get_offsets(), dataset.x_test)
    assert len({tuple(points.get_facecolor()[0]) for points in classes}) == 3


def test_points_of_a_regression_are_coloured_by_their_target(
    tmp_path: Path, saved: list[Figure]
) -> None:
    dataset = data.load("surface", n=40)
    pictures.plane(tmp_path / "a.png", dataset, 0)
    axes, bar = saved[0].axes
    targets = np.concatenate([dataset.y_train, dataset.y_test])[:, 0]
    np.testing.assert_array_equal(drawn(axes)[0].get_array(), targets)
    assert bar.get_ylabel() == "target y"
    assert legend(saved[0]) == ["test row"]


def test_more_classes_than_colours_are_told_apart_by_their_marker(
    tmp_path: Path, saved: list[Figure]
) -> None:
    pictures.plane(tmp_path / "a.png", data.load("clusters", n=40, classes=10), 0)
    *classes, _ = drawn(saved[0].axes[0])
    styles = {
        (tuple(points.get_facecolor()[0]), points.get_paths()[0].vertices.tobytes())
        for points in classes
    }
    assert len(styles) == 10


@pytest.mark.parametrize(("name", "across"), [("iris", "sepal length"), ("other", "x1")])
def test_rows_are_drawn_column_against_column(
    tmp_path: Path, saved: list[Figure], name: str, across: str
) -> None:
    x = np.arange(40, dtype=np.float32).reshape(10, 4) ** 2
    y = np.arange(10) % 2
    dataset = Dataset(name, x[:8], y[:8], x[8:], y[8:], "binary", ("a", "b"), "Ten rows")
    pictures.scatter_matrix(tmp_path / "a.png", dataset, 0)
    assert saved[0].get_suptitle() == "Ten rows"
    assert legend(saved[0]) == ["a", "b"]
    panels = saved[0].axes
    assert len(panels) == 10  # four histograms, six pairs
    last = panels[6]  # the lowest row's first
    np.testing.assert_array_equal(drawn(last)[0].get_offsets(), x[y == 0][:, [0, 3]])
    assert last.get_xlabel() == across
    heights = sum(bar.get_height() for bar in panels[0].patches)  # type: ignore[attr-defined]
    assert heights == 10


@pytest.mark.parametrize(("name", "x_label"), [("sine", "time t"), ("airline", "year")])
def test_a_series_is_drawn_whole_in_its_two_parts(
    tmp_path: Path, saved: list[Figure], name: str, x_label: str
) -> None:
    if not data.describe(name).available():
        pytest.skip(f"{name} is not on this machine")
    dataset, whole = data.load(name), data.series(name)
    pictures.curve(tmp_path / "a.png", dataset, 0)
    (axes,) = saved[0].axes
    train, test = axes.lines
    held = np.asarray(test.get_ydata())
    assert dataset.scaling
    # In float32 after a division: two roundings of 6e-8 of the largest value.
    drawn = dataset.scaling.undo(dataset.y_test[:, 0])
    np.testing.assert_allclose(held, drawn, rtol=0, atol=2e-7 * np.abs(whole.values).max())
    both = np.concatenate([np.asarray(train.get_ydata())[:-1], held])
    np.testing.assert_array_equal(both, whole.values)
    assert axes.get_xlabel() == x_label
    assert axes.get_ylabel() == (whole.unit or "value x(t)")
    assert legend(saved[0]) == ["training part", "test part"]


def bars(axes: Axes, colour: str) -> list[float]:
    return [
        bar.get_height()  # type: ignore[attr-defined]
        for bar in axes.patches
        if bar.get_facecolor() == to_rgba(colour)
    ]


def test_marked_numbers_add_up_to_the_target(tmp_path: Path, saved: list[Figure]) -> None:
    dataset = data.load("adding", n=20, length=9)
    pictures.samples(tmp_path / "a.png", dataset, 0)
    assert legend(saved[0]) == ["number", "marked number"]
    for row, axes in enumerate(saved[0].axes):
        marked = bars(axes, plots.ORANGE)
        assert len(marked) == 2
        assert sum(marked) == pytest.approx(dataset.y_train[row, 0], rel=1e-6)
        assert len(axes.patches) == 9
        assert axes.get_title(loc="right") == f"target {dataset.y_train[row, 0]:.3f}"


def test_the_letters_stand_where_they_are_read_and_written(
    tmp_path: Path, saved: list[Figure]
) -> None:
    dataset = data.load("copy", n=20, symbols=2, delay=3)
    pictures.samples(tmp_path / "a.png", dataset, 0)
    assert legend(saved[0]) == ["blank", "marker"]
    for row, axes in enumerate(saved[0].axes):
        first, second = (dataset.classes[index] for index in dataset.x_train[row, :2])
        assert [(*text.get_position(), text.get_text()) for text in axes.texts] == [
            (0, 0, first), (1, 0, second), (5, 1, first), (6, 1, second)
        ]  # fmt: skip
        np.testing.assert_array_equal(drawn(axes)[1].get_offsets(), [[4, 0]])  # the marker
        assert len(drawn(axes)[0].get_offsets()) == 14 - 4 - 1


@pytest.mark.parametrize("name", ["xor", "iris", "digits", "mackey_glass", "adding", "copy"])
def test_a_picture_is_small_and_the_same_for_the_same_seed(tmp_path: Path, name: str) -> None:
    entry = data.describe(name)
    if not entry.available():
        pytest.skip(f"{name} needs scikit-learn")
    draw, dataset = pictures.PICTURES_OF[entry.kind], data.load(name)
    one, other = (draw(tmp_path / f"{n}.png", dataset, 0).read_bytes() for n in "ab")
    assert one == other
    assert len(one) < 300_000


def test_a_picture_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "a.png"
    text = refusal(lambda: pictures.plane(path, data.load("xor"), 0))
    assert text.startswith(f"cannot write {path}: ")
