"""What a learner's file may not do in the process that runs it.

Python tells an audit hook (PEP 578) of every file that is opened, every module that is imported,
every process or connection that is started. The hook here ends the process at what no exercise
needs, with a sentence. It keeps curious and careless files in their place; PEP 578 says itself that
a hook is no wall against an attacker who knows Python's inside, nor does it hear of what is done in
C++. Where Linux keeps a wall (`brain/learn/landlock.py`), there is one behind the hook.
`scratch/week1/teachers.md` says how far both hold.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterable
from functools import cache
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import Any

from brain.learn import landlock

REFUSED = (
    *("subprocess.", "socket.", "shutil.", "ctypes.", "winreg.", "ftplib.", "urllib.", "http."),
    *("smtplib.", "webbrowser.", "pty.", "tempfile.", "_winapi.", "msvcrt.", "sqlite3.", "mmap."),
    *("ptrace.", "resource.", "syslog.", "sys.setprofile", "sys.settrace", "sys.addaudithook"),
    *("sys.monitoring.", "sys._current_frames", "cpython.PyInterpreterState_New", "code.__new__"),
    *("gc.get_objects", "gc.get_ref", "signal.pthread_kill", "os.add_dll", "os.ch", "os.exec"),
    *("os.fork", "os.kill", "os.lchown", "os.link", "os.mkdir", "os.posix_spawn", "os.putenv"),
    *("os.remove", "os.rename", "os.rmdir", "os.setxattr", "os.spawn", "os.startfile"),
    *("os.symlink", "os.system", "os.truncate", "os.utime"),
)
"""How the names of the events begin that are refused."""
UNHEARD = frozenset(
    (
        *("_posixsubprocess", "_xxsubinterpreters", "_interpreters", "_testcapi", "_dbm", "_gdbm"),
        *("_testinternalcapi", "readline", "_tkinter", "tkinter", "_posixshmem"),
        *("_multiprocessing", "subprocess", "pwd", "grp"),
    )
)
"""Modules that read files or start programs, and no event tells of it."""
UNHEARD_CALLS = (
    *("mkfifo", "mknod", "pidfd_open", "pidfd_send_signal", "memfd_create", "setpriority", "nice"),
    *("sched_setaffinity", "sched_setparam", "sched_setscheduler", "fork_exec", "_fork_exec"),
)
"""Functions that no event tells of, taken from the modules that have them."""
BUILT_IN = ("posix", "nt", "signal", "_signal", "_posixsubprocess", "subprocess")
"""Where those are; who drops such a module to import it anew is refused."""
MACHINES = (
    *("/lib", "/lib64", "/usr/lib", "/etc/ld.so.cache", "/proc/cpuinfo", "/proc/meminfo"),
    *("/proc/self/cmdline", "/sys"),
)
"""What libraries look at when they are loaded, or find out about the processor."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NOWHERE = (os.devnull, "/dev/urandom", "/dev/random")


class RefusedError(PermissionError):
    """What a learner's file tried and may not do, where the process could not be ended."""


def close(
    hidden: Iterable[str], forbidden: Iterable[str], uses: Iterable[str], own: str, reply: int
) -> None:
    """From here on this process may read Python's own files and those of the packages in `uses`.

    Nothing in the folders `hidden` can be read, by whatever name; modules whose package is
    `forbidden` are not imported. What is refused ends the process: the sentence, and the line of
    the file `own` that asked for it, are written to the descriptor `reply` first.
    """
    for module in ("os", *BUILT_IN):
        for name in UNHEARD_CALLS:
            vars(sys.modules.get(module, os)).pop(name, None)
    folders = tuple(hidden)
    own_files = pythons_own(uses)
    readable = tuple(path + os.sep for path in own_files)
    allowed = [place for path in own_files for place in around(path, folders)]
    landlock.confine([*allowed, *MACHINES, *NOWHERE], listed=own_files)
    hides = tuple(path + os.sep for path in folders)
    barred = frozenset(forbidden) | UNHEARD | frozenset(BUILT_IN)
    heard = hook(hides, identities(folders), readable, barred, ending(own, reply))
    sys.addaudithook(heard)


