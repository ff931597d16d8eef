"""Figures are written whole, with titles, axes and legends; what cannot be written is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brain import outputs, plots
from brain.testing.refusals import refusal

LOSSES = list(np.geomspace(2.0, 0.1, 40))
NOISE = [value * 1.01 for value in LOSSES]
METRICS = [{"loss": 1.0, "accuracy": 0.5}, {"loss": 0.5, "accuracy": 0.8}]


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were saved, as they were."""
    figures: list[Figure] = []
    save = plots.save

    def keep(fig: Figure, path: Path) -> Path:
        figures.append(fig)
        return save(fig, path)

    monkeypatch.setattr(plots, "save", keep)
    return figures


def is_png(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG\r\n")


def words(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def test_training_curves(tmp_path: Path) -> None:
    fig = plots.training_curves(LOSSES, METRICS, "A title")
    assert is_png(plots.save(fig, tmp_path / "a" / "b" / "c.png"))
    top, bottom = fig.axes
    assert top.get_title() == "A title"
    assert top.get_xlabel() == "training step"
    assert "nats" in top.get_ylabel()
    assert words(top) == ["each batch", "running mean", "test"]
    assert bottom.get_xlabel() == "epoch"
    assert bottom.get_ylabel() == "test accuracy"
    each, _, test = top.lines
    np.testing.assert_array_equal(each.get_ydata(), LOSSES)
    np.testing.assert_array_equal(test.get_xdata(), [20, 40])  # at the end of each epoch
    np.testing.assert_array_equal(test.get_ydata(), [1.0, 0.5])
    np.testing.assert_array_equal(bottom.lines[0].get_ydata(), [0.5, 0.8])


def test_engine_curves(tmp_path: Path, saved: list[Figure]) -> None:
    losses = {"numpy": LOSSES, "torch": [v + 1e-6 for v in LOSSES], "a.module:Engine": LOSSES}
    path = plots.engine_curves(tmp_path / "c.png", losses, [v - 1e-7 for v in LOSSES], "A title")
    assert is_png(path)
    top, bottom = saved[0].axes
    assert top.get_title() == "A title"
    assert words(top) == ["numpy", "torch", "a.module:Engine"]
    assert words(bottom) == [
        "step 100", "rounding alone", "torch against numpy", "a.module:Engine against numpy",
    ]  # fmt: skip
    assert bottom.get_xlabel() == "training step"
    np.testing.assert_allclose(np.asarray(bottom.lines[1].get_ydata()), 1e-6, rtol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 49, 1000])
def test_the_running_mean_keeps_to_what_it_averages(count: int) -> None:
    steps, mean = plots._running_mean(np.arange(count, dtype=float))
    np.testing.assert_allclose(mean, steps - 1)  # of a straight line it is the line itself
    assert len(mean) == count - max(int(count * 0.02), 1) + 1


def test_boundary_takes_the_grid_as_it_is_made() -> None:
    _, axes = plots.figure(3, 3)
    line = np.linspace(-1, 1, 11)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    x, y = np.array([[0.5, 0.1], [-0.5, 0.2], [0.7, 0.3]]), np.array([1, 0, 1])
    plots.boundary(axes, x, y, grid, (grid[:, 0] + 1) / 2, "right is 1")
    assert axes.get_title() == "right is 1"
    classes = [c for c in axes.collections if hasattr(c, "get_offsets") and len(c.get_offsets())]
    points = [np.asarray(c.get_offsets()) for c in classes][-2:]
    np.testing.assert_array_equal(points[0], x[y == 0])
    np.testing.assert_array_equal(points[1], x[y == 1])
    (undecided,) = axes.collections[1].get_paths()
    np.testing.assert_allclose(undecided.vertices[:, 0], 0, atol=1e-9)  # the line x1 = 0


def test_an_animation_shows_every_frame_and_the_last_for_longer(tmp_path: Path) -> None:
    drawn: list[int] = []

    def draw(axes: Axes, number: int) -> None:
        drawn.append(number)
        axes.plot([0, number], [0, 1])

    path = plots.animate(tmp_path / "new" / "a.gif", 3, draw, fps=2)
    assert path.read_bytes()[:6] in (b"GIF87a", b"GIF89a")
    assert drawn[-7:] == [0, 1, 2, 2, 2, 2, 2]
    flat = plots.animate(tmp_path / "flat.gif", 1, draw, height=3)
    sizes = [int.from_bytes(film.read_bytes()[8:10], "little") for film in (path, flat)]
    assert sizes == [572, 330]  # pixels high: 110 an inch


def test_the_same_numbers_give_the_same_file(tmp_path: Path) -> None:
    one, other = (
        plots.save(plots.training_curves(LOSSES, METRICS, "t"), tmp_path / f"{name}.png")
        for name in "ab"
    )
    assert one.read_bytes() == other.read_bytes()


def draw_nothing(axes: Axes, number: int) -> None:
    return None


WRITERS: dict[str, Callable[[Path], Path]] = {
    "a.png": lambda path: plots.save(plots.training_curves(LOSSES, METRICS, "t"), path),
    "b.png": lambda path: plots.engine_curves(path, {"numpy": LOSSES}, NOISE, "t"),
    "c.gif": lambda path: plots.animate(path, 1, draw_nothing),
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / name).mkdir()
    for path in (tmp_path / "file" / name, tmp_path / name):
        text = refusal(lambda path=path: WRITERS[name](path))  # type: ignore[misc]
        assert text.startswith(f"cannot write {path}: ")


def test_other_failures_while_writing_pass_through(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), outputs.writing(tmp_path / "x"):
        raise ZeroDivisionError


def test_nothing_is_drawn_on_a_screen() -> None:
    import matplotlib.pyplot as plt

    plots.figure(2, 2)
    assert plt.get_fignums() == []
