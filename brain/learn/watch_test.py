"""Watch mode: by hand, and in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from brain.learn.session import Session
from brain.learn.watch import Watch
from brain.testing.course import write_course
from brain.tracks.table import ROOT


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    write_course(tmp_path)
    with Session(tmp_path / "mine", root=tmp_path) as session:
        heard: list[str] = []
        watch = Watch(session, heard.append)
        watch.heard = heard  # type: ignore[attr-defined]
        watch.begin()
        yield watch


def said(watch: Watch) -> str:
    """What was said since it was last asked, on one line."""
    heard: list[str] = watch.heard  # type: ignore[attr-defined]
    text = " ".join("\n".join(heard).split())
    heard.clear()
    return text


def save(watch: Watch, text: str | bytes) -> Path:
    """Write the file that is watched."""
    path = watch.session.folder.file(watch.task)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_save_is_checked_once(watch: Watch) -> None:
    assert "Day 1: double, a small exercise" in said(watch)
    watch.look()
    assert said(watch) == ""
    save(watch, "def double(x):\n    return x**2\n")
    watch.look()
    assert "this is the square" in said(watch)
    watch.look()
    assert said(watch) == ""
    save(watch, "def double(x):\n    return 2 * x\n")
    watch.look()
    text = said(watch)
    assert "passed" in text
    assert "Next: average (press n)" in text


def test_a_save_of_another_exercise_is_checked_too(watch: Watch) -> None:
    said(watch)
    other = watch.session.tasks[1]
    watch.session.folder.file(other).write_text("def average(x):\n    return x.mean(axis=1)\n")
    watch.look()
    text = said(watch)
    assert "checking average" in text
    assert "nothing is squared" in text
    watch.look()
    assert said(watch) == ""


def test_a_file_that_cannot_be_read_is_said_once(watch: Watch) -> None:
    said(watch)
    path = save(watch, b"\xff")
    watch.look()
    assert "is not UTF-8" in said(watch)
    path.unlink()
    watch.look()
    assert "is not there" in said(watch)
    watch.look()
    assert said(watch) == ""


def test_keys(watch: Watch) -> None:
    said(watch)
    assert watch.press("h")
    assert "Hint 1 of 3: " in said(watch)
    assert watch.press("l")
    assert "scratch day 1: beginnings" in said(watch)
    assert watch.press("x")
    assert said(watch) == ""
    assert watch.press("n")
    assert watch.task.name == "average"
    assert watch.press("c")
    assert "n next" in said(watch)
    assert not any(watch.press(key) for key in ("q", "c-c", "c-d"))


def test_reset_and_solution_ask_first(watch: Watch) -> None:
    path = save(watch, "mine\n")
    said(watch)
    watch.press("r")
    assert said(watch) == "r again to write the stub anew (yours is kept aside)."
    watch.press("h")
    watch.press("r")
    assert path.read_text() == "mine\n"
    watch.press("r")
    assert "your code here" in path.read_text()
    assert ".backups" in said(watch)
    watch.look()
    assert said(watch) == ""
    watch.press("s")
    assert "return x * 2" not in said(watch)
    watch.press("s")
    assert "return x * 2" in said(watch)


def test_what_cannot_be_done_is_said(watch: Watch) -> None:
    path = watch.session.folder.file(watch.task)
    path.unlink()
    path.mkdir()
    said(watch)
    watch.press("r")
    assert watch.press("r")
    assert "is no ordinary file" in said(watch)


def test_when_everything_passed(watch: Watch) -> None:
    for task in watch.session.tasks:
        watch.session.folder.remember(task, watch.session.folder.text(task), True)
    said(watch)
    watch.press("n")
    assert "everything passed" in said(watch)


SCRIPT = """
import asyncio, sys
from pathlib import Path
import typer
from brain.learn.session import Session
from brain.learn.watch import Watch, watching
root = Path(sys.argv[1])
with Session(root / "mine", root=root) as session:
    asyncio.run(watching(Watch(session, typer.echo)))
print("the end")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_in_a_terminal(tmp_path: Path) -> None:
    import pty
    import select

    write_course(tmp_path)
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, tmp_path], cwd=ROOT, stdin=its, stdout=its, stderr=its,
        start_new_session=True,
    )  # fmt: skip
    os.close(its)
    shown = ""

    def until(text: str) -> None:
        nonlocal shown
        end = time.monotonic() + 60
        while text not in shown:
            assert time.monotonic() < end, shown
            if select.select([mine], [], [], 0.1)[0]:
                try:
                    shown += os.read(mine, 2**16).decode()
                except OSError:  # the other end is closed
                    assert text in shown, shown
        shown = shown.partition(text)[2]

    try:
        until("every save is checked")
        os.write(mine, b"h")
        until("a nudge")
        os.write(mine, b"l")
        until("0 of 2")
        file = tmp_path / "mine" / "scratch" / "day1" / "double.py"
        file.write_text("def double(x):\n    return x**2\n")
        until("this is the square")
        file.write_text("def double(x):\n    return 2 * x\n")
        until("press n")
        os.write(mine, b"n")
        until("Day 1: average")
        os.write(mine, b"q")
        until("the end")
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(mine)
