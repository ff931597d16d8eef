"""The exercises that are here, and how they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.learn.courses import Task, found, tasks
from brain.learn.session import Session, named
from brain.testing.course import write_course
from brain.testing.refusals import refusal


@pytest.fixture
def every(tmp_path: Path) -> list[Task]:
    return write_course(tmp_path)


def test_tasks_come_in_order_with_what_they_need(every: list[Task]) -> None:
    assert [task.name for task in every] == ["double", "average", "fourfold", "pair"]
    fourfold = every[2]
    assert fourfold.place == "scratch/day2/fourfold.py"
    assert fourfold.needs == ["exercises.scratch.day1.double"] == [every[0].module]
    assert fourfold.exercise.title == "fourfold, a small exercise"
    assert every[0].page.read_text().startswith("# Day 1")


def test_the_tenth_day_comes_after_the_second(tmp_path: Path, every: list[Task]) -> None:
    day = tmp_path / "scratch" / "week1" / "day10"
    day.mkdir()
    (day / "__init__.py").write_text('TASKS = ("last",)\n')
    assert [task.day for task in tasks(tmp_path)] == [1, 1, 2, 2, 10]


def test_a_day_that_names_no_tasks_is_refused(tmp_path: Path, every: list[Task]) -> None:
    (tmp_path / "scratch" / "week1" / "day1" / "__init__.py").write_text("")
    assert refusal(lambda: tasks(tmp_path)).endswith("names no TASKS.")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("double", ["double"]),
        ("double.py", ["double"]),
        ("day2", ["fourfold", "pair"]),
        ("scratch/day1/", ["double", "average"]),
        ("exercises/scratch/day2/pair.py", ["pair"]),
        ("exercises\\scratch\\day2\\pair.py", ["pair"]),
        ("scratch", ["double", "average", "fourfold", "pair"]),
    ],
)
def test_a_task_has_many_names(every: list[Task], name: str, meant: list[str]) -> None:
    assert [task.name for task in found([name, name], every)] == meant


def test_an_unknown_name_is_refused_with_the_nearest(every: list[Task]) -> None:
    text = refusal(lambda: found(["duoble"], every))
    assert text.startswith("unknown exercise 'duoble'; did you mean 'double'?")


def test_a_track_is_named_by_its_folder_or_branch(every: list[Task]) -> None:
    assert named("Scratch", every) == named(None, every) == "scratch"
    assert "torch_nn are not on this branch" in refusal(lambda: named("pytorch", every))
    assert refusal(lambda: named("poetry", every)).startswith("unknown track 'poetry'")


class TestSession:
    def test_begins_with_stubs_and_goes_on(self, tmp_path: Path, every: list[Task]) -> None:
        with Session(tmp_path / "mine", root=tmp_path) as at_work:
            assert at_work.new == every
            assert at_work.following() == every[0]
            assert at_work.following(every[3]) == every[0]
            assert at_work.meant([]) == [every[0]]
            assert at_work.meant(["all"]) == every
            path = at_work.folder.file(every[3])
            path.write_text("def pair():\n    return 5, 5\n")
            assert [result.status for result in at_work.check([every[3]])] == ["passed"]
            assert at_work.following(every[2]) == every[0]
        with Session(tmp_path / "mine", root=tmp_path) as at_work:
            assert at_work.new == []

    def test_of_nothing_is_refused(self, tmp_path: Path) -> None:
        text = refusal(lambda: Session(tmp_path / "mine", root=tmp_path))
        assert text == "there are no exercises on this branch: git switch Scratch."
        assert not (tmp_path / "mine").exists()
