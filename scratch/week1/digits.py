"""Day 7's digits for its checks: read from scikit-learn's own file, without importing it.

Importing scikit-learn takes a second, reading the file a fiftieth of one. `samples` keeps none of
the labels of the digits that are held out; whoever judges asks for them with `held_out_labels`.
"""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

TRAINED = 771
"""How many digits are trained on: three of each seven of the 1,797."""


def samples() -> tuple[Array, Array, Array]:
    """Pictures to train on, `(771, 64)` from 0 to 1, their labels, `(771,)`, and other pictures."""
    shown, held = rows()
    table = numbers(shown)
    pictures = numbers([row.rpartition(b",")[0] for row in held])
    return table[:, :-1] / 16, table[:, -1].astype(int), pictures / 16


def held_out_labels() -> Array:
    """The labels of the other pictures, `(1026,)`."""
    return numbers([row.rpartition(b",")[2] for row in rows()[1]]).ravel().astype(int)


def rows() -> tuple[list[bytes], list[bytes]]:
    """The lines of the file: those to train on, and the others."""
    found = lines()
    shown = [line for number, line in enumerate(found) if number % 7 < 3]
    return shown, [line for number, line in enumerate(found) if number % 7 >= 3]


def lines() -> list[bytes]:
    """The lines of the file, 64 pixels from 0 to 16 and a label each."""
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            "the digits come inside scikit-learn, which is not installed; install it with: "
            'pip install "inside-ai-brain[sklearn]" (in a clone: pip install -e ".[sklearn]")'
        )
    path = Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz"
    return gzip.decompress(path.read_bytes()).splitlines()


def numbers(found: list[bytes]) -> Array:
    """The numbers in lines of a CSV file, a row each."""
    return np.array(b",".join(found).split(b","), dtype=float).reshape(len(found), -1)
