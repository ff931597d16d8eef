"""Results, tasks and progress as lines of text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from typer import style

from brain.learn.checking import FAILED, PASSED, UNWRITTEN, Result
from brain.learn.courses import Task
from brain.learn.folder import Folder, UnreadableError

SIGNS = {PASSED: ("✓", "green"), FAILED: ("✗", "red"), UNWRITTEN: ("·", "yellow")}
WIDTH = 92


def result(one: Result, folder: Folder) -> Iterator[str]:
    """What a check came to: what was asked, expected and got, why, and how to go on."""
    sign, colour = SIGNS[one.status]
    task = one.task
    head = f"{sign} day {task.day}, {task.name}"
    yield style(head, fg=colour, bold=True) + (f" ({one.says})" if one.status == UNWRITTEN else "")
    if one.status == PASSED:
        yield f"  passed{' before, and nothing changed' if one.remembered else ''}"
        yield from wrapped(one.says, "    ") if one.says else ()
    if one.stand_ins:
        them = " and ".join(filter(None, [", ".join(one.stand_ins[:-1]), one.stand_ins[-1]]))
        yield f"  not passed yet: {them}; here the solution stood in"
    if one.status == FAILED:
        yield from failure(one, folder)
    if one.printed:
        yield style("  it printed:", dim=True) + (
            f" {one.much:,} bytes, of which" if one.much > 600 else ""
        )
        yield textwrap.indent(plain(one.printed[:600]).rstrip(), "    ")


def failure(one: Result, folder: Folder) -> Iterator[str]:
    """What is wrong."""
    if one.wrong:
        yield f"  {plain(one.wrong.asked)}"
        for name, what in (("expected", one.wrong.expected), ("got", one.wrong.got)):
            first, *others = plain(what).split("\n")
            yield f"    {name:9} {first}"
            yield from (f"              {line}" for line in others)
    if one.says:
        yield from wrapped(one.says, "    ")
    if one.line:
        code = line_of(one, folder)
        yield f"    {folder.file(one.task)}, line {one.line}: {plain(code)}"
    if one.why:
        yield from wrapped(one.why, style("  Why: ", bold=True), 7)


def line_of(one: Result, folder: Folder) -> str:
    """The line of the learner's file that a result names, as it is now."""
    try:
        lines = folder.text(one.task).splitlines()
    except UnreadableError:
        return ""
    return lines[one.line - 1].strip()[:WIDTH] if one.line <= len(lines) else ""


def wrapped(text: str, start: str, width: int | None = None) -> list[str]:
    """A sentence in lines that begin under each other."""
    space = " " * (len(start) if width is None else width)
    lines = textwrap.wrap(  # paths stay whole, to be copied
        plain(text), WIDTH - len(space), break_long_words=False, break_on_hyphens=False
    )
    return [start + "".join(lines[:1]), *(space + line for line in lines[1:])]


def plain(text: str) -> str:
    """A text without signs that a terminal obeys: it may come from anyone's file."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def task(one: Task, folder: Folder) -> Iterator[str]:
    """A task that waits: what it is, where to write, how to check."""
    yield style(f"Day {one.day}: {one.exercise.title}", bold=True)
    yield f"  write  {shown(folder.file(one))}"
    yield f"  read   {shown(one.page)}"
    yield f"  check  brain learn check {one.name}"


def shown(path: Path) -> str:
    """A path, from the current folder where it lies in it."""
    here = Path.cwd()
    return (
        str(path.resolve().relative_to(here)) if path.resolve().is_relative_to(here) else str(path)
    )


def listing(tasks: Iterable[Task], folder: Folder) -> Iterator[str]:
    """All tasks, day by day, with what passed."""
    for (track, day), group in groupby(tasks, key=lambda one: (one.track, one.day)):
        days = list(group)
        done = [folder.passed(one) for one in days]
        title = heading(days[0])
        yield style(f"{track} day {day}: {title}", bold=True) + f"  {sum(done)} of {len(done)}"
        for one, passed in zip(days, done, strict=True):
            sign, colour = SIGNS[PASSED if passed else UNWRITTEN]
            yield f"  {style(sign, fg=colour)} {one.name:22} {one.exercise.title}"


def heading(one: Task) -> str:
    """The title of a day, from its page."""
    first = one.page.read_text(encoding="utf-8").split("\n", 1)[0] if one.page.exists() else ""
    return first.lstrip("# ").partition(": ")[2] or "exercises"


def after(one: Task, following: Task | None) -> Iterator[str]:
    """What to read after a pass, and what comes next."""
    yield from wrapped(one.exercise.read_next, "  Read next: ")
    if following is None:
        yield style("  That was the last one. Everything passed!", bold=True)
    else:
        yield f"  Next: {following.name} (brain learn next)"


def hint(one: Task, number: int) -> list[str]:
    """One of the three hints."""
    head = style(f"Hint {number + 1} of 3: ", bold=True)
    last = " (That was the last hint.)" if number == 2 else ""
    return wrapped(one.exercise.hints[number] + last, head, 13)
