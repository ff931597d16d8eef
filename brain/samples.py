"""Samples from a user's file: arrays (.npy), rows of numbers (.csv) or a picture."""

from __future__ import annotations

import csv
import math
import warnings
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.errors import UserError, brief
from brain.spec import Shape

Array = NDArray[Any]

LARGEST = 2**31  # bytes of a file that is read
PIXELS = 50_000_000
# Pillow has more, some of which start other programs.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")


def read_samples(path: Path, shape: Shape) -> Array:
    """The samples in a file, `(N, *shape)`; one sample is taken as a batch of one.

    `.npy`: an array of numbers; `.csv`: a sample a row, its numbers in row-major order, with or
    without a line of names; any other: a picture, in the colours and the size of `shape`, values
    0 to 1. Raises UserError for a file that is missing, damaged, or holds other shapes.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():  # a pipe would be waited for, a device never end
            raise UserError(f"cannot read {path}: it is no ordinary file.")
        if size > LARGEST:
            raise UserError(f"{path} is too large to be read whole ({size:,} bytes).")
        x = READERS.get(path.suffix.lower(), _picture)(path, shape)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}.") from None
    size = math.prod(shape)
    for one in (x, x[None]):  # as (28, 28) or (784,) for (28, 28, 1): the same numbers
        if one.ndim > 1 and len(one) and math.prod(one.shape[1:]) == size:
            return one.reshape(len(one), *shape)
    wanted = ", ".join(["N", *map(str, shape)])
    raise UserError(f"{path} holds {x.shape}; the model takes samples ({wanted}).")


def _array(path: Path, shape: Shape) -> Array:
    with path.open("rb") as file, _unwarned():
        try:
            return np.lib.format.read_array(file, allow_pickle=False)
        except OSError:
            raise
        except Exception as error:  # a damaged header can raise nearly anything
            raise UserError(f"{path} holds no array that can be read ({brief(error)}).") from None


def _rows(path: Path, shape: Shape) -> Array:
    width, values, number = math.prod(shape), array("d"), 0
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = filter(None, csv.reader(file))
            first = next(lines, ["names"])
            rows = chain([first] if _is_number(first[0]) else [], lines)
            for number, line in enumerate(rows, 1):
                values.extend(map(float, line))
                if len(values) != number * width:
                    raise UserError(
                        f"{path}: row {number} has {len(line)} numbers; a sample of the model "
                        f"{width}."
                    )
    except UserError:
        raise
    except (ValueError, csv.Error) as error:
        where = f"row {number} holds" if number else "it holds"
        raise UserError(f"{path}: {where} something that is no number ({brief(error)}).") from None
    if not values:
        raise UserError(f"{path} has no row of {width} numbers with commas between them.")
    return np.array(values).reshape(-1, *shape)


def _picture(path: Path, shape: Shape) -> Array:
    from PIL import Image  # what Matplotlib writes and reads pictures with

    if len(shape) != 3 or shape[-1] not in (1, 3):
        raise UserError(
            f"{path}: a picture does not fit a model that takes {shape}; give a .npy or .csv file."
        )
    height, width, channels = shape
    try:
        with _unwarned(), Image.open(path, formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS:
                raise UserError(f"{path} has more than {PIXELS:,} pixels; make it smaller.")
            picture: Image.Image = opened
            if opened.mode.startswith("I;16"):  # convert would take all above 255 for white
                picture = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))
            small = picture.convert("L" if channels == 1 else "RGB").resize((width, height))
    except (UserError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:  # a decoder may raise nearly anything for a damaged file
        raise UserError(f"{path} is no picture that can be read ({brief(error)}).") from None
    return np.asarray(small, np.float32).reshape(shape) / 255


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@contextmanager
def _unwarned() -> Iterator[None]:
    """What is odd about a file, and can be read all the same, is no news for the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


READERS: dict[str, Callable[[Path, Shape], Array]] = {".npy": _array, ".csv": _rows}
