"""IDX files are read exactly, or refused by name; nothing else can happen."""

from __future__ import annotations

import bz2
import gzip
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from brain.data.idx import read_idx
from brain.errors import UserError

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
}
VALUES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)

one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


@one_folder
@given(arrays(np.uint8, array_shapes(max_dims=4, max_side=5)), st.sampled_from(sorted(PACKERS)))
def test_what_was_written_is_read(tmp_path: Path, array: np.ndarray, suffix: str) -> None:
    path = tmp_path / f"array{suffix}"
    path.write_bytes(PACKERS[suffix](idx(array)))
    found = read_idx(path, array.ndim)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, array)


@one_folder
@given(st.binary(max_size=40), st.sampled_from(sorted(PACKERS)), st.booleans())
def test_any_bytes_are_an_array_or_a_user_error(
    tmp_path: Path, content: bytes, suffix: str, packed: bool
) -> None:
    path = tmp_path / f"any{suffix}"
    content = b"\0\0\x08\1" + content
    path.write_bytes(PACKERS[suffix](content) if packed else content)
    try:
        found = read_idx(path, 1)
    except UserError:
        return
    assert found.ndim == 1


@pytest.mark.parametrize("suffix", sorted(PACKERS))
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "does not start"),
        (b"\0\0", "does not start"),
        (b"\0\0\x0d\3" + idx(VALUES)[4:], "does not start"),  # floats
        (idx(VALUES[0]), "does not start"),  # rank 2
        (idx(VALUES)[:9], "ends within its header"),
        (idx(VALUES)[:-1], "only 23"),
        (idx(VALUES) + b"\0", "holds more"),
        (b"\0\0\x08\3" + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 28), "claims the shape"),
        (b"\0\0\x08\3" + struct.pack(">3I", 0, 28, 28), "claims the shape"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, suffix: str, content: bytes, words: str) -> None:
    path = tmp_path / f"faulty{suffix}"
    path.write_bytes(PACKERS[suffix](content))
    with pytest.raises(UserError, match=words) as caught:
        read_idx(path, 3)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_damaged_compression_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"damaged{suffix}"
    whole = PACKERS[suffix](idx(VALUES))
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    for content in (whole[:-3], flipped, b"no archive at all", whole + b"tail"):
        path.write_bytes(content)
        if suffix == ".bz2" and content.endswith(b"tail"):
            continue  # bz2 ignores what follows the archive
        with pytest.raises(UserError, match="damaged"):
            read_idx(path, 3)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="absent"):
        read_idx(tmp_path / "absent", 3)


def test_memory_follows_the_file_and_not_its_header(tmp_path: Path) -> None:
    claims = b"\0\0\x08\1" + struct.pack(">I", 2**30)
    bomb = b"\0\0\x08\1" + struct.pack(">I", 10) + bytes(50_000_000)
    for content in (claims, bomb):
        path = tmp_path / "lies.gz"
        path.write_bytes(gzip.compress(content, compresslevel=1))
        tracemalloc.start()
        with pytest.raises(UserError, match="its header claims"):
            read_idx(path, 1)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4_000_000
