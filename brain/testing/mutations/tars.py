"""Mutations of tar archives: hostile names, kinds, sizes and headers."""

from __future__ import annotations

import gzip
import io
import tarfile

import numpy as np

from brain.testing.mutations.compressed import BOMB
from brain.testing.mutations.plain import EXTREMES, Mutation

OUTSIDE = "/brain-fuzz-outside"
NAMES = (
    *("../outside", "../../outside", OUTSIDE, "a/../../outside", "..\\outside", "C:\\outside"),
    *("", ".", "..", "/", "a\0b", "a\nb", "x" * 300, "é" * 60, "~/outside", "wanted/", "./wanted"),
)

Members = list[tuple[tarfile.TarInfo, bytes]]


def _members(content: bytes) -> Members:
    with tarfile.open(fileobj=io.BytesIO(content)) as opened:
        return [(info, opened.extractfile(info).read()) for info in opened]  # type: ignore[union-attr]


def _tar(members: Members, form: int = tarfile.GNU_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as opened:
        for info, content in members:
            opened.addfile(info, io.BytesIO(content))
    return made.getvalue()


def _place(members: Members, random: np.random.Generator) -> int:
    return int(random.integers(len(members)))


def tar_renamed(content: bytes, random: np.random.Generator) -> bytes:
    """A member with a hostile name, in place of a wanted one or besides it."""
    members = _members(content)
    info, inside = members[_place(members, random)]
    name = NAMES[random.integers(len(NAMES))].replace("wanted", info.name)
    hostile = info.replace(name=name, deep=False)
    at = int(random.integers(len(members) + 1))
    members[at : at + int(random.integers(2))] = [(hostile, inside)]
    return _tar(members, (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)[random.integers(2)])


def tar_of_another_kind(content: bytes, random: np.random.Generator) -> bytes:
    """A link to somewhere outside, a device, a pipe or a folder under a wanted name."""
    members = _members(content)
    at = _place(members, random)
    info, inside = members[at]
    kinds = b"123456789SLKxgDMNV?\0"
    target = ("../../outside", OUTSIDE, info.name, "/dev/zero", "")[random.integers(5)]
    other = info.replace(name=info.name, linkname=target, deep=False)
    other.type = bytes([kinds[random.integers(len(kinds))]])
    other.size = (0, info.size)[random.integers(2)]
    # before the member itself, in its place, or after it
    start, stop = ((at, at), (at, at + 1), (at + 1, at + 1))[random.integers(3)]
    members[start:stop] = [(other, inside)]
    return _tar(members)


def tar_repeated(content: bytes, random: np.random.Generator) -> bytes:
    """A member that comes twice, or a hundred times, its content another."""
    members = _members(content)
    info, inside = members[_place(members, random)]
    again = (info, (inside, inside[::-1])[random.integers(2)])
    return _tar(members + [again] * int(random.choice([1, 2, 100])))


def tar_nested(content: bytes, random: np.random.Generator) -> bytes:
    """An archive in an archive, up to ten deep, in the place of a member."""
    members = _members(content)
    at = _place(members, random)
    for _ in range(int(random.integers(1, 11))):
        info = members[at][0].replace(name=members[at][0].name, deep=False)
        info.size = len(content)
        members[at] = (info, content)
        content = _tar(members)
    return content


TAR_FIELDS = (  # offset and length in the header of a member
    *((0, 100), (100, 8), (108, 8), (116, 8), (124, 12), (124, 12), (136, 12), (156, 1)),
    *((157, 100), (257, 6), (263, 2), (265, 32), (329, 8), (337, 8), (345, 155)),
)


def tar_header(content: bytes, random: np.random.Generator) -> bytes:
    """A field of a header changed, and the header's checksum made good again."""
    changed = bytearray(content)
    start = 512 * int(random.integers(max(1, len(content) // 512)))
    offset, length = TAR_FIELDS[random.integers(len(TAR_FIELDS))]
    extreme = EXTREMES[random.integers(len(EXTREMES))]
    binary = bytes([(0x80, 0xFF)[random.integers(2)]]) + (extreme % 2**88).to_bytes(11, "big")
    values = (random.bytes(length), b"%o\0" % extreme, b"-1\0", b" " * length, b"\0", binary, b"9")
    value = values[random.integers(len(values))][:length]
    changed[start + offset : start + offset + len(value)] = value
    header = changed[start : start + 512]
    if len(header) == 512:
        header[148:156] = b" " * 8
        changed[start + 148 : start + 156] = b"%06o\0 " % sum(header)
    return bytes(changed)


def tar_pax(content: bytes, random: np.random.Generator) -> bytes:
    """A member with a hostile extended header."""
    members = _members(content)
    info, _ = members[_place(members, random)]
    keys = (
        *("path", "size", "linkpath", "mtime", "charset", "hdrcharset", "\n", "GNU.sparse.major"),
        *("GNU.sparse.map", "GNU.sparse.size", "GNU.sparse.realsize", "GNU.sparse.name"),
    )
    values = (*NAMES, "-1", "1e999", "9" * 30, "1,2,3", "0,0", "9" * 5000, "nan", "1")
    for _ in range(int(random.integers(1, 4))):
        key = keys[random.integers(len(keys))]
        info.pax_headers = {**info.pax_headers, key: values[random.integers(len(values))]}
    return _tar(members, tarfile.PAX_FORMAT)


def tar_gz_bomb(content: bytes, random: np.random.Generator) -> bytes:
    """200 MB of zeros before the others: a member, a wanted one, or a header that goes on."""
    name = ("zeros", _members(gzip.decompress(content))[-1][0].name)[random.integers(2)]
    info = tarfile.TarInfo(name)
    info.size = BOMB
    kinds = b"000xgLKSX"
    info.type = bytes([kinds[random.integers(len(kinds))]])
    zeros = gzip.compress(bytes(2**20), mtime=0) * (BOMB // 2**20)
    return gzip.compress(info.tobuf(), mtime=0) + zeros + content


TAR: tuple[Mutation, ...] = (
    tar_renamed,
    tar_of_another_kind,
    tar_repeated,
    tar_nested,
    tar_header,
    tar_header,
    tar_pax,
)
