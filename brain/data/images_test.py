"""MNIST and Fashion-MNIST, as they are published, and what is said of files that are not."""

from __future__ import annotations

import hashlib
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from brain.data import Dataset, fetch, load
from brain.data.files import locate
from brain.data.sources import SOURCES
from brain.errors import UserError

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST_NAMES = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def real(name: str) -> Dataset:
    """The data set itself, or a skip: a test never downloads."""
    if not os.environ.get("BRAIN_DATA") or locate(name) is None:
        pytest.skip(f"BRAIN_DATA names no folder that holds {name}")
    return load(name)


@pytest.mark.parametrize(
    ("name", "mean", "deviation", "first"),
    [
        ("mnist", 0.1307, 0.3081, [5, 0, 4, 1, 9, 2, 1, 3]),
        ("fashion_mnist", 0.2860, 0.3530, [9, 0, 0, 3, 0, 2, 7, 2]),
    ],
)
def test_the_published_sets(name: str, mean: float, deviation: float, first: list[int]) -> None:
    data = real(name)
    assert (data.x_train.shape, data.x_test.shape) == ((60000, 28, 28, 1), (10000, 28, 28, 1))
    assert (data.task, data.outputs, data.input_shape) == ("classification", 10, (28, 28, 1))
    assert (data.x_train.min(), data.x_train.max()) == (0, 1)
    assert data.x_train.mean(dtype=np.float64) == pytest.approx(mean, abs=5e-5)
    assert data.x_train.std(dtype=np.float64) == pytest.approx(deviation, abs=5e-5)
    assert data.y_train[:8].tolist() == first
    assert np.bincount(data.y_test, minlength=10).min() > 890


def test_memory_is_little_more_than_the_arrays() -> None:
    tracemalloc.start()
    try:
        data = real("mnist")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    own = sum(a.nbytes for a in (data.x_train, data.y_train, data.x_test, data.y_test))
    assert peak < 1.5 * own


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_checksums_are_those_of_the_published_files(name: str) -> None:
    real(name)
    for path, wanted in zip(fetch(name), SOURCES[name].checksums.values(), strict=True):
        if path.suffix:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BRAIN_DATA with a tiny MNIST of 20 + 10 pictures."""
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for (images, labels), count in ((NAMES, 20), (TEST_NAMES, 10)):
        write_idx(tmp_path / "mnist" / images, np.full((count, 28, 28), 255))
        write_idx(tmp_path / "mnist" / labels, np.arange(count) % 10)
    return tmp_path / "mnist"


def test_pictures_are_scaled_and_labels_counted(folder: Path) -> None:
    data = load("mnist")
    assert data.x_train.dtype == np.float32
    assert np.all(data.x_train == 1)
    assert data.y_test.tolist() == list(range(10))


@pytest.mark.parametrize(
    ("file", "array", "words"),
    [
        (NAMES[0], np.zeros((20, 27, 28)), r"its pictures are \(27, 28\)"),
        (NAMES[0], np.zeros((19, 28, 28)), "19 pictures and .* 20 labels"),
        (NAMES[1], np.full(20, 10), "the label 10"),
        (TEST_NAMES[1], np.zeros((10, 1)), "rank 1"),
    ],
)
def test_files_of_another_kind_are_named(
    folder: Path, file: str, array: np.ndarray, words: str
) -> None:
    write_idx(folder / file, array)
    with pytest.raises(UserError, match=words) as caught:
        load("mnist")
    assert str(folder / file) in str(caught.value)
