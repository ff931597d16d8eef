"""Mutations of PNG pictures: a magic, then chunks of a length, a kind, a content, a checksum."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from brain.testing.mutations.compressed import BOMB
from brain.testing.mutations.plain import Mutation, extreme

CHUNKS = (
    *((b"PLTE", bytes(range(6))), (b"tRNS", b"\0\x80"), (b"tRNS", bytes(6)), (b"gAMA", b"\0" * 4)),
    *((b"iCCP", b"x\0\0" + zlib.compress(bytes(2**22))), (b"eXIf", b"MM\0*\0\0\0\x08\xff\xff")),
    *((b"zTXt", b"x\0\0" + zlib.compress(bytes(2**22))), (b"tEXt", b"x\0" + b"y" * 2**16)),
    *((b"acTL", b"\0\0\0\2\0\0\0\0"), (b"fcTL", bytes(26)), (b"fdAT", bytes(8)), (b"IEND", b"")),
    *((b"cHRM", bytes(3)), (b"pHYs", bytes(9)), (b"sRGB", b""), (b"abcd", b"?"), (b"ABCD", b"?")),
)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], 8
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        chunks.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += length + 12
    return chunks


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, content in chunks:
        parts += [len(content).to_bytes(4, "big"), kind, content]
        parts.append(zlib.crc32(kind + content).to_bytes(4, "big"))
    return b"".join(parts)


def png_header(content: bytes, random: np.random.Generator) -> bytes:
    """Another size, depth, colour or interlace, the checksum made good."""
    chunks = _chunks(content)
    head = bytearray(chunks[0][1])
    for _ in range(int(random.integers(1, 3))):
        if random.integers(2):
            place = 4 * int(random.integers(2))
            head[place : place + 4] = extreme(random, ">I")
        else:
            head[random.integers(8, 13)] = int(random.choice([0, 1, 2, 3, 4, 6, 8, 16]))
    return _png([(b"IHDR", bytes(head)), *chunks[1:]])


def png_chunks(content: bytes, random: np.random.Generator) -> bytes:
    """A chunk more, less, twice, in another place or of another kind."""
    chunks = _chunks(content)
    if random.integers(2):
        chunk = CHUNKS[random.integers(len(CHUNKS))]
        if random.integers(2):
            chunk = chunk[0], random.bytes(int(random.integers(40)))
    else:
        chunk = chunks.pop(random.integers(len(chunks)))
    for _ in range(int(random.integers(1, 3))):
        chunks.insert(int(random.integers(len(chunks) + 1)), chunk)
    return _png(chunks)


def png_palette(content: bytes, random: np.random.Generator) -> bytes:
    """A picture of palette colours, some of them transparent."""
    chunks = _chunks(content)
    head = bytearray(chunks[0][1])
    head[8:10] = int(random.choice([1, 2, 4, 8])), 3
    extra = [CHUNKS[0], (b"tRNS", random.bytes(int(random.integers(1, 5))))]
    return _png([(b"IHDR", bytes(head)), *extra, *chunks[1:]])


def png_pixels(content: bytes, random: np.random.Generator) -> bytes:
    """Other pixels: noise, or far too many of them."""
    chunks = dict(_chunks(content))
    pixels = (random.bytes(500), bytes(2**22), b"")[random.integers(3)]
    return _png([*{**chunks, b"IDAT": zlib.compress(pixels, 1)}.items()])


def png_vast(content: bytes, random: np.random.Generator) -> bytes:
    """A picture that promises 49, 100 or 1,600 million pixels."""
    side = int(random.choice([7000, 10_000, 40_000]))
    head = struct.pack(">II", side, side) + _chunks(content)[0][1][8:]
    zeros = zlib.compress(bytes(BOMB // 10), 1)
    return _png([(b"IHDR", head), (b"IDAT", zeros), (b"IEND", b"")])


PNG: tuple[Mutation, ...] = (
    png_header,
    png_header,
    png_chunks,
    png_chunks,
    png_palette,
    png_pixels,
)
