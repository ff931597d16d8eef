"""Mutations of any bytes: what a broken disk, transfer or program makes of a file."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

Mutation = Callable[[bytes, np.random.Generator], bytes]

EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
MUCH = 2**24  # bytes


def span(content: bytes, random: np.random.Generator) -> slice:
    """A random stretch of the content, short ones more often."""
    start = int(random.integers(len(content) + 1))
    longest = int(random.choice([1, 8, 64, 512, len(content) + 1]))
    return slice(start, start + 1 + int(random.integers(longest)))


def extreme(random: np.random.Generator, form: str) -> bytes:
    """An extreme whole number, packed as `form` says for `struct`."""
    size = struct.calcsize(form)
    return struct.pack(form, EXTREMES[random.integers(len(EXTREMES))] % 2 ** (8 * size))


def truncated(content: bytes, random: np.random.Generator) -> bytes:
    """Cut off anywhere."""
    return content[: random.integers(len(content) + 1)]


def flipped(content: bytes, random: np.random.Generator) -> bytes:
    """One to eight bits turned over."""
    changed = bytearray(content)
    for place in random.integers(len(content), size=random.integers(1, 9)) if content else ():
        changed[place] ^= 1 << int(random.integers(8))
    return bytes(changed)


def overwritten(content: bytes, random: np.random.Generator) -> bytes:
    """A stretch of zeros, of ones or of noise."""
    place = span(content, random)
    length = len(content[place])
    fill = (bytes(length), b"\xff" * length, random.bytes(length))[random.integers(3)]
    return content[: place.start] + fill + content[place.stop :]


def inserted(content: bytes, random: np.random.Generator) -> bytes:
    """Noise between two bytes."""
    place = span(content, random)
    noise = random.bytes(place.stop - place.start)
    return content[: place.start] + noise + content[place.start :]


def deleted(content: bytes, random: np.random.Generator) -> bytes:
    """A stretch taken out."""
    place = span(content, random)
    return content[: place.start] + content[place.stop :]


def duplicated(content: bytes, random: np.random.Generator) -> bytes:
    """A stretch that stands there two to twenty times."""
    place, times = span(content, random), int(random.integers(2, 21))
    return content[: place.start] + content[place] * times + content[place.stop :]


def swapped(content: bytes, random: np.random.Generator) -> bytes:
    """Three neighbouring stretches, the outer two exchanged."""
    a, b, c = sorted(random.integers(len(content) + 1, size=3).tolist())
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def with_extreme_field(content: bytes, random: np.random.Generator) -> bytes:
    """An extreme whole number over four or eight bytes, in either order, often near the start."""
    field = extreme(random, (">I", "<I", ">Q", "<Q")[random.integers(4)])
    start = int(random.integers(len(content) + 1))
    start = start % 64 if random.integers(2) else start
    return content[:start] + field + content[start + len(field) :]


def doubled(content: bytes, random: np.random.Generator) -> bytes:
    """The whole content twice."""
    return content + content


def lengthened(content: bytes, random: np.random.Generator) -> bytes:
    """Zeros, blanks or noise at the end, up to 64 KB."""
    length = int(random.integers(1, 2**16))
    more = (bytes(length), b" \n" * (length // 2), random.bytes(length))
    return content + more[random.integers(3)]


def emptied(content: bytes, random: np.random.Generator) -> bytes:
    """Nothing."""
    return b""


def oversized(content: bytes, random: np.random.Generator) -> bytes:
    """The content, and then far more: itself again and again, or zeros."""
    if content and random.integers(2):
        return content * (MUCH // len(content) + 1)
    return content + bytes(MUCH)


PLAIN: tuple[Mutation, ...] = (
    truncated,
    flipped,
    overwritten,
    inserted,
    deleted,
    duplicated,
    swapped,
    with_extreme_field,
    doubled,
    lengthened,
    emptied,
)
