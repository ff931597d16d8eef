"""Samples from a user's file: arrays (.npy), rows of numbers (.csv) or a picture."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.errors import UserError
from brain.spec import Shape

Array = NDArray[Any]

LARGEST = 2**31  # bytes of a file that is read
PIXELS = 50_000_000


def read_samples(path: Path, shape: Shape) -> Array:
    """The samples in a file, `(N, *shape)`; one sample is taken as a batch of one.

    `.npy`: an array of numbers; `.csv`: a sample a row, its numbers in row-major order, with or
    without a line of names; any other: a picture, in the colours and the size of `shape`, values
    0 to 1. Raises UserError for a file that is missing, damaged, or holds other shapes.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        if size > LARGEST:
            raise UserError(f"{path} is too large to be read whole ({size:,} bytes).")
        x = READERS.get(path.suffix.lower(), _picture)(path, shape)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}.") from None
    if x.shape == tuple(shape):
        return x[None]
    if x.shape[1:] != tuple(shape) or not len(x):
        wanted = ", ".join(["N", *map(str, shape)])
        raise UserError(f"{path} holds {x.shape}; the model takes samples ({wanted}).")
    return x


def _array(path: Path, shape: Shape) -> Array:
    with path.open("rb") as file:
        try:
            return np.lib.format.read_array(file, allow_pickle=False)
        except OSError:
            raise
        except Exception as error:  # a damaged header can raise nearly anything
            raise UserError(f"{path} holds no array that can be read ({_first(error)}).") from None


def _rows(path: Path, shape: Shape) -> Array:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [line for line in csv.reader(file) if line]
        if lines and not _is_number(lines[0][0]):
            del lines[0]  # names
        rows = [[float(cell) for cell in line] for line in lines]
    except (ValueError, csv.Error) as error:
        raise UserError(f"{path} holds something that is no number ({_first(error)}).") from None
    width = math.prod(shape)
    wrong = next((number for number, row in enumerate(rows, 1) if len(row) != width), None)
    if wrong:
        found = len(rows[wrong - 1])
        raise UserError(f"{path}: row {wrong} has {found} numbers; a sample of the model {width}.")
    return np.array(rows, np.float64).reshape(-1, *shape)


def _picture(path: Path, shape: Shape) -> Array:
    from PIL import Image  # what Matplotlib writes and reads pictures with

    if len(shape) != 3 or shape[-1] not in (1, 3):
        raise UserError(
            f"{path}: a picture does not fit a model that takes {shape}; give a .npy or .csv file."
        )
    height, width, channels = shape
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > PIXELS:
                raise UserError(f"{path} has more than {PIXELS:,} pixels; make it smaller.")
            small = picture.convert("L" if channels == 1 else "RGB").resize((width, height))
    except (UserError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:  # a decoder may raise nearly anything for a damaged file
        raise UserError(f"{path} is no picture that can be read ({_first(error)}).") from None
    return np.asarray(small, np.float32).reshape(shape) / 255


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _first(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120]


READERS: dict[str, Callable[[Path, Shape], Array]] = {".npy": _array, ".csv": _rows}
