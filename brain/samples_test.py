"""Samples are read from arrays, tables and pictures, in the shape that the model takes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from brain import samples
from brain.errors import UserError
from brain.samples import read_samples
from brain.testing.refusals import refusal


@pytest.mark.parametrize("shape", [(3,), (2, 2, 1), (4,)])
def test_arrays_and_tables_come_as_they_are(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = np.arange(5 * np.prod(shape), dtype=np.float64).reshape(5, *shape) / 7
    np.save(tmp_path / "x.npy", x)
    np.savetxt(tmp_path / "x.CSV", x.reshape(5, -1), delimiter=",", fmt="%.17g")
    np.testing.assert_array_equal(read_samples(tmp_path / "x.npy", shape), x)
    np.testing.assert_array_equal(read_samples(tmp_path / "x.CSV", shape), x)
    np.save(tmp_path / "one.npy", x[2])
    np.testing.assert_array_equal(read_samples(tmp_path / "one.npy", shape), x[2:3])


@pytest.mark.parametrize("given", [(4, 6, 1), (4, 6), (24,), (3, 4, 6), (3, 24), (3, 4, 6, 1)])
def test_the_same_numbers_in_another_shape_are_taken(
    tmp_path: Path, given: tuple[int, ...]
) -> None:
    x = np.arange(np.prod(given), dtype=np.float64)
    np.save(tmp_path / "x.npy", x.reshape(given))
    got = read_samples(tmp_path / "x.npy", (4, 6, 1))
    np.testing.assert_array_equal(got, x.reshape(-1, 4, 6, 1))


@pytest.mark.parametrize("given", [(), (0, 24), (6, 4, 4), (23,), (2, 3, 4, 6)])
def test_other_numbers_are_not(tmp_path: Path, given: tuple[int, ...]) -> None:
    np.save(tmp_path / "x.npy", np.zeros(given))
    assert "the model takes samples (N, 4, 6, 1)" in refusal(
        lambda: read_samples(tmp_path / "x.npy", (4, 6, 1))
    )


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


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    for name in ("x.npy", "x.csv", "x.png"):
        make(tmp_path / name)
        with pytest.raises(UserError, match="is no ordinary file"):
            read_samples(tmp_path / name, (8, 8, 1))


def test_a_table_may_begin_with_names(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("\ufeffa,b,c\r\n\r\n1,2,3\r\n4,5.5,-6e1\r\n")
    assert read_samples(tmp_path / "x.csv", (3,)).tolist() == [[1, 2, 3], [4, 5.5, -60]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no row of 3 numbers with commas between them"),
        ("a,b,c\n", "has no row of 3 numbers"),
        ("1,2,3\n4,5\n", "row 2 has 2 numbers; a sample of the model 3"),
        ("a,b,c\n1,2,3,4\n", "row 1 has 4 numbers"),
        ("1,2,3\n4,five,6\n", "no number (could not convert string to float: 'five')"),
        ("1,2,3\n" + "9" * 200_000 + "x\n", "no number (field larger than field limit"),
    ],
)
def test_a_table_of_other_rows_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    assert words in refusal(lambda: read_samples(tmp_path / "x.csv", (3,)))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_picture_keeps_its_greys(tmp_path: Path, dtype: str) -> None:
    """Of 16 bits too, whose greys Pillow would cut off at 255 of 65,535."""
    greys = np.linspace(0, np.iinfo(dtype).max, 20).astype(dtype).reshape(4, 5)
    Image.fromarray(greys).save(tmp_path / "x.png")
    for channels in (1, 3):
        x = read_samples(tmp_path / "x.png", (4, 5, channels))
        assert x.shape == (1, 4, 5, channels)
        expected = np.linspace(0, 1, 20).reshape(1, 4, 5, 1)
        np.testing.assert_allclose(x, np.broadcast_to(expected, x.shape), atol=1 / 255)


def test_a_format_that_pillow_hands_to_another_program_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "x.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    said = refusal(lambda: read_samples(tmp_path / "x.eps", (9, 9, 1)))
    assert "no picture that can be read (cannot identify" in said


def test_what_is_odd_is_no_news_for_the_terminal(tmp_path: Path) -> None:
    palette = Image.new("P", (4, 4))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.save(tmp_path / "x.png", transparency=b"\x80\x00")
    np.save(tmp_path / "x.npy", np.ones((2, 3)))
    content = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "x.npy").write_bytes(content.replace(b"(2, 3), }  ", b"(2L, 3L), }"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_samples(tmp_path / "x.png", (4, 4, 3))
        assert read_samples(tmp_path / "x.npy", (3,)).shape == (2, 3)
