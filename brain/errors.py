"""The one kind of error that a user can cause and mend, and the one that comes from a worker."""

from __future__ import annotations

import difflib
import reprlib
import textwrap
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
    word = str(name)[:100]
    alike = 0.5 if len(word) <= 3 else 0.6  # one letter of two is a slip, two of four another word
    near = difflib.get_close_matches(word, known, n=1, cutoff=alike)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    listed = textwrap.shorten(", ".join(known), 400, placeholder=" ...")
    return UserError(f"unknown {what} {shown(name)}{hint} Known: {listed}.")


def shown(value: object, most: int = 60) -> str:
    """`value` as Python writes it, cut short: in a file it may be megabytes, or a thousand deep."""
    text = _SHORT.repr(value)
    return text if len(text) <= most else text[: most - 3] + "..."


def brief(said: object, most: int = 200) -> str:
    """What a library's error says, fit for a sentence: one line, cut short; its name if nothing."""
    text = str(said) or type(said).__name__
    text = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(c if c.isprintable() else " " for c in text)


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 100
