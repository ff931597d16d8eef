"""Threads that share the work of one layer: each takes a part of the batch.

NumPy lets other threads run while it computes, so two of them add, copy and multiply at once.
Between two layers all wait for each other: a layer sees the whole batch, and BatchNorm its mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Found = TypeVar("Found")

ENOUGH = 2**17
"""Numbers below which sharing costs more than it saves: some 20 us to wake a thread and wait."""
FEW = 2**13
"""Numbers below which a matrix product does not begin to think of threads of its own."""

_ONE_AT_A_TIME = Lock()  # two networks that set BLAS's threads at once would leave them wrong


@cache
def _blas() -> list[Any]:
    """The libraries that multiply matrices; to look for them takes longer than a layer."""
    return ThreadpoolController().select(user_api="blas").lib_controllers


@contextmanager
def _single_products() -> Iterator[None]:
    """Matrix products with one thread each: those of BLAS would wait for ours, at full speed."""
    with _ONE_AT_A_TIME:
        before = [library.num_threads for library in _blas()]
        try:
            for library in _blas():
                library.set_num_threads(1)
            yield
        finally:
            for library, threads in zip(_blas(), before, strict=True):
                library.set_num_threads(threads)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="scratch")


def available() -> int:
    """As many as matrix products use: the cores, or what OMP_NUM_THREADS says."""
    return max((library.num_threads for library in _blas()), default=1)


def split(
    work: Callable[[slice, int], Found], samples: int, numbers: int, threads: int
) -> list[Found]:
    """What `work(part, number)` returns for the parts of a batch, in order, computed at once.

    `numbers` is how many it goes through in all: where they are few, there is one part. The parts
    are the same for a given number of threads, and so is every rounding.
    """
    if threads == 1 or numbers < FEW:
        return [work(slice(0, samples), 0)]
    count = min(threads, samples) if numbers >= ENOUGH else 1
    ends = [samples * number // count for number in range(count + 1)]
    parts = [slice(*ends[number : number + 2]) for number in range(count)]
    with _single_products():
        others = [  # in this thread's context, which holds NumPy's errstate
            _pool(threads - 1).submit(copy_context().run, work, part, number)
            for number, part in enumerate(parts[1:], start=1)
        ]
        try:
            first = work(parts[0], 0)
        finally:
            wait(others)
        return [first, *(other.result() for other in others)]
