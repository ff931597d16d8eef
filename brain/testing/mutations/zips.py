"""Mutations of zip archives: hostile names, kinds, sizes, flags and directories."""

from __future__ import annotations

import functools
import io
import stat
import struct
import warnings
import zipfile
import zlib

import numpy as np

from brain.testing.mutations.compressed import BOMB
from brain.testing.mutations.plain import EXTREMES, Mutation
from brain.testing.mutations.tars import NAMES, OUTSIDE


def _zip(entries: list[tuple[zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that comes twice is meant
        with zipfile.ZipFile(made, "w", method) as opened:
            for info, content in entries:
                opened.writestr(info, content, compress_type=method)
    return made.getvalue()


def _entries(content: bytes) -> list[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return [(info, opened.read(info)) for info in opened.infolist()]


def zip_renamed(content: bytes, random: np.random.Generator) -> bytes:
    """A member with a hostile name, in place of a wanted one or besides it."""
    entries = _entries(content)
    at = int(random.integers(len(entries)))
    name = NAMES[random.integers(len(NAMES))].replace("wanted", entries[at][0].filename)
    hostile = zipfile.ZipInfo(name or "x")
    entries[at : at + int(random.integers(2))] = [(hostile, entries[at][1])]
    return _zip(entries)


def zip_of_another_kind(content: bytes, random: np.random.Generator) -> bytes:
    """A link to somewhere outside, a device, a pipe or a folder under a wanted name."""
    entries = _entries(content)
    info, inside = entries[int(random.integers(len(entries)))]
    kinds = (stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK)
    info.external_attr = (kinds[random.integers(len(kinds))] | 0o777) << 16
    info.create_system = 3
    place = next(at for at, entry in enumerate(entries) if entry[0] is info)
    entries[place] = (info, (inside, OUTSIDE.encode(), b"../../outside")[random.integers(3)])
    return _zip(entries)


def zip_repeated(content: bytes, random: np.random.Generator) -> bytes:
    """A member that comes twice, or a hundred times, its content another."""
    entries = _entries(content)
    info, inside = entries[int(random.integers(len(entries)))]
    again = zipfile.ZipInfo(info.filename), (inside, inside[::-1])[random.integers(2)]
    return _zip(entries + [again] * int(random.choice([1, 2, 100])))


def zip_nested(content: bytes, random: np.random.Generator) -> bytes:
    """An archive in an archive, up to ten deep, in the place of a member."""
    entries = _entries(content)
    at = int(random.integers(len(entries)))
    for _ in range(int(random.integers(1, 11))):
        entries[at] = (zipfile.ZipInfo(entries[at][0].filename), content)
        content = _zip(entries)
    return content


def zip_by_another_method(content: bytes, random: np.random.Generator) -> bytes:
    """Packed by bzip2 or LZMA, or not at all."""
    methods = (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED)
    return _zip(_entries(content), methods[random.integers(len(methods))])


# Offsets and lengths of the fields after each signature.
ZIP_FIELDS = {
    b"PK\x03\x04": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    b"PK\x01\x02": (
        *((4, 2), (6, 2), (8, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2)),
        *((32, 2), (34, 2), (38, 4), (42, 4)),
    ),
    b"PK\x05\x06": ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}


def zip_field(content: bytes, random: np.random.Generator) -> bytes:
    """A field of a head or of the directory: a size, an offset, a flag, a method."""
    mark = tuple(ZIP_FIELDS)[random.integers(len(ZIP_FIELDS))]
    starts = [at for at in range(len(content)) if content.startswith(mark, at)]
    fields = ZIP_FIELDS[mark]
    offset, length = fields[random.integers(len(fields))]
    place = starts[random.integers(len(starts))] + offset
    old = int.from_bytes(content[place : place + length], "little")
    values = (*EXTREMES, old + 1, old - 1, old | 1, old ^ 1 << int(random.integers(8 * length)))
    value = values[random.integers(len(values))] % 2 ** (8 * length)
    return content[:place] + value.to_bytes(length, "little") + content[place + length :]


def zip_encrypted(content: bytes, random: np.random.Generator) -> bytes:
    """Every member says that it is encrypted: weakly, strongly, with its names hidden."""
    flags = int((1, 0x41, 0x2001, 0xFFFF)[random.integers(4)])
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for at in range(len(content)):
            if content.startswith(mark, at):
                changed[at + offset : at + offset + 2] = flags.to_bytes(2, "little")
    return bytes(changed)


@functools.cache
def _deflated_zeros() -> tuple[bytes, int]:
    """200 MB of zeros, deflated, and their checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB // 2**20):
        checksum = zlib.crc32(bytes(2**20), checksum)
    return piece * (BOMB // 2**20) + packer.flush(), checksum


def zip_bomb(content: bytes, random: np.random.Generator) -> bytes:
    """A wanted member of 200 MB of zeros, which it admits or denies."""
    packed, checksum = _deflated_zeros()
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        name = opened.namelist()[-1].encode()
    size = (BOMB, 1000, 2**26)[random.integers(3)]
    middle = struct.pack("<HHHHHIIIH", 20, 0, 8, 0, 33, checksum, len(packed), size, len(name))
    local = b"PK\x03\x04" + middle + struct.pack("<H", 0) + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + middle + struct.pack("<HHHHII", *[0] * 6)
    central += name
    ends = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + ends


ZIP: tuple[Mutation, ...] = (
    zip_renamed,
    zip_of_another_kind,
    zip_repeated,
    zip_nested,
    zip_by_another_method,
    zip_field,
    zip_field,
    zip_encrypted,
)
