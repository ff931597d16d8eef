"""The one kind of error that a user can cause and mend, and the one that comes from a worker."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """Something the user can put right: one sentence that says what is wrong and what to do.

    The `brain` command prints the sentence alone and ends with exit code 2.
    """


class WorkerError(RuntimeError):
    """A worker process failed in a way that no user can mend; carries its own traceback."""


def unknown(what: str, name: object, known: Iterable[str]) -> UserError:
    """The error for a name that nothing answers to; offers the nearest known one.

    >>> print(unknown("engine", "torhc", ["numpy", "torch"]))
    unknown engine 'torhc'; did you mean 'torch'? Known: numpy, torch.
    """
    known = sorted(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return UserError(f"unknown {what} {name!r}{hint} Known: {', '.join(known)}.")
