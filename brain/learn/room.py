"""The process that runs learners' files: `python -m brain.learn.room [PACKAGE ...]`.

It imports the packages once, then reads jobs from its standard input (`brain.messages`) and
answers each. A job is done in a fork of this process, where there are forks: hundredths of a second
instead of tenths, and nothing that one file does is left for the next.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import linecache
import os
import select
import signal
import sys
import time
import traceback
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from brain.errors import brief
from brain.learn import guard
from brain.learn.answers import packed
from brain.learn.asking import AbsentError, Asking, Named, Neighbours
from brain.learn.exercise import load_check
from brain.messages import receive, send

MOST_PRINTED = 2**14
MOST_ANSWERED = 2**24
"""Bytes: what is kept of what a file prints, and the most that it may answer."""
ALONE = "--alone"
HERE = "your code here"
"""What the error of a stub says; see `brain.regions.STUB`."""
LATER = {
    "sklearn": "sklearn.datasets",
    "torch": "torch._dynamo",
}
"""What a package imports when it is first used: here before the forks. PyTorch's takes a second, at
its first optimizer, and writes a file to see where it may."""

Reply = dict[str, Any]


def answered(job: dict[str, Any], end: int) -> Reply:
    """Run a learner's file and ask it, in this very process, which is closed to all else first.

    What the guard refuses ends the process; it writes its own reply to the descriptor `end`.
    """
    asking = Asking(job["seed"])
    module = types.ModuleType("exercise")
    reply: Reply = {}
    try:
        check = load_check(Path(job["check"]))
        probe, asking.given = check.probe, check.given() if hasattr(check, "given") else None
        leave_only(probe)
        sys.meta_path.insert(0, Neighbours({k: tuple(v) for k, v in job["neighbours"].items()}))
        code = compile(job["text"], job["path"], "exec", dont_inherit=True)
        lines = job["text"].splitlines(keepends=True)
        linecache.cache[job["path"]] = (len(job["text"]), None, lines, job["path"])
        linecache.updatecache = lambda *_: []  # nor do warnings and tracebacks read other files
        module.__file__ = job["path"]
        sys.modules["exercise"] = module
        if not job["trusted"]:
            guard.close(job["hidden"], job["forbidden"], job["uses"], job["path"], end)
        exec(code, module.__dict__)
        probe(Named(module), asking)
    except AbsentError as absent:
        reply = {"absent": str(absent)}
    except MemoryError:
        reply = {"memory": True}
    except BaseException as error:
        told_as = f"{type(error).__name__}: {brief(error, 300)}"
        own = [n for frame, n in traceback.walk_tb(error.__traceback__)
               if frame.f_code.co_filename == job["path"]]  # fmt: skip
        reply = {"raised": told_as, "line": own[-1] if own else 0, "asked": asking.label}
        if isinstance(error, NotImplementedError) and (not str(error) or HERE in str(error)):
            reply = {
                "unwritten": True,
                "line": reply["line"],
            }  # a framework raises such errors of its own
    try:
        answers = packed(asking.answers)
    except Exception as error:
        says = f"what it returns cannot be read ({brief(error)})"
        return {"raised": says, "asked": asking.label, "answers": "[]"}
    if len(answers) > MOST_ANSWERED - 2**12:
        return {"raised": "it returns more than 16 MB", "asked": asking.label, "answers": "[]"}
    return reply | {"answers": answers}


def leave_only(probe: types.FunctionType) -> None:
    """Take from a check's module what its probe does without: passages of the solution, say."""
    module = probe.__globals__
    needed: set[str] = set()
    waiting: list[Any] = [probe]
    while waiting:
        one = waiting.pop()
        code = getattr(one, "__code__", one)
        if isinstance(one, type):
            waiting += [*vars(one).values(), *one.__bases__]
        elif isinstance(code, types.CodeType):
            waiting += code.co_consts
            found = {*code.co_names} & module.keys() - needed
            needed |= found
            waiting += [module[name] for name in found]
    for name in [name for name in module if name not in needed and not name.startswith("__")]:
        del module[name]


