"""Mutations of and inside of what is compressed, and bombs: little that unpacks to much."""

from __future__ import annotations

import bz2
import functools
import gzip
from collections.abc import Callable

import numpy as np

from brain.testing.mutations.plain import Mutation

BOMB = 200 * 2**20  # bytes unpacked


def within(
    mutation: Mutation, unpack: Callable[[bytes], bytes], pack: Callable[[bytes], bytes]
) -> Mutation:
    """The mutation made to what is compressed, which is then compressed again."""

    @functools.wraps(mutation)
    def mutate(content: bytes, random: np.random.Generator) -> bytes:
        return pack(mutation(unpack(content), random))

    return mutate


def in_gzip(mutation: Mutation) -> Mutation:
    """The mutation inside of gzip."""
    return within(mutation, gzip.decompress, lambda b: gzip.compress(b, 1, mtime=0))


def in_bz2(mutation: Mutation) -> Mutation:
    """The mutation inside of bzip2."""
    return within(mutation, bz2.decompress, lambda b: bz2.compress(b, 1))


def gzip_bomb(content: bytes, random: np.random.Generator) -> bytes:
    """What was compressed, and 200 MB of zeros after it."""
    return content + gzip.compress(bytes(2**20), mtime=0) * (BOMB // 2**20)


def bz2_bomb(content: bytes, random: np.random.Generator) -> bytes:
    """What was compressed, and 200 MB of zeros after it."""
    return content + bz2.compress(bytes(2**20)) * (BOMB // 2**20)
