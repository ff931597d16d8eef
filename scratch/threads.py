"""Threads that share a step: each takes a part of the batch through all layers, and back.

NumPy lets other threads run while it computes, so two of them add, copy and multiply at once. They
meet only where a number belongs to the whole batch: BatchNorm's means, and at the end the
gradients. What they found is added up in order, so the same number of threads gives the same bits.

Where there is less to do, one thread goes through the layers, and matrix products alone are shared,
by the threads of NumPy's BLAS.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache, reduce
from threading import Barrier, BrokenBarrierError, RLock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

Array = NDArray[Any]
Found = TypeVar("Found")

ENOUGH = 2**28
"""Operations, of convolutions in a pass forward, for which a thread is worth waking.

Two threads hand Python's lock to each other between two of NumPy's calls, which takes up to 50 us:
calls must take longer than that. Products of Dense and recurrent layers gain more from BLAS.
"""

_ONE_AT_A_TIME = RLock()
"""Held for a whole step: two networks that set BLAS's threads at once would leave them wrong, and
two teams that share the workers of one pool would wait for each other for ever."""


@cache
def _blas() -> list[Any]:
    """The libraries that multiply matrices; to look for them takes longer than a layer."""
    return ThreadpoolController().select(user_api="blas").lib_controllers


def available() -> int:
    """As many as matrix products use: the cores, or what OMP_NUM_THREADS says."""
    return max((library.num_threads for library in _blas()), default=1)


@contextmanager
def products(threads: int) -> Iterator[None]:
    """Matrix products with so many threads each; other networks wait meanwhile."""
    with _ONE_AT_A_TIME:
        before = [library.num_threads for library in _blas()]
        try:
            for library, count in zip(_blas(), before, strict=True):
                if count != threads:
                    library.set_num_threads(threads)
            yield
        finally:
            for library, count in zip(_blas(), before, strict=True):
                if count != threads:
                    library.set_num_threads(count)


def parts(samples: int, count: int) -> list[slice]:
    """A batch in `count` parts, as equal as can be, the larger ones first; never an empty one."""
    count = max(1, min(count, samples))
    ends = [-(-samples * number // count) for number in range(count + 1)]  # rounded up
    return [slice(*ends[number : number + 2]) for number in range(count)]


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="scratch")


if hasattr(os, "register_at_fork"):  # a forked process has the pool, but none of its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)


class Team:
    """`size` threads, this one among them, that do the same with different parts of a batch."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self._all_here = Barrier(size)
        self._given: list[list[Any]] = [[None] * size, [None] * size]
        self._turns = [0] * size

    def run(self, work: Callable[[int], Found]) -> list[Found]:
        """What `work(number)` returns in each thread, in order; an error of any is raised."""
        if self.size == 1:
            return [work(0)]
        first: list[Found] = []
        others: list[Future[Found]] = []
        try:
            for number in range(1, self.size):  # in this thread's context, with NumPy's errstate
                inside = copy_context().run
                pool = _pool(self.size - 1)
                others.append(pool.submit(inside, self._member, work, number))
            first.append(self._member(work, 0))
        except BaseException as error:
            self._all_here.abort()
            for other in others:
                other.cancel()
            if not isinstance(error, BrokenBarrierError):  # else another's error is the one to tell
                raise
        finally:
            wait(others)
        for other in others:
            found = None if other.cancelled() else other.exception()
            if found and not isinstance(found, BrokenBarrierError):
                raise found
        return [*first, *(other.result() for other in others)]

    def _member(self, work: Callable[[int], Found], number: int) -> Found:
        try:
            return work(number)
        except BaseException:
            self._all_here.abort()  # or the others would wait for ever
            raise

    def sum(self, number: int, array: Array) -> Array:
        """The sum of the arrays that all threads give, this one being `number`: the same in all.

        Each waits until the last has come.
        """
        if self.size == 1:
            return array
        # Two places, in turn: who is one meeting ahead must not overwrite what others still read.
        given = self._given[self._turns[number] % 2]
        self._turns[number] += 1
        given[number] = array
        self._all_here.wait()
        return reduce(np.add, given)
