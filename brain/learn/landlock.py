"""A wall that Linux keeps around a process: Landlock, from the kernel 5.13 on.

Python's hooks do not hear of what a library does in C++; the kernel does. Numbers and structures
are those of the kernel's `include/uapi/linux/landlock.h`; its documentation is
https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System calls; they have the same number on every machine."""
VERSION, PATH_BENEATH, NO_NEW_PRIVILEGES = 1, 1, 38
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files a version of Landlock knows, from the version on."""
CONNECTIONS, SCOPES = 0b11, 0b11
"""TCP's bind and connect, from version 4 on; signals and sockets to outside, from 6 on."""


def version() -> int:
    """The version of Landlock that this machine keeps, or 0."""
    if sys.platform != "linux":
        return 0
    try:
        return max(0, _call(CREATE_RULESET, None, 0, VERSION))
    except OSError:
        return 0


def confine(
    readable: Iterable[str],
    writable: Iterable[str] = (os.devnull,),
    listed: Iterable[str] = (),
) -> bool:
    """From here on this process may read what lies in `readable`, list the folders in `listed`,
    write to `writable`, and open, make, move or remove no other file. It starts no program from a
    file and makes no TCP connection. That a file is there, and how large it is, it still can ask.

    Returns whether the machine keeps such a wall. There is no way back.
    """
    if not (known := version()):
        return False
    rights = (1 << max(n for since, n in RIGHTS.items() if since <= known)) - 1
    handled = struct.pack("=3Q", rights, CONNECTIONS, SCOPES)
    ruleset = _call(CREATE_RULESET, handled, 24 if known >= 6 else 16 if known >= 4 else 8, 0)
    for path in readable:
        _allow(ruleset, path, READ_FILE | READ_DIR)
    for path in listed:
        _allow(ruleset, path, READ_DIR)
    for path in writable:
        _allow(ruleset, path, READ_FILE | WRITE_FILE)
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0)))
    try:
        _call(RESTRICT_SELF, ruleset, 0)
    except OSError:  # a container's own rules may forbid it
        return False
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, access: int) -> None:
    """Add what lies at a path, or under it, to what is allowed, if it is there."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        access &= ~READ_DIR
    _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", access, place), 0)
    os.close(place)


def _call(number: int, *arguments: object) -> int:
    """A system call. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    as_long = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = int(library.syscall(ctypes.c_long(number), *as_long))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
