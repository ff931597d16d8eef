"""CIFAR-10 as it is published, in as little memory as may be, and what is said of other files."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from brain.data import Dataset, cifar, load
from brain.data.files import locate
from brain.testing.refusals import refusal

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
RECORDS = 12  # in each file of the small set


def measured(make: Callable[[], Dataset]) -> tuple[Dataset, float]:
    """A data set, and the most memory that making it took, in sizes of its own arrays."""
    tracemalloc.start()
    try:
        data = make()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    own = sum(a.nbytes for a in (data.x_train, data.y_train, data.x_test, data.y_test))
    return data, peak / own


def test_the_published_set() -> None:
    if not os.environ.get("BRAIN_DATA") or locate("cifar10") is None:
        pytest.skip("BRAIN_DATA names no folder that holds cifar10")
    data, memory = measured(lambda: load("cifar10"))
    assert memory < 1.25  # the arrays themselves, and a file or two
    assert (data.x_train.shape, data.x_test.shape) == ((50000, 32, 32, 3), (10000, 32, 32, 3))
    assert (data.task, data.outputs, data.classes) == ("classification", 10, tuple(NAMES))
    assert (data.x_train.min(), data.x_train.max()) == (0, 1)
    channels = (0, 1, 2)
    means = data.x_train.mean(channels, dtype=np.float64)
    np.testing.assert_allclose(means, [0.4914, 0.4822, 0.4465], rtol=0, atol=5e-5)
    # A deviation in one pass, from the mean of the squares: no second array of this size.
    squares = [np.vdot(plane := data.x_train[..., c], plane) / plane.size for c in range(3)]
    deviations = np.sqrt(np.array(squares, dtype=np.float64) - means**2)
    np.testing.assert_allclose(deviations, [0.2470, 0.2435, 0.2616], rtol=0, atol=1e-4)
    assert data.y_train[:8].tolist() == [6, 9, 9, 4, 1, 1, 2, 7]
    assert np.bincount(data.y_train).tolist() == [5000] * 10
    assert np.bincount(data.y_test).tolist() == [1000] * 10


def small_file(start: int) -> NDArray[np.uint8]:
    """Records (12, 3073) whose labels and pixels all differ from one file to the next."""
    records = np.arange(RECORDS * cifar.RECORD, dtype=np.int64).reshape(RECORDS, -1)
    records = (records * 7 + start) % 256
    records[:, 0] = (np.arange(RECORDS) + start) % 10
    return records.astype(np.uint8)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seven files of a CIFAR-10 of 60 + 12 pictures."""
    files = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    for start, file in enumerate(files):
        (tmp_path / file).write_bytes(small_file(start).tobytes())
    (tmp_path / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")
    paths = tuple(tmp_path / file for file in (*files, "batches.meta.txt"))
    monkeypatch.setattr(cifar, "RECORDS", RECORDS)
    monkeypatch.setattr(cifar, "fetch", lambda name: paths)
    return tmp_path


def test_every_pixel_and_label_is_in_its_place(folder: Path) -> None:
    data = load("cifar10")
    parts = ((data.x_train, data.y_train, range(5)), (data.x_test, data.y_test, range(5, 6)))
    for x, y, starts in parts:
        assert x.dtype == np.float32
        assert x.flags.c_contiguous
        records = np.concatenate([small_file(start) for start in starts])
        assert y.tolist() == records[:, 0].tolist()
        for row, channel, i, j in np.ndindex(3, 3, 32, 32):
            byte = records[row, 1 + channel * 1024 + i * 32 + j]
            assert x[row, i, j, channel] == np.float32(byte) / np.float32(255)
    assert data.classes == tuple(NAMES)


def test_no_second_array_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = 400  # enough that all else is small beside the arrays
    monkeypatch.setattr(cifar, "RECORDS", records)
    for path in folder.glob("*.bin"):
        path.write_bytes(bytes(records * cifar.RECORD))
    assert measured(cifar.cifar10)[1] < 1.25


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("data_batch_3.bin", b"", "it should hold 36,876 bytes, and it holds only 0"),
        ("data_batch_5.bin", bytes(12 * 3073 - 1), "it holds only 36,875"),
        ("test_batch.bin", bytes(12 * 3073 + 1), "it holds more"),
        ("data_batch_1.bin", b"\x0a" + bytes(12 * 3073 - 1), "it holds the label 10"),
        ("test_batch.bin", bytes(11 * 3073) + b"\xff" + bytes(3072), "it holds the label 255"),
        ("batches.meta.txt", "\n".join(NAMES[1:]).encode(), "10 class names"),
        ("batches.meta.txt", "\n".join([*NAMES, "cow"]).encode(), "10 class names"),
        ("batches.meta.txt", "\n".join([*NAMES[1:], "cat"]).encode(), "10 class names"),
        ("batches.meta.txt", "\n".join([*NAMES[1:], "ca\xff"]).encode("latin-1"), "10 class"),
    ],
)
def test_files_of_another_kind_are_named(
    folder: Path, file: str, content: bytes, words: str
) -> None:
    (folder / file).write_bytes(content)
    text = refusal(cifar.cifar10)
    assert text.startswith(f"cannot read {folder / file}: ")
    assert words in text
