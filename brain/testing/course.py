"""A small course for tests: four exercises in two days, and a learner's folder beside it."""

from __future__ import annotations

from pathlib import Path

from brain.learn.checking import FAILED, Checker, Result
from brain.learn.courses import Task, tasks
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from brain.regions import filled

DOUBLE = '''"""Twice a number."""

import numpy as np


def double(x):
    """Return 2 x."""
    # <solution>
    return x * 2
    # </solution>
'''
AVERAGE = '''"""The mean of the squares, by rows."""

import numpy as np


def average(x):
    """Return the mean of the squares of each row of x."""
    # <solution>
    squares = x**2
    return squares.mean(axis=1)
    # </solution>
'''
FOURFOLD = '''"""Four times a number."""

from scratch.week1.day1.double import double


def fourfold(x):
    """Return 4 x, by `double`."""
    # <solution>
    return double(double(x))
    # </solution>
'''
PAIR = '''"""Two numbers whose sum is 10."""


def pair():
    """Return two numbers whose sum is 10."""
    # <solution>
    return 4, 6
    # </solution>
'''
CHECK = '''"""How it is checked."""

import numpy as np

from brain.learn import Exercise, Mistake


{probe}

exercise = Exercise(
    title="{name}, a small exercise",
    page="theory/{name}.md",
    hints=("a nudge", "a formula", "pseudocode"),
    mistakes=({mistakes}),
    read_next="a book",
    seconds={seconds},{more}
)
'''
PROBE = """def probe(answer, ask):
    ask(answer.{name}, {first})
    ask(answer.{name}, ask.draw.standard_normal((3, 4)))
"""
JUDGE = """def probe(answer, ask):
    ask(answer.pair)


def judge(answers):
    one, other = answers[0].value
    return None if one + other == 10 else "the sum is not 10"
"""
FILES = {
    "scratch/__init__.py": "",
    "scratch/week1/day1/__init__.py": 'TASKS = ("double", "average")\n',
    "scratch/week1/day1.md": "# Day 1: beginnings\n",
    "scratch/week1/day1/double.py": DOUBLE,
    "scratch/week1/day1/double_check.py": CHECK.format(
        probe=PROBE.format(name="double", first="np.array([1.0, 2.0])"),
        name="double",
        mistakes='Mistake("this is the square", {"x * 2": "x**2"}),',
        seconds=20,
        more="",
    ),
    "scratch/week1/day1/average.py": AVERAGE,
    "scratch/week1/day1/average_check.py": CHECK.format(
        probe=PROBE.format(name="average", first="np.ones((2, 3))"),
        name="average",
        mistakes='Mistake("nothing is squared", {"x**2": "x"}),',
        seconds=20,
        more="",
    ),
    "scratch/week1/day2/__init__.py": 'TASKS = ("fourfold", "pair")\n',
    "scratch/week1/day2/fourfold.py": FOURFOLD,
    "scratch/week1/day2/fourfold_check.py": CHECK.format(
        probe=PROBE.format(name="fourfold", first="1.0"),
        name="fourfold",
        mistakes="",
        seconds=20,
        more="",
    ),
    "scratch/week1/day2/pair.py": PAIR,
    "scratch/week1/day2/pair_check.py": CHECK.format(
        probe=JUDGE, name="pair", mistakes="", seconds=20, more="\n    judge=judge,"
    ),
}


def write_course(root: Path) -> list[Task]:
    """Write the course; its tasks."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return tasks(root)


class Learner:
    """A learner with the small course: they write, and have it checked."""

    def __init__(self, folder: Path, rooms: Rooms) -> None:
        self.tasks = {task.name: task for task in write_course(folder / "course")}
        self.folder = Folder(folder / "exercises")
        self.folder.start(self.tasks.values())
        self.checker = Checker(self.folder, rooms, list(self.tasks.values()))

    def file(self, name: str) -> Path:
        """Where an exercise is written."""
        return self.folder.file(self.tasks[name])

    def write(self, name: str, text: str | bytes) -> None:
        """Save a text."""
        content = text if isinstance(text, bytes) else text.encode()
        self.file(name).write_bytes(content)

    def solve(self, *names: str) -> None:
        """Write the solutions of exercises."""
        for name in names:
            self.write(name, filled(self.tasks[name].solution))

    def check(
        self,
        name: str,
        text: str | bytes | None = None,
        seconds: float = 0,
        uses: tuple[str, ...] = (),
    ) -> Result:
        """The result of an exercise, with a text that is saved first; `seconds` limit its time,
        and it may use other packages."""
        if text is not None:
            self.write(name, text)
        task = self.tasks[name]
        if seconds:
            object.__setattr__(task.exercise, "seconds", seconds)
        if uses:
            object.__setattr__(task.exercise, "uses", uses)
        return self.checker.check(task)


def failed(result: Result, *parts: str) -> None:
    """The result is a failure that says what is wrong."""
    assert result.status == FAILED, result
    said = f"{result.says} {result.why}"
    for part in parts:
        assert part in said, said
