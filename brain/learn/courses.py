"""The exercises that are here: days of tasks, in the folders of the tracks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

from brain import regions
from brain.errors import UserError, unknown
from brain.learn.exercise import Exercise, load_check
from brain.tracks.table import MAIN, ROOT, tracks_here

TRACKS = ("scratch", "torch_nn", "tf_nn", "cnn", "rnn")
"""The folders that may have exercises, in the order in which they are learned."""


@dataclass(frozen=True)
class Task:
    """One exercise among the others: `name` of `day` of `track`. Its solution is `path`."""

    track: str
    day: int
    name: str
    path: Path

    @property
    def place(self) -> str:
        """Where its stub lies in a learner's folder: `scratch/day1/sigmoid.py`."""
        return f"{self.track}/day{self.day}/{self.name}.py"

    @property
    def module(self) -> str:
        """What a learner's file imports it as: `exercises.scratch.day1.sigmoid`."""
        return f"exercises.{self.track}.day{self.day}.{self.name}"

    @property
    def check(self) -> Path:
        """Where its probe and its `exercise` are: `scratch/week1/day1/sigmoid_check.py`."""
        return self.path.with_name(f"{self.name}_check.py")

    @property
    def page(self) -> Path:
        """The page of its day."""
        return self.path.parent.with_suffix(".md")

    @cached_property
    def solution(self) -> str:
        """The text of the solution, marks and all."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def exercise(self) -> Exercise:
        """What is declared beside the solution."""
        return cast(Exercise, load_check(self.check).exercise)

    @cached_property
    def needs(self) -> list[str]:
        """The modules of the exercises that it builds on."""
        text = regions.stub(self.solution)
        found = re.findall(r"^from (exercises(?:\.\w+)+) import", text, re.M)
        return list(dict.fromkeys(found))


def tasks(root: Path = ROOT) -> list[Task]:
    """Every exercise that is here, in order."""
    return [task for track in TRACKS for task in of_track(track, root)]


def of_track(track: str, root: Path = ROOT) -> list[Task]:
    """The exercises of a track, day by day; each day's `__init__.py` names its `TASKS` in order."""
    days = [
        *root.glob(f"{track}/week1/day*/__init__.py"),
        *root.glob(f"{track}/lessons/day*/__init__.py"),
    ]
    return [
        Task(track, day_of(init), name, init.parent / f"{name}.py")
        for init in sorted(days, key=day_of)
        for name in listed(init)
    ]


def day_of(init: Path) -> int:
    """The number of a day's folder."""
    return int(init.parent.name.removeprefix("day"))


def listed(init: Path) -> tuple[str, ...]:
    """The `TASKS` in a day's `__init__.py`, read without running it."""
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TASKS":
            return tuple(ast.literal_eval(node.value))
    raise UserError(f"{init} names no TASKS.")


def found(names: Iterable[str], among: list[Task]) -> list[Task]:
    """The tasks that are meant: by name, `day3`, a track, or the path of a learner's file."""
    chosen: list[Task] = []
    for name in names:
        plain = name.replace("\\", "/").removesuffix("/")
        meant = [t for t in among if answers_to(t, plain)]
        if not meant:
            known = [*(t.name for t in among), *{f"day{t.day}" for t in among}]
            raise unknown("exercise", name, known)
        chosen += [task for task in meant if task not in chosen]
    return chosen


def answers_to(task: Task, name: str) -> bool:
    """Whether a task is meant by a name."""
    day = f"day{task.day}"
    short = {
        task.name,
        f"{task.name}.py",
        day,
        f"day {task.day}",
        task.track,
        f"{task.track}/{day}",
    }
    return name in short or f"/{name}".endswith(f"/{task.place}")


def own_track(root: Path = ROOT) -> str:
    """The track whose branch this is; on main, and wherever that cannot be told, the first."""
    here = {path.parent.name for path in root.glob("*/__init__.py")}
    try:
        tracks = tracks_here()
    except UserError:
        return TRACKS[0]
    for name, track in tracks.items():
        if name != MAIN and set(track.folders) == here:
            return track.page.partition("/")[0]
    return TRACKS[0]
