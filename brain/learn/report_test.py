"""A class's report: nobody's folder is believed, and no process is left behind."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from brain.learn import report
from brain.learn.checking import Checker
from brain.learn.courses import Task
from brain.regions import filled, stub
from brain.testing.course import write_course
from brain.testing.refusals import refusal
from brain.tracks.table import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    return write_course(tmp_path / "course")


def hand_in(folder: Path, tasks: Sequence[Task], **texts: str) -> Path:
    """A learner's folder: texts by name, stubs for the rest."""
    for task in tasks:
        file = folder / "exercises" / task.place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(texts.get(task.name, stub(task.solution)))
    return folder


def reported(folders: Sequence[Path], tasks: Sequence[Task]) -> list[report.Learner]:
    return report.report(folders, tasks, tasks, lambda _: None)


def test_each_learner_is_checked_anew(tmp_path: Path, tasks: list[Task]) -> None:
    right = {task.name: filled(task.solution) for task in tasks}
    anna = hand_in(tmp_path / "a" / "learner", tasks, **right)
    ben = hand_in(tmp_path / "b" / "learner", tasks, double="def double(x):\n    return x**2\n")
    place = tasks[0].place
    (ben / "exercises" / ".progress.json").write_text(f'{{"passed": {{"{place}": "yes"}}}}')
    found = reported([anna, ben / "exercises"], tasks)
    assert [one.passed for one in found] == [4, 0]
    assert [one.folder for one in found] == [str(anna), str(ben / "exercises")]
    statuses = [result.status for result in found[1].results]
    assert statuses == ["failed", "unwritten", "unwritten", "unwritten"]
    lines = list(report.table(found))
    assert lines[0].endswith("4 of 4")
    assert lines[1].endswith("0 of 4  double: this is the square")
    assert lines[3:] == ["double: 1 of 2 who tried it passed"]
    rows = list(csv.DictReader(io.StringIO(report.as_csv(found))))
    assert [row["status"] for row in rows] == ["passed"] * 4 + statuses
    assert found[1].as_json()["exercises"][0]["why"] == "this is the square"


@pytest.mark.parametrize("what", ["nothing", "file", "clone", "link"])
def test_a_folder_without_exercises_says_so_and_holds_up_nobody(
    tmp_path: Path, tasks: list[Task], what: str
) -> None:
    anna = hand_in(tmp_path / "anna", tasks, double=filled(tasks[0].solution))
    ben = tmp_path / "ben\x1b[31m"
    if what == "file":
        ben.write_text("")
    elif what == "clone":  # of the project itself, where nothing was ever written
        (ben / "scratch").mkdir(parents=True)
        (ben / "brain").mkdir()
    elif what == "link":
        ben.mkdir()
        os.symlink(anna / "exercises", ben / "exercises")
    says = {"nothing": "there is no folder", "file": "is a file: unpack it",
            "clone": "holds no exercises", "link": "is a link"}[what]  # fmt: skip
    assert says in refusal(lambda: reported([ben], tasks))
    found = reported([ben, anna], tasks)
    assert [one.passed for one in found] == [0, 1]
    first, second, *_ = report.table(found)
    assert says in first
    assert "1 of 4" in second
    row = next(csv.DictReader(io.StringIO(report.as_csv(found))))
    assert (row["exercise"], row["status"]) == ("", "unreadable")
    assert says in row["says"]
    assert says in found[0].as_json()["says"]
    assert "\x1b" not in first + row["says"]


def test_links_to_another_learner_do_not_pass(tmp_path: Path, tasks: list[Task]) -> None:
    right = {task.name: filled(task.solution) for task in tasks}
    anna = hand_in(tmp_path / "anna", tasks, **right)
    ben = tmp_path / "ben"
    (ben / "exercises" / "scratch").mkdir(parents=True)
    os.symlink(anna / "exercises" / "scratch" / "day1", ben / "exercises" / "scratch" / "day1")
    (found,) = reported([ben], tasks)
    assert found.passed == 0
    assert "is a link" in found.results[0].says


def test_what_a_file_says_is_harmless_in_a_terminal_and_a_spreadsheet(
    tmp_path: Path, tasks: list[Task]
) -> None:
    evil = "def double(x):\n    raise Exception('\\x1b[31m\\n=HYPERLINK(1)\\t@\\u202e')\n"
    folder = hand_in(tmp_path / "=1+1\x1b[31m", tasks, double=evil)
    (found,) = reported([folder], tasks)
    printed = "".join([*report.table([found]), report.as_csv([found])])
    assert all(letter.isprintable() or letter == "\n" for letter in printed)
    assert report.cell("=1+1") == "'=1+1"
    assert report.cell("\t-1") == "' -1"
    assert report.cell(3) == 3
    assert report.cell("a\nb") == "a b"


def test_one_file_does_not_hold_up_the_others(
    tmp_path: Path, tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = {task.name: filled(task.solution) for task in tasks}
    folders = [hand_in(tmp_path / name, tasks, **right) for name in "ab"]
    (folders[0] / "exercises" / tasks[1].place).unlink()
    check = Checker.check

    def upset(self: Checker, task: Task) -> object:
        if task.name == "double" and "/a/" in str(self.folder.path):
            raise RecursionError("deep")
        return check(self, task)

    monkeypatch.setattr(Checker, "check", upset)
    first, second = reported(folders, tasks)
    assert [r.status for r in first.results] == ["failed", "unwritten", "passed", "passed"]
    assert "cannot be judged (deep)" in first.results[0].says
    assert second.passed == 4


ALONE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from pathlib import Path
from brain.learn import report
from brain.learn.checking import Checker
from brain.learn.courses import tasks
every = tasks(Path(sys.argv[1]))
for task in every:
    object.__setattr__(task.exercise, "seconds", 300)
report.report([Path(p) for p in sys.argv[2:]], every, every, print)
"""


def marked(mark: str) -> list[int]:
    """The processes whose environment has a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind(tmp_path: Path, tasks: list[Task], how: signal.Signals) -> None:
    evil = "import time\ntime.sleep(1e6)\n"
    folders = [hand_in(tmp_path / name, tasks, double=evil, average=evil) for name in "abcde"]
    mark = f"PYTHONMARK={tmp_path}"
    process = subprocess.Popen(
        [sys.executable, "-c", ALONE, tmp_path / "course", *folders],
        env={**os.environ, "PYTHONMARK": str(tmp_path)},
        cwd=ROOT,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert until(lambda: len(marked(mark)) >= 3)  # itself, rooms, their forks
        os.killpg(process.pid, how)
        process.wait(60)
        assert until(lambda: not marked(mark), 20), marked(mark)
    finally:
        process.kill()
        process.wait()
