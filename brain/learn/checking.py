"""Checking a learner's file: read it, have it run, hold its answers against the solution's."""

from __future__ import annotations

import ast
import hashlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from brain import regions
from brain.errors import UserError, brief
from brain.learn import diagnosis
from brain.learn.courses import Task, tasks
from brain.learn.exercise import Answer, Mistake
from brain.learn.folder import Folder, UnreadableError
from brain.learn.guard import UNHEARD
from brain.learn.reading import imported, nearest, parsed
from brain.learn.rooms import Heard, Rooms, memory_for
from brain.learn.verdicts import Wrong, first_wrong
from brain.tracks.table import ROOT

FOREIGN = ("torch", "tensorflow", "keras", "jax", "cupy", "sklearn", "scipy", "pandas", "autograd")
"""Packages that hold solutions of exercises."""
MOST_REMEMBERED = 1000
"""Answers of solutions that a checker keeps."""
PASSED, FAILED, UNWRITTEN = "passed", "failed", "unwritten"


@dataclass(frozen=True)
class Result:
    """How a check went. `says` is what is wrong, `why` the mistake that explains it."""

    task: Task
    status: str
    says: str = ""
    why: str = ""
    wrong: Wrong | None = None
    line: int = 0
    printed: str = ""
    much: int = 0
    stand_ins: tuple[str, ...] = ()
    """The earlier exercises for which the solution stood in."""
    seconds: float = 0.0
    remembered: bool = False
    """Whether it passed before and nothing changed since."""

    def as_json(self) -> dict[str, Any]:
        """The result for a script; `brain learn check --help` says what the fields are."""
        task, wrong = self.task, self.wrong
        return {
            "exercise": task.name,
            "track": task.track,
            "day": task.day,
            "file": task.place,
            "status": self.status,
            "says": self.says,
            "why": self.why,
            "asked": wrong.asked if wrong else "",
            "expected": wrong.expected if wrong else "",
            "got": wrong.got if wrong else "",
            "line": self.line,
            "stand_ins": list(self.stand_ins),
            "seconds": round(self.seconds, 3),
        }


