"""`brain learn`, with a small course."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from brain.learn import courses, session
from brain.testing.course import write_course
from brain.testing.invoked import brain, done, sentence
from brain.tracks.table import ROOT

RIGHT = "def double(x):\n    return x * 2\n"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder, not yet there; the course is another."""
    every = write_course(tmp_path / "course")
    monkeypatch.setattr(courses, "tasks", lambda root=ROOT: every)
    monkeypatch.setattr(session, "tasks", lambda root=ROOT: every)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine"


def learn(mine: Path, *arguments: object) -> str:
    return done("learn", "--folder", mine, *arguments)


def write(mine: Path, text: str, place: str = "scratch/day1/double.py") -> None:
    (mine / place).write_text(text)


def test_from_nothing_to_the_first_that_passed(mine: Path) -> None:
    answer = brain("learn", "--folder", mine)
    assert answer.code == 0
    assert answer.err == f"wrote 4 exercises to {mine / 'scratch'}\n"
    assert "Day 1: double, a small exercise" in answer.out
    assert "there is no terminal to watch from here" in answer.out
    assert "mine/scratch/day1/double.py" in answer.out.replace(os.sep, "/")
    wrong = brain("learn", "check", "--folder", mine)
    assert wrong.code == 1
    assert "double (not written yet)" in wrong.out
    write(mine, "def double(x):\n    return x + 2\n")
    wrong = brain("learn", "check", "double", "--folder", mine)
    assert wrong.code == 1
    assert "expected  shape (2,)  [2. 4.]\n" in wrong.out
    assert "got       shape (2,)  [3. 4.]\n" in wrong.out
    assert "1 of 2 numbers are wrong, the first at [0]; the largest error is 1" in wrong.out
    assert "brain learn hint double" in wrong.out
    write(mine, RIGHT)
    passed = learn(mine, "check", "double")
    assert "Read next: a book" in passed
    assert "Next: average (brain learn next)" in passed
    assert "passed before, and nothing changed" in learn(mine, "check", "double")
    assert "passed before" not in learn(mine, "check", "double", "--again")
    assert "Day 1: average" in learn(mine, "next")


def test_json_is_all_that_is_printed(mine: Path) -> None:
    learn(mine, "next", "--json")
    write(mine, "print('loud')\ndef double(x):\n    return x**2\n")
    answer = brain("learn", "check", "all", "--json", "--folder", mine)
    assert (answer.code, answer.err) == (1, "")
    first, *others = json.loads(answer.out)["results"]
    assert first["exercise"] == "double"
    assert (first["status"], first["why"]) == ("failed", "this is the square")
    assert (first["asked"], first["expected"]) == ("double([1. 2.])", "shape (2,)  [2. 4.]")
    assert [one["status"] for one in others] == ["unwritten"] * 3
    hints = [json.loads(learn(mine, "hint", "double", "--json")) for _ in range(4)]
    assert [hint["number"] for hint in hints] == [1, 2, 3, 3]
    rows = json.loads(learn(mine, "list", "--json"))["exercises"]
    assert [row["status"] for row in rows] == ["open"] * 4
    assert json.loads(learn(mine, "next", "--json"))["exercise"]["exercise"] == "double"
    found = json.loads(learn(mine, "reset", "double", "--json"))
    assert "return x**2" in Path(found["backup"]).read_text()
    assert "x * 2" in json.loads(learn(mine, "solution", "double", "--json"))["solution"]


def test_what_a_file_prints_does_not_reach_the_terminal_as_it_is(mine: Path) -> None:
    learn(mine, "next")
    text = "print('\\x1b[31m' + 'a' * 9000)\ndef double(x):\n    return '\\x1b]0;title\\x07'\n"
    write(mine, text)
    out = brain("learn", "check", "double", "--folder", mine).out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "9,006 bytes, of which" in out
    assert out.count("a" * 100) < 10


def test_a_stand_in_is_named(mine: Path) -> None:
    learn(mine, "next")
    text = "from exercises.scratch.day1.double import double\n\n\n"
    text += "def fourfold(x):\n    return double(double(x))\n"
    write(mine, text, "scratch/day2/fourfold.py")
    says = "not passed yet: double; here the solution stood in"
    assert says in learn(mine, "check", "fourfold")


def test_many_are_counted(mine: Path) -> None:
    learn(mine, "next")
    write(mine, RIGHT)
    answer = brain("learn", "check", "day1", "--folder", mine)
    assert answer.code == 1
    assert answer.out.endswith("1 of 2 passed\n")


def test_reset_says_where_the_text_went(mine: Path) -> None:
    learn(mine, "next")
    write(mine, RIGHT)
    out = learn(mine, "reset", "double")
    assert "is the stub again" in out
    (backup,) = (mine / ".backups" / "scratch" / "day1").iterdir()
    assert backup.read_text() == RIGHT
    assert backup.name in out


def test_what_cannot_be_is_one_sentence(mine: Path) -> None:
    at = ("learn", "--folder", mine)
    learn(mine, "next")
    assert sentence(*at, "check", "duoble").startswith("unknown exercise 'duoble'; did you mean")
    assert sentence(*at, "hint", "day1").startswith("day1 is 2 exercises; name one: double, ")
    assert sentence("learn", "--track", "none", "list").startswith("unknown track 'none'")
    (mine / ".progress.json").write_text("{")
    assert "is damaged: delete it" in sentence(*at, "list")
    mine.with_name("file").write_text("")
    assert sentence("learn", "--folder", mine.with_name("file"), "list").startswith("cannot write")


def test_a_class_is_reported(mine: Path) -> None:
    learn(mine, "next")
    write(mine, RIGHT)
    table = done("learn", "report", mine)
    assert table.startswith(f"{mine}    1 of 4\n")
    found = json.loads(done("learn", "report", mine, "--json"))["learners"]
    assert [one["passed"] for one in found] == [1]
    rows = done("learn", "report", mine, "--csv").splitlines()
    assert rows[0] == "folder,track,day,exercise,status,says,why"
    assert rows[1] == f"{mine},scratch,1,double,passed,,"
    assert sentence("learn", "report", mine, "--json", "--csv") == "--json or --csv, not both."
    assert sentence("learn", "report", mine / "none").startswith("there is no folder")


def test_the_current_folder_is_not_imported_from(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hands in a `numpy.py` does not have it run by who reports from there."""
    learn(mine, "next")
    write(mine, RIGHT)
    for name in ("numpy", "brain", "json"):
        (mine / f"{name}.py").write_text("raise SystemExit(f'{__name__} was imported')\n")
    monkeypatch.chdir(mine)
    assert "1 of 4" in done("learn", "report", ".")
