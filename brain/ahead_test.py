"""Made ahead of time: the same items, no thread left behind, and no fault lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from brain.ahead import ahead

ROOT = Path(__file__).resolve().parent.parent


def counted(made: list[int], last: int = 10**9) -> Iterator[int]:
    for number in range(last):
        made.append(number)
        yield number


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


def await_(made: list[int], many: int) -> None:
    deadline = time.monotonic() + 20
    while len(made) < many:
        assert time.monotonic() < deadline, made
        time.sleep(0.001)


def test_it_gives_every_item_in_order() -> None:
    assert list(ahead(iter(range(1000)))) == list(range(1000))
    assert list(ahead(iter([]))) == []
    assert list(ahead(iter([None, False, []]))) == [None, False, []]
    assert not threads()


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_it_is_as_far_ahead_as_asked_and_no_further(depth: int) -> None:
    made: list[int] = []
    stream = ahead(counted(made), depth)
    time.sleep(0.01)
    assert not made  # nothing begins before it is asked for
    for taken in range(1, 5):
        assert next(stream) == taken - 1
        await_(made, taken + depth)
        time.sleep(0.01)
        assert len(made) == taken + depth
    stream.close()
    assert len(made) == 4 + depth


def test_items_are_made_in_another_thread() -> None:
    def names() -> Iterator[str]:
        yield threading.current_thread().name

    assert list(ahead(names())) == ["ahead"]


def test_a_fault_is_raised_in_its_turn() -> None:
    def failing() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("no third one")

    stream = ahead(failing(), depth=5)
    assert [next(stream), next(stream)] == [1, 2]
    with pytest.raises(ValueError, match="no third one"):
        next(stream)
    assert not threads()


def test_an_early_end_ends_the_thread() -> None:
    stream = ahead(counted([]))
    next(stream)
    assert len(threads()) == 1
    stream.close()
    assert not threads()
    stream = ahead(counted([]))
    next(stream)
    del stream
    assert not threads()


def test_a_fault_of_whoever_takes_them_ends_the_thread() -> None:
    def consume() -> None:
        for number in ahead(counted([])):
            if number == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        consume()
    assert not threads()


@pytest.mark.parametrize("last", ["", "raise SystemExit(0)"])
def test_a_program_that_leaves_it_open_ends(last: str) -> None:
    program = "import itertools; from brain.ahead import ahead\nleft = ahead(itertools.count())\n"
    program += f"print(next(left))\n{last}"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "0\n", "")


def test_one_that_its_own_thread_collects_ends_without_a_complaint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cycle of garbage may be found by any thread, so by the one that makes the items."""
    left: list[Iterator[int]] = []
    faults: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", faults.append)

    def items() -> Iterator[int]:
        yield 1
        while not left:
            time.sleep(0.001)
        left.clear()  # the last reference
        yield 2

    stream = ahead(items())
    assert next(stream) == 1
    left.append(stream)
    del stream
    deadline = time.monotonic() + 20
    while threads() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert not threads()
    assert not faults