@dataclass
class Checker:
    """Checks the files of a folder. `here` are all exercises: others build on some of them."""

    folder: Folder
    rooms: Rooms
    here: list[Task] = field(default_factory=tasks)
    _heard: dict[tuple[str, str, int], Heard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_module = {task.module: task for task in self.here}
        own = [path.parent for path in ROOT.glob("*/__init__.py")]
        hidden = {*own, *(task.path.parent.resolve() for task in self.here)}
        self.hidden = sorted(str(path) for path in hidden)
        self.foreign = {*(path.name for path in own), *FOREIGN}

    def check(self, task: Task, again: bool = False) -> Result:
        """The result of a task; one that passed is not run again unless it changed."""
        started = time.perf_counter()
        if self.folder.passed(task) and not again:
            return Result(task, PASSED, remembered=True)
        try:
            text = self.folder.text(task)
        except UnreadableError as error:
            return Result(task, FAILED, str(error))
        result = self.read(task, text) or self.run(task, text)
        self.folder.remember(task, text, result.status == PASSED)
        return replace(result, seconds=time.perf_counter() - started)

    def read(self, task: Task, text: str) -> Result | None:
        """What is wrong with a text before it is run, if anything."""
        if text == regions.stub(task.solution):
            return Result(task, UNWRITTEN, "not written yet")
        try:
            tree = parsed(text)
        except SyntaxError as error:
            line = error.lineno or 0
            return Result(task, FAILED, f"Python cannot read line {line}: {error.msg}", line=line)
        except (ValueError, RecursionError, MemoryError):
            says = "Python cannot read it: a zero byte, or a thousand brackets"
            return Result(task, FAILED, says)
        for node in ast.walk(tree):
            if package := next((p for p in imported(node) if not self.may_import(task, p)), None):
                with_ = " and ".join(name for name in task.exercise.uses)
                says = f"it imports {package}: this exercise is written with {with_} alone"
                return Result(task, FAILED, says, line=getattr(node, "lineno", 0))
        return None

    def may_import(self, task: Task, package: str) -> bool:
        """Whether a file may import a package."""
        library = sys.stdlib_module_names - self.foreign - UNHEARD
        return package in {*task.exercise.uses, "exercises"} | library

    def run(self, task: Task, text: str, seed: int | None = None) -> Result:
        """Run a text and judge it; what it is asked is drawn from `seed`, or from the text."""
        seed = seed_of(text) if seed is None else seed
        neighbours, stand_ins = self.neighbours(task)
        heard = self.heard(task, text, neighbours, seed)
        result = self.judged(task, text, heard, seed)
        printed = heard.printed if result.status != PASSED else ""
        return replace(result, printed=printed, much=heard.much, stand_ins=stand_ins)

    def neighbours(self, task: Task) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
        """The texts of the earlier exercises that a task builds on: the learner's where they
        passed, else the solutions, which are named."""
        texts: dict[str, tuple[str, str]] = {}
        stand_ins: list[str] = []
        waiting = list(task.needs)
        while waiting:
            module = waiting.pop(0)
            if module in texts:
                continue
            if module not in self.by_module:
                raise UserError(f"{task.path} builds on {module}, which is no exercise.")
            earlier = self.by_module[module]
            if self.folder.passed(earlier):
                texts[module] = str(self.folder.file(earlier)), self.folder.text(earlier)
            else:
                texts[module] = standing_in(earlier)
                stand_ins.append(earlier.name)
            waiting += earlier.needs
        return texts, tuple(stand_ins)

    def solution(self, task: Task, seed: int, mistake: Mistake | None = None) -> Heard:
        """What the solution answers, or one with a mistake in it. It builds on other solutions
        alone, so that nothing of the learner's runs beside it; asked twice, it is run once."""
        text = regions.changed(task.solution, mistake.replace if mistake else {})
        key = task.place, text, seed
        if key not in self._heard:
            if len(self._heard) > MOST_REMEMBERED:
                self._heard.clear()
            modules = self.neighbours(task)[0]
            neighbours = {name: standing_in(self.by_module[name]) for name in modules}
            self._heard[key] = self.heard(task, text, neighbours, seed, trusted=True)
        return self._heard[key]

    def heard(
        self,
        task: Task,
        text: str,
        neighbours: Mapping[str, tuple[str, str]],
        seed: int,
        trusted: bool = False,
    ) -> Heard:
        """Have a text run, and asked."""
        exercise = task.exercise
        job = {
            "check": str(task.check),
            "path": str(self.folder.file(task)),
            "text": text,
            "neighbours": {name: list(pair) for name, pair in neighbours.items()},
            "seed": seed,
            "seconds": exercise.seconds,
            "trusted": trusted,
            "hidden": self.hidden,
            "forbidden": sorted(self.foreign - self.within(exercise.uses)),
        }
        return self.rooms.run(job, exercise.uses)

    @staticmethod
    def within(uses: tuple[str, ...]) -> set[str]:
        """What the packages that an exercise uses import themselves."""
        inside = {"sklearn": {"scipy", "pandas"}, "tensorflow": {"keras", "scipy"}}
        return {*uses} | {name for one in uses for name in inside.get(one, ())}

    def judged(self, task: Task, text: str, heard: Heard, seed: int) -> Result:
        """What a run comes to."""
        if heard.kind == "unwritten":
            return Result(task, UNWRITTEN, "a part of it is not written yet")
        if heard.kind in ENDS:
            says = ENDS[heard.kind].format(
                says=heard.says,
                seconds=task.exercise.seconds,
                memory=memory_for(task.exercise.uses) / 2**30,
            )
            if heard.kind == "absent":
                says += nearest(heard.says, text)
            return Result(task, FAILED, says, line=heard.line)
        right = self.solution(task, seed)
        if right.kind != "answered":
            missing = right.says.partition("ModuleNotFoundError: ")[2]
            raise UserError(missing or f"the solution of {task.name} itself fails: {right.says}")
        if heard.kind == "answered" and task.exercise.judge:
            why = verdict(task.exercise.judge, heard.answers, len(right.answers))
            return Result(task, FAILED, why=why) if why else Result(task, PASSED)
        tolerance = task.exercise.tolerance
        wrong = first_wrong(right.answers, heard.answers, tolerance)
        if heard.kind == "answered" and wrong is None:
            return Result(task, PASSED)
        why = self.mistaken(task, heard, seed)
        why = why or diagnosis.common(right.answers, heard.answers, tolerance)
        if heard.kind == "raised":
            says = f"{heard.asked or 'Python'} fails: {heard.says}"
            return Result(task, FAILED, says, why or "", line=heard.line)
        return Result(task, FAILED, wrong.how if wrong else "", why or "", wrong)

    def mistaken(self, task: Task, heard: Heard, seed: int) -> str | None:
        """The known mistake that gives the very answers that were heard."""
        for mistake in task.exercise.mistakes:
            other = self.solution(task, seed, mistake)
            alike = first_wrong(other.answers, heard.answers, task.exercise.tolerance) is None
            error = other.says.partition(":")[0] == heard.says.partition(":")[0]
            as_many = len(other.answers) == len(heard.answers)
            if other.kind == heard.kind and as_many and alike and error:
                return mistake.says
        return None


ENDS = {
    "absent": "`{says}` is not in your file",
    "memory": "it asked for more than {memory:g} GB of memory: is a loop collecting without end?",
    "late": "it was not done after {seconds:g} seconds: is there a loop without end?",
    "refused": "{says}",
    "crashed": "Python itself ended {says} before it could answer",
}
"""How a run can end without answers to be judged."""


def seed_of(text: str) -> int:
    """What random numbers are drawn from for a text: others for each version of a file."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest())


def standing_in(task: Task) -> tuple[str, str]:
    """The name and the text of a solution that stands in for a learner's file."""
    return f"<{task.name}>", regions.filled(task.solution)


def verdict(
    judge: Callable[[Sequence[Answer]], str | None], answers: Sequence[Answer], least: int
) -> str | None:
    """What a judge says; answers of a kind that it cannot judge are wrong, and so are too few."""
    if len(answers) < least:
        return "it ended before all was asked"
    try:
        return judge(answers)
    except Exception as error:
        return f"what it returns is not of the kind that is asked for ({brief(error)})"
