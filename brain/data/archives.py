"""Taking files out of a tar or zip archive without trusting it, and keeping what was unpacked.

Only the bytes of regular members are handed out, and no name in an archive becomes a path. What is
unpacked on the way is bounded, so that a small archive cannot fill the memory or take for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from io import BufferedIOBase, RawIOBase
from pathlib import Path
from typing import IO, Any

from brain.errors import brief, shown
from brain.outputs import aside

LARGEST_MEMBER = 2**26  # bytes; the largest file taken here has 31 million
LARGEST = 2**28  # bytes unpacked in all; CIFAR-10 has 184 million
LARGEST_EXTENSION = 2**16  # bytes of a long name or the like
MOST_MEMBERS = 10_000

# What tarfile, zipfile and gzip raise for bytes that are not as they should be.
FAULTS = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, LookupError, ArithmeticError, RuntimeError, MemoryError),
)


class Damaged(Exception):  # noqa: N818 (the file is at fault, not the program)
    """Why a file is not what it should be."""


def members(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """The name and content of each member of `archive` in `names`, in the archive's order.

    `.zip` is read as zip, anything else as a tar that may be gzipped. A member that is missing,
    comes twice, is no regular file or is too large, and whatever else is wrong with the archive,
    is Damaged; members that came before are good all the same.
    """
    missing = set(names)
    read = _in_zip if archive.suffix == ".zip" else _in_tar
    try:
        for name, content in read(archive, names):
            if name not in missing:
                raise Damaged(f"it holds {name} twice")
            missing.remove(name)
            yield name, content
    except FAULTS as error:
        raise Damaged(brief(error)) from error
    if missing:
        raise Damaged(f"it lacks {min(missing)}")


def keep(path: Path, pieces: Iterable[bytes], checksum: str) -> None:
    """Write `path`, which is there whole or not at all; Damaged if its SHA-256 is another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with aside(path, lasting=False) as partial:
        with partial.open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != checksum:
            raise Damaged(f"{path.name} is not the published file (its SHA-256 is another)")


def sha256(path: Path) -> str:
    """The SHA-256 of the file, in hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _in_zip(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.filename in names:
                kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where it was packed without one
                _check(info.filename, info.file_size, kind in (0, stat.S_IFREG))
                if info.flag_bits & 1:
                    raise Damaged(f"its {info.filename} is encrypted")
                # The other methods unpack without a bound.
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise Damaged(f"its {info.filename} is packed by a method not read here")
                with opened.open(info) as file:
                    yield info.filename, _content(file, info.filename, info.file_size)


def _in_tar(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    # As a stream ("r|"): nothing is sought or kept, and what is passed over is counted too.
    opener = gzip.open if archive.suffix in (".gz", ".tgz") else Path.open
    with (
        opener(archive, "rb") as unpacked,
        tarfile.open(
            fileobj=_Bounded(unpacked), mode="r|", bufsize=2**18, tarinfo=_Header
        ) as opened,
    ):
        for count, info in enumerate(opened):
            if count == MOST_MEMBERS:
                raise Damaged(f"it holds more than {MOST_MEMBERS:,} members")
            if opened.offset > LARGEST:  # where the next would be, and be sought for ever
                raise Damaged(f"it unpacks to more than {LARGEST:,} bytes")
            if info.name in names:
                _check(info.name, info.size, info.isreg() and not info.issparse())
                file = opened.extractfile(info)
                assert file is not None  # it is a regular file
                yield info.name, _content(file, info.name, info.size)


def _check(name: str, size: int, regular: bool) -> None:
    if not regular:
        raise Damaged(f"its {name} is no regular file")
    if not 0 <= size <= LARGEST_MEMBER:
        raise Damaged(f"its {name} claims {size:,} bytes")


def _content(file: IO[bytes], name: str, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise Damaged(f"its {name} ends too early")
    return content


class _Header(tarfile.TarInfo):
    """A header whose extensions are short: they are read whole, before a member is seen."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        info = super().frombuf(buf, encoding, errors)
        if not info.isreg() and info.size > LARGEST_EXTENSION:
            raise Damaged(f"its {shown(info.name)} claims {shown(info.size)} bytes")
        return info


class _Bounded(RawIOBase):
    """A file that gives no more than LARGEST bytes."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._left = LARGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._file.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise Damaged(f"it unpacks to more than {LARGEST:,} bytes")
        return count
