"""CIFAR-10: small colour photographs in ten classes, in the binary layout as it is published.

A file is 10,000 records of 3,073 bytes: the label, then the red, the green and the blue plane of
the picture, each 32x32, row by row. https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brain.data.dataset import Dataset
from brain.data.files import damaged, fetch, reading

RECORDS = 10_000  # in each file
CHANNELS, SIDE = 3, 32
RECORD = 1 + CHANNELS * SIDE * SIDE  # bytes
CLASSES = 10


def cifar10() -> Dataset:
    """50,000 + 10,000 colour photographs: x `(N, 32, 32, 3)` in [0, 1], y `(N,)`.

    A. Krizhevsky, "Learning multiple layers of features from tiny images", technical report,
    University of Toronto (2009).
    """
    *train, test, names = fetch("cifar10")
    classes = _class_names(names)
    title = "CIFAR-10: colour photographs, 32x32"
    return Dataset("cifar10", *_part(train), *_part([test]), "classification", classes, title)


def _class_names(path: Path) -> tuple[str, ...]:
    with reading(path) as file:
        text = file.read(2**16).decode("ascii", errors="replace")
    names = tuple(text.split())
    if len(set(names)) != CLASSES or not text.isascii():
        raise damaged(path, f"it should hold {CLASSES} class names, one a line")
    return names


def _part(paths: Sequence[Path]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The records of all files, one after another: pictures (N, 32, 32, 3) and labels (N,).

    Each file is read straight into its place, so that the pixels are held once, but for one file.
    """
    x = np.empty((len(paths) * RECORDS, SIDE, SIDE, CHANNELS), dtype=np.float32)
    y = np.empty(len(x), dtype=np.int64)
    for number, path in enumerate(paths):
        rows = slice(number * RECORDS, (number + 1) * RECORDS)
        records = _records(path)  # (N, 3073)
        y[rows] = records[:, 0]
        planes = records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE)
        np.divide(planes.transpose(0, 2, 3, 1), 255, out=x[rows], dtype=np.float32)
    return x, y


def _records(path: Path) -> NDArray[np.uint8]:
    """The records of one file, (N, 3073)."""
    size = RECORDS * RECORD
    with reading(path) as file:
        content = file.read(size + 1)
    if len(content) != size:
        more = "more" if len(content) > size else f"only {len(content):,}"
        raise damaged(path, f"it should hold {size:,} bytes, and it holds {more}")
    records = np.frombuffer(content, dtype=np.uint8).reshape(RECORDS, RECORD)
    if records[:, 0].max() >= CLASSES:
        raise damaged(path, f"it holds the label {records[:, 0].max()}; labels go from 0 to 9")
    return records
