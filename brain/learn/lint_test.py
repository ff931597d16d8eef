"""Exercises that are not fit are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brain.learn import lint
from brain.learn.checking import Checker
from brain.learn.courses import Task
from brain.learn.exercise import Mistake
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from brain.testing.course import write_course
from brain.tracks.table import ROOT


@pytest.fixture
def tasks(tmp_path: Path) -> dict[str, Task]:
    return {task.name: task for task in write_course(tmp_path / "course")}


@pytest.fixture(scope="module")
def rooms() -> Iterator[Rooms]:
    with Rooms() as rooms:
        yield rooms


def with_(task: Task, **changes: Any) -> Task:
    """A task whose exercise is another."""
    other = replace(task)
    object.__setattr__(other, "exercise", replace(task.exercise, **changes))
    return other


def test_what_surrounds_an_answer(tasks: dict[str, Task]) -> None:
    double = tasks["double"]
    found = lint.in_words(double)
    assert "its second hint names no page of theory/" in found
    assert f"its page {double.exercise.page} does not exist" in found
    assert "1 mistakes are planted, not 3" in found
    assert any("does not name it" in said for said in found)
    same = (Mistake("a", {}), Mistake("a", {}))
    assert "two mistakes say the same" in lint.in_words(with_(double, mistakes=same))
    assert "there are not three hints" in lint.in_words(with_(double, hints=("a", " ", "b")))


@pytest.mark.parametrize(
    ("hint", "named"),
    [
        ("(2) of PAGES/a-b.md: y = f(3)", [("a-b.md", "2")]),
        ("PAGES/a.md (5) and (6); then (7)", [("a.md", "5"), ("a.md", "6")]),
        ("PAGES/a.md, (1) to (7)", [("a.md", "1"), ("a.md", "7")]),
        ("PAGES/a.md up to (2)", [("a.md", "2")]),
        ("the shape is (3)", []),
    ],
)
def test_equations_that_hints_cite(hint: str, named: list[tuple[str, str]]) -> None:
    assert list(lint.cited(["a nudge", hint.replace("PAGES", "theory")])) == named


def test_an_equation_that_is_not_there(tasks: dict[str, Task]) -> None:
    (page, *_) = sorted(ROOT.glob("theory/*.md"))
    hints = ("a", f"theory/{page.name} (999)", "c")
    found = lint.in_words(with_(tasks["double"], hints=hints))
    assert f"theory/{page.name} has no equation (999)" in found


def test_answers_that_are_judged_wrongly(
    tasks: dict[str, Task], tmp_path: Path, rooms: Rooms
) -> None:
    checker = Checker(Folder(tmp_path, remembers=False), rooms, list(tasks.values()))
    assert lint.in_answers(tasks["double"], checker) == []
    mistakes = (
        Mistake("it is no mistake", {"x * 2": "2 * x"}),
        Mistake("it is not there", {"y": "z"}),
    )
    wrong_count, *_ = lint.in_answers(with_(tasks["pair"], asks=3), checker)
    assert wrong_count == "it is said to ask 3 things, and asks 1"
    other = with_(tasks["double"], mistakes=mistakes)
    first, second = lint.in_answers(other, checker)
    assert first.startswith("'it is no mistake' is planted: passed")
    assert second.startswith("'it is not there' cannot be planted")
