"""The `brain` command called in this process, for its tests: what it printed and how it ended."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from brain.__main__ import main


@dataclass(frozen=True)
class Answer:
    """Exit code, standard output and standard error."""

    code: int | str | None
    out: str
    err: str


def brain(*arguments: object) -> Answer:
    """`brain ARGUMENTS`."""
    out, err = io.StringIO(), io.StringIO()
    code: int | str | None = None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return Answer(code, out.getvalue(), err.getvalue())


def done(*arguments: object) -> str:
    """The standard output of `brain ARGUMENTS`, which must end well."""
    answer = brain(*arguments)
    assert answer.code == 0, answer
    return answer.out


def sentence(*arguments: object) -> str:
    """The one sentence with which `brain ARGUMENTS` refuses: exit code 2, nothing else said."""
    answer = brain(*arguments)
    assert answer.code == 2, answer
    assert answer.err.startswith("brain: "), answer
    assert answer.err.endswith("\n")
    assert answer.err.count("\n") == 1, answer.err
    return answer.err.removeprefix("brain: ").rstrip("\n")
