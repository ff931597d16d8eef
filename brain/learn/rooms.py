"""The processes that run learners' files, from the side that trusts none of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, cast

from brain.errors import WorkerError, brief
from brain.learn.answers import unpacked
from brain.learn.exercise import Answer
from brain.learn.room import ALONE, MOST_ANSWERED, MOST_PRINTED
from brain.messages import receive, send
from brain.names import absent, here

ENVIRONMENT = ("PATH", "HOME", "USERPROFILE", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
LIBRARIES = ("LC_", "LD_", "DYLD_", "PYTHON", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "CUDA_", "TF_")
"""What such a process is told of its environment: no tokens of whoever runs it."""
ROOT = Path(__file__).resolve().parent.parent.parent
FRAMEWORKS = ("torch", "tensorflow")
MEMORY = {False: 2 * 2**30, True: 16 * 2**30}
"""Bytes of addresses for a file that uses no framework, and for one that does."""
STARTING = 30.0
"""Seconds that a process of its own may take to import what it needs."""


@dataclass(frozen=True)
class Heard:
    """How a run of a file went: its answers up to where it failed, and how that was.

    `kind` is one of: answered, unwritten, absent, raised, memory, late, refused, crashed. `says` is
    what belongs to it: the missing name, the error, the refusal, how the process ended.
    """

    kind: str
    answers: Sequence[Answer] = ()
    says: str = ""
    line: int = 0
    asked: str = ""
    printed: str = ""
    much: int = 0
    """Bytes that were printed; `printed` is the start of it."""


@dataclass
class Rooms:
    """One process for each set of packages; close it, or use it in a `with` statement.

    Each file runs in a fork of it; where there are no forks (Windows), in a process of its own.
    """

    forks: bool = hasattr(os, "fork")
    _open: dict[tuple[str, ...], subprocess.Popen[bytes]] = field(default_factory=dict)
    _closed: bool = False

    def run(self, job: Mapping[str, Any], uses: Sequence[str]) -> Heard:
        """Have a file run and asked; see `brain.learn.room.answered` for what a job says.

        Raises UserError where a package is not installed.
        """
        packages = tuple(name for name in uses if name != "numpy")
        job = {**job, "uses": list(uses), "memory": memory_for(uses)}
        if not self.forks:
            return self._alone(job, packages)
        process = self._open.get(packages) or self._started(packages)
        try:
            send(cast(BinaryIO, process.stdin), job)
            reply = receive(cast(BinaryIO, process.stdout))
        except (EOFError, OSError):
            self._open.pop(packages, None)
            code = ended(process)
            if job["trusted"] or self._closed:
                said = f"the process that runs exercises ended (exit code {code})"
                raise WorkerError(said) from None
            return Heard("crashed", says="and ended the process that watched over it")
        except BaseException:  # its answer would be taken for the next one's
            self._open.pop(packages, None)
            ended(process)
            raise
        if "late" in reply:
            return Heard("late", printed=reply["printed"], much=reply["much"])
        return heard(reply["reply"].tobytes(), reply["ended"], reply["printed"], reply["much"])

    def _started(self, packages: tuple[str, ...], *options: str) -> subprocess.Popen[bytes]:
        if missing := next((name for name in packages if not here(name)), None):
            raise absent(missing)
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        process = subprocess.Popen(  # -P: what lies in the current folder is not imported
            [sys.executable, "-P", "-m", "brain.learn.room", *packages, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if self.forks else subprocess.PIPE,
            env={
                **{
                    k: v
                    for k, v in os.environ.items()
                    if k in ENVIRONMENT or k.startswith(LIBRARIES)
                },
                **threads,
                "PYTHONPATH": path,
                "PYTHONIOENCODING": "utf-8:backslashreplace",
                "TF_CPP_MIN_LOG_LEVEL": "3",
            },
        )
        self._open[packages] = process
        if self._closed:  # by another thread
            ended(process)
            raise WorkerError("the processes that run exercises were ended")
        return process

    def _alone(self, job: Mapping[str, Any], packages: tuple[str, ...]) -> Heard:
        """Where there are no forks: a process for this job alone."""
        process = self._started(packages, ALONE)
        streams = cast(BinaryIO, process.stdout), cast(BinaryIO, process.stderr)
        said, printed = Start(streams[0], MOST_ANSWERED), Start(streams[1], MOST_PRINTED)
        late = False
        try:
            with contextlib.suppress(OSError):
                send(cast(BinaryIO, process.stdin), job)
            process.wait(job["seconds"] + STARTING * bool(packages) + 5)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            process.kill()
            said.join()
            printed.join()
            self._open.pop(packages, None)
            ended(process)
        text = printed.kept.decode("utf-8", "replace")
        if late:
            return Heard("late", printed=text, much=printed.much)
        return heard(said.kept, process.returncode, text, printed.much)

    def close(self) -> None:
        """End the processes, whatever they are at."""
        self._closed = True
        for process in list(self._open.values()):
            ended(process)
        self._open.clear()

    def __enter__(self) -> Rooms:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def memory_for(uses: Sequence[str]) -> int:
    """The bytes of addresses that a file may have; a framework alone takes several gigabytes."""
    return MEMORY[not {*uses}.isdisjoint(FRAMEWORKS)]


class Start(Thread):
    """Reads a stream to its end and keeps the start of it: `kept`, of `much` bytes."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        super().__init__(daemon=True)
        self.stream, self.most = stream, most
        self.kept, self.much = b"", 0
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while data := os.read(self.stream.fileno(), 2**16):
                self.kept += data[: self.most - len(self.kept)]
                self.much += len(data)


def ended(process: subprocess.Popen[bytes]) -> int:
    """End a process that serves: it ends its fork and itself when its input is closed."""
    with contextlib.suppress(OSError):
        cast(BinaryIO, process.stdin).close()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
    code = process.wait()
    for stream in (process.stdout, process.stderr):  # a thread that reads holds them till now
        if stream:
            stream.close()
    return code


def heard(reply: bytes, code: int, printed: str, much: int) -> Heard:
    """A reply, read with as little trust as whoever wrote it deserves."""
    try:
        said = json.loads(reply)
        answers = unpacked(said["answers"].encode())
        line, asked = int(said.get("line", 0)), brief(said.get("asked", "") or " ")
        where: dict[str, Any] = {"printed": printed, "much": much, "answers": answers}
        where |= {"line": line if 0 < line < 2**20 else 0, "asked": asked.strip()}
        for kind in ("refused", "absent", "unwritten", "memory", "raised"):
            if kind in said:
                return Heard(kind, says=brief(said[kind], 400), **where)
        return Heard("answered", **where)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return Heard("crashed", says=how, printed=printed, much=much)
