"""Samples are read from arrays, tables and pictures, in the shape that the model takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from brain import samples
from brain.errors import UserError
from brain.samples import read_samples


@pytest.mark.parametrize("shape", [(3,), (2, 2, 1), (4,)])
def test_arrays_and_tables_come_as_they_are(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = np.arange(5 * np.prod(shape), dtype=np.float64).reshape(5, *shape) / 7
    np.save(tmp_path / "x.npy", x)
    np.savetxt(tmp_path / "x.CSV", x.reshape(5, -1), delimiter=",", fmt="%.17g")
    np.testing.assert_array_equal(read_samples(tmp_path / "x.npy", shape), x)
    np.testing.assert_array_equal(read_samples(tmp_path / "x.CSV", shape), x)
    np.save(tmp_path / "one.npy", x[2])
    np.testing.assert_array_equal(read_samples(tmp_path / "one.npy", shape), x[2:3])


def test_an_array_in_columns_order_is_read_as_it_was(tmp_path: Path) -> None:
    x = np.asfortranarray(np.arange(12.0).reshape(4, 3))
    np.save(tmp_path / "x.npy", x)
    np.testing.assert_array_equal(read_samples(tmp_path / "x.npy", (3,)), x)


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("RGB", 3), ("RGBA", 3), ("1", 1)])
@pytest.mark.parametrize("suffix", [".png", ".bmp", ".gif"])
def test_pictures_are_brought_to_size_and_colours(
    tmp_path: Path, mode: str, channels: int, suffix: str
) -> None:
    pixels = np.zeros((20, 10, 3), np.uint8)
    pixels[:, 5:] = 255  # black on the left, white on the right
    Image.fromarray(pixels).convert(mode).save(tmp_path / f"x{suffix}")
    x = read_samples(tmp_path / f"x{suffix}", (8, 4, channels))
    assert x.shape == (1, 8, 4, channels)
    assert x.dtype == np.float32
    assert x[..., 0, :].max() < 0.2
    assert x[..., 3, :].min() > 0.8


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "x.npy", np.ones((3, 2)))
    Image.new("L", (30, 30)).save(tmp_path / "x.png")
    monkeypatch.setattr(samples, "LARGEST", 100)
    with pytest.raises(UserError, match="too large"):
        read_samples(tmp_path / "x.npy", (2,))
    monkeypatch.setattr(samples, "LARGEST", 10_000)
    monkeypatch.setattr(samples, "PIXELS", 100)
    with pytest.raises(UserError, match="more than 100 pixels"):
        read_samples(tmp_path / "x.png", (8, 8, 1))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for name in ("x.npy", "x.csv", "x.png"):
        (tmp_path / name).mkdir()
        with pytest.raises(UserError, match="cannot read"):
            read_samples(tmp_path / name, (8, 8, 1))