def bounded(seconds: float, memory: int, single: bool) -> None:
    """Limit what this process may take of the machine, where the system has such limits.

    A `single` one starts no other and no thread; a superuser's is not held by that.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        "RLIMIT_CPU": int(seconds + time.process_time()) + 2,
        "RLIMIT_AS": memory,
        "RLIMIT_FSIZE": 2**20,
        "RLIMIT_CORE": 0,
    } | ({"RLIMIT_NPROC": 0} if single else {})
    for name, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS has no limit on addresses
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            resource.setrlimit(number, (most if hard < 0 else min(most, hard), hard))


def here(job: dict[str, Any], result: BinaryIO) -> None:
    """Do a job in this process and write the reply to `result`; the process is not used again."""
    bounded(job["seconds"], job["memory"], single={*job["uses"]} <= {"numpy"})
    sys.dont_write_bytecode = True
    result.write(json.dumps(answered(job, result.fileno())).encode())
    result.flush()


def forked(job: dict[str, Any], inward: int, outward: int) -> Reply:
    """Do a job in a fork: its reply, how it ended, what it printed. Nothing outlives its time, nor
    whoever sends the jobs; the ways to and from there are closed to the fork."""
    guard.identities(tuple(job["hidden"]))  # once for all forks
    read, write = os.pipe()
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(said, 1)
            os.dup2(said, 2)
            for end in (read, heard, said, inward, outward):
                os.close(end)
            with open(write, "wb") as result:
                here(job, result)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(0)
    os.close(write)
    os.close(said)
    answer, printed, much = listened(read, heard, inward, time.monotonic() + job["seconds"])
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):  # before it led a group of its own
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    reply: Reply = {"printed": printed.decode("utf-8", "replace"), "much": much}
    if answer is None:
        return reply | {"late": True}
    ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return reply | {"reply": np.frombuffer(answer, np.uint8), "ended": ended}


def listened(
    read: int, heard: int, inward: int, deadline: float
) -> tuple[bytes | None, bytes, int]:
    """What comes through two pipes until they close: the result (None where it is late, or where
    `inward` closes, since nobody waits then), the start of what was printed, and how much that was.
    """
    parts: dict[int, list[bytes]] = {read: [], heard: []}
    sizes = {read: 0, heard: 0}
    most = {read: MOST_ANSWERED, heard: MOST_PRINTED}
    still = {read, heard}
    late = False
    while read in still:
        left = deadline - time.monotonic()
        ready = select.select([*still, inward], [], [], left)[0] if left > 0 else ()
        if not ready or inward in ready:
            late = True
            break
        for pipe in ready:
            data = os.read(pipe, 2**16)
            if not data:
                still.discard(pipe)
            if sizes[pipe] < most[pipe]:
                parts[pipe].append(data)
            sizes[pipe] += len(data)
    while heard in still and select.select([heard], [], [], 0)[0]:
        data = os.read(heard, 2**16)
        if not data or sizes[heard] > 2**24:
            break
        if sizes[heard] < MOST_PRINTED:
            parts[heard].append(data)
        sizes[heard] += len(data)
    os.close(read)
    os.close(heard)
    printed = b"".join(parts[heard])[:MOST_PRINTED]
    return None if late else b"".join(parts[read]), printed, sizes[heard]


def serve(inward: BinaryIO, outward: BinaryIO) -> None:
    """Answer jobs until there are no more."""
    while True:
        try:
            job = receive(inward)
        except EOFError:
            return
        send(outward, forked(job, inward.fileno(), outward.fileno()))


def main(packages: Sequence[str]) -> None:
    """Import the packages, then serve; with `--alone` among them, do one job and end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever sends the jobs
    for package in packages:
        if package == ALONE:
            continue
        importlib.import_module(package)
        if package in LATER:
            with contextlib.suppress(ImportError):
                importlib.import_module(LATER[package])
    inward, outward = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if ALONE not in packages:
        return serve(inward, outward)
    try:
        here(receive(inward), outward)
        sys.stdout.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
