"""The IDX format, in which MNIST is published: a header of big-endian numbers, then the bytes.

    0, 0, type, rank        one byte each; type 8 is an unsigned byte, the only one used here
    dimensions              `rank` numbers of four bytes
    values                  row by row, the last dimension fastest

http://yann.lecun.com/exdb/mnist/, "The IDX file format".
"""

from __future__ import annotations

import math
import struct
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brain.data.files import damaged, reading

UNSIGNED_BYTE = 8
LARGEST = 2**26  # bytes; the largest file read here has 47 million


def read_idx(path: Path, rank: int) -> NDArray[np.uint8]:
    """The array of unsigned bytes with `rank` dimensions in the IDX file `path`.

    The file may be compressed (`.gz`, `.bz2`). One that is damaged, of another type or rank, or
    shorter or longer than its header says is a UserError that names it. Memory follows what the
    file holds, never what its header claims.
    """
    with reading(path) as file:
        magic = file.read(4)
        if magic != bytes((0, 0, UNSIGNED_BYTE, rank)):
            raise damaged(path, f"it does not start as IDX bytes of rank {rank}: {magic!r}")
        header = file.read(4 * rank)
        if len(header) < 4 * rank:
            raise damaged(path, "it ends within its header")
        shape = struct.unpack(f">{rank}I", header)
        size = math.prod(shape)
        if not 0 < size <= LARGEST:
            raise damaged(path, f"its header claims the shape {shape}")
        values = _read_at_most(file, size + 1)
    if len(values) != size:
        more = "more" if len(values) > size else f"only {len(values):,}"
        raise damaged(path, f"its header claims {size:,} values, and it holds {more}")
    return np.frombuffer(values, dtype=np.uint8).reshape(shape)


def _read_at_most(file: BufferedIOBase, size: int) -> bytearray:
    """Up to `size` bytes, in pieces: a single read would set aside all that was asked for."""
    values = bytearray()
    while piece := file.read(min(2**20, size - len(values))):
        values += piece
    return values