def around(folder: str, hidden: Iterable[str]) -> list[str]:
    """A folder, or, where hidden ones lie in it, what lies beside those."""
    inside = {Path(path) for path in hidden if Path(path).is_relative_to(folder)}
    if not inside:
        return [folder]
    return [str(path) for path in Path(folder).iterdir() if path not in inside]


@cache
def identities(folders: tuple[str, ...]) -> frozenset[tuple[int, int]]:
    """Device and number of each file in some folders: a link to it has the same."""
    return frozenset(
        (found.st_dev, found.st_ino)
        for folder in folders
        for path in Path(folder).rglob("*")
        if path.is_file() and (found := path.stat())
    )


def pythons_own(packages: Iterable[str]) -> set[str]:
    """The folders of Python's library, and those where packages are installed."""
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    files = (getattr(sys.modules.get(name), "__file__", None) for name in packages)
    paths |= {os.path.dirname(os.path.dirname(file)) for file in files if file}
    paths |= {os.path.join(sys.base_prefix, "DLLs")} if os.name == "nt" else set()
    return paths | {os.path.realpath(path) for path in paths} | {"/usr/share/zoneinfo"}


def ending(own: str, reply: int) -> Callable[[str], None]:
    """A function that says why, and ends this process: nobody can catch it and go on."""
    write, leave, quoted, frame_here = os.write, os._exit, encode_basestring_ascii, sys._getframe

    def end(sentence: str) -> None:
        frame: Any = frame_here()
        while frame is not None and frame.f_code.co_filename != own:
            frame = frame.f_back
        line = frame.f_lineno if frame is not None else 0
        words = quoted(sentence)
        write(reply, f'{{"answers": "[]", "refused": {words}, "line": {line}}}'.encode())
        leave(0)

    return end


def hook(
    hides: tuple[str, ...],
    hidden: frozenset[tuple[int, int]],
    readable: tuple[str, ...],
    forbidden: frozenset[str],
    end: Callable[[str], None],
) -> Callable[[str, tuple[Any, ...]], None]:
    """The audit hook. What it asks is bound here, and written in C: a learner may put others in a
    module's place, or hand over a text that is none."""
    stat, refused, nowhere, writing, events = os.stat, RefusedError, NOWHERE, WRITING, REFUSED
    kind, text, data, whole, decode = type, str, bytes, int, os.fsdecode

    def refuse(sentence: str) -> None:
        end(sentence)
        raise refused(sentence)

    def opened(path: Any, mode: Any, flags: Any) -> None:
        if kind(path) is whole:
            return  # open already
        if kind(path) is not text and kind(path) is not data:
            refuse("it opened a file: an exercise reads and writes none.")
        name = decode(path)
        if name in nowhere:
            return
        if (kind(mode) is text and mode[:1] in "wax") or (kind(flags) is whole and flags & writing):
            refuse(f"it wrote to {name!r}: an exercise writes no files.")
        try:
            found = stat(path)
        except (OSError, ValueError):
            if name[:1] == "/" or name[1:2] == ":":
                return  # there is nothing to read
            refuse(
                f"it read {name!r}: an exercise reads no files."
            )  # it may lie elsewhere (dir_fd)
        if (found.st_dev, found.st_ino) in hidden or name.startswith(hides):
            refuse("it read the solution: write your own; `brain learn hint` helps you.")
        if not name.startswith(readable) or ".." in name:
            refuse(f"it read {name!r}: an exercise reads no files.")

    def imports(name: Any, file: Any) -> None:
        if kind(name) is not text or name.partition(".")[0] in forbidden:
            refuse(f"it imported {name}, which this exercise is written without.")
        if file is not None and (kind(file) is not text or not file.startswith(readable)):
            refuse(f"it loaded {name}, which is not Python's own.")

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            opened(*arguments[:3])
        elif event == "import":
            imports(*arguments[:2])
        elif event.startswith(events):
            refuse(f"it used {event}: an exercise computes, and does nothing else.")

    return heard
