"""Reading a file that is not as it should be, and what may come of it: a sentence, or the truth.

`examine` makes file `number` of a target, has it read and watches: what is raised, what is said on
the way, the time, the memory, and every file that is there afterwards.
"""

from __future__ import annotations

import os
import re
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from brain.errors import UserError
from brain.testing.mutations import mutated
from brain.testing.mutations.tars import OUTSIDE

SECONDS = 5.0  # of computing: other programs do not count; one that waits, pytest's limit ends
MEMORY = 300 * 2**20  # bytes beyond what the process had and what the file has
LONGEST = 800  # characters of a sentence; the name of a layer in 32 others has 600


@dataclass(frozen=True)
class Target:
    """A reader, and a good file for it.

    `file` is where the file is put, below the folder of the test, and `original` makes a good one.
    `read(path)` is what users reach; `check(result, content)` asserts that its result is right for
    the file's content. Nothing may be written but `writes`: contents by path. `put` writes the
    file and what must go with it.
    """

    kind: str
    file: str
    original: Callable[[], bytes]
    read: Callable[[Path], Any]
    check: Callable[[Any, bytes], None]
    writes: Mapping[str, bytes] = field(default_factory=dict)
    put: Callable[[Path, bytes], object] = Path.write_bytes


def examine(target: Target, original: bytes, number: int, folder: Path) -> str | None:
    """What is wrong with how file `number` is read, with how it was made; None if nothing is."""
    content, how = mutated(target.kind, original, number)
    path = folder / target.file
    for file in (target.file, *target.writes):  # a new file is written faster than an old one
        (folder / file).unlink(missing_ok=True)
    target.put(path, content)
    before = _files(folder)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            _read(target, path, content)
        fault = f"warned: {warned[0].message}" if warned else None
        if not fault:
            _check_files(before, folder, target.writes)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic in Rust, or the time limit of pytest, is no Exception
        at = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {str(error)[:1000]} ({at.name}, line {at.lineno})"
        if isinstance(error, pytest.fail.Exception):  # its time is up, and nobody watches the next
            pytest.fail(f"{target.kind} {number} ({how}): {fault}")
    return f"{target.kind} {number} ({how}): {fault}" if fault else None


def _read(target: Target, path: Path, content: bytes) -> None:
    memory, start = _peak(reset=True), time.process_time()
    try:
        result = target.read(path)
    except UserError as error:
        _check_sentence(str(error), path)
        result = None
    seconds, grown = time.process_time() - start, _peak() - memory - len(content)
    assert seconds < SECONDS, f"it took {seconds:.1f} s"
    assert grown < MEMORY, f"it took {grown / 2**20:.0f} MB"
    if result is not None:
        target.check(result, content)


def _check_sentence(text: str, path: Path) -> None:
    assert text, "the sentence is empty"
    assert text.isprintable(), f"the sentence cannot be printed as one line: {text[:500]!r}"
    length = len(text.replace(str(path.parent), ""))
    assert length <= LONGEST, f"the sentence has {length:,} characters: {text[:500]!r}"


def _check_files(before: Mapping[str, Any], folder: Path, writes: Mapping[str, bytes]) -> None:
    assert not os.path.lexists(OUTSIDE), f"{OUTSIDE} was written"
    after = _files(folder)
    changed = {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}
    assert changed <= writes.keys(), f"these files were changed: {sorted(changed - writes.keys())}"
    for file in changed:
        assert (folder / file).read_bytes() == writes[file], f"{file} is not what was asked for"


def _files(folder: Path) -> dict[str, tuple[int, ...]]:
    """Every file, link and whatever else is no folder, and what changes when it is written."""
    found: dict[str, tuple[int, ...]] = {}
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    status = entry.stat(follow_symlinks=False)
                    name = entry.path[len(str(folder)) + 1 :].replace(os.sep, "/")
                    found[name] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


def _peak(reset: bool = False) -> int:
    """The most memory that the process had since the last reset, in bytes; 0 where none tells.

    The kernel's own count: it sees what NumPy, Pillow and Rust take, costs microseconds, so that
    it is asked for each file, and leaves out what was reserved and never touched.
    """
    try:
        if reset:
            with open("/proc/self/clear_refs", "wb") as peak:
                peak.write(b"5")
        with open("/proc/self/status", "rb") as status:
            found = re.search(rb"VmHWM:\s+(\d+) kB", status.read())
    except OSError:  # Linux alone has it
        return 0
    return 1024 * int(found[1]) if found else 0
