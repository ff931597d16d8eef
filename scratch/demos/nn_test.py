"""The demo learns what it shows, draws the same for the same seed, and says what it wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain import plots
from brain.testing.refusals import refusal
from scratch.demos import nn
from scratch.testing.staged import quick


@pytest.fixture
def no_animation(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Animations are counted, not drawn: they take most of the time."""
    frames: list[int] = []

    def count(path: Path, number: int, draw: object, fps: int, height: float) -> Path:
        frames.append(number)
        return path

    monkeypatch.setattr(plots, "animate", count)
    return frames


def run(out: Path, seed: int = 0) -> tuple[list[Path], str]:
    return quick(nn.run, out, seed)


def test_the_same_seed_draws_the_same(tmp_path: Path, no_animation: list[int]) -> None:
    (one, said), (again, said_again) = run(tmp_path / "one"), run(tmp_path / "again")
    other, _ = run(tmp_path / "other", seed=1)
    assert said == said_again
    names = [path.name for path in one]
    assert names == ["nn-boundary.png", "nn-boundary.gif", "nn-loss.png"]
    for number in (0, 2):
        picture = one[number].read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert again[number].read_bytes() == picture
        assert other[number].read_bytes() != picture
    assert len(set(no_animation)) == 1
    assert no_animation[0] >= 6


def test_it_learns_and_says_so(tmp_path: Path, no_animation: list[int]) -> None:
    _, said = run(tmp_path)
    accuracy = float(said.split("test accuracy ")[1].split("%")[0])
    assert accuracy > 80
    assert "after 20 epochs" in said


def test_a_folder_that_cannot_be_written(tmp_path: Path, no_animation: list[int]) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(lambda: run(tmp_path / "file")).startswith(f"cannot write {tmp_path}/file/")


def test_the_square_is_a_grid() -> None:
    grid = nn.square(2.0, 5)
    assert grid.shape == (25, 2)
    assert len({tuple(point) for point in grid.tolist()}) == 25
    np.testing.assert_array_equal(grid[1], [-1, -2])  # across first, then up
    np.testing.assert_array_equal(grid[-1], [2, 2])


def test_the_model_is_as_drawn() -> None:
    assert nn.model().input_shape == (2,)
    assert nn.model().output_shape == (1,)
    assert len(nn.model().parameters()) == 6
