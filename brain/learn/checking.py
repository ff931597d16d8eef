"""Checking a learner's file: read it, have it run, hold its answers against the solution's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from brain import regions
from brain.errors import UserError
from brain.learn import diagnosis
from brain.learn.courses import Task, tasks
from brain.learn.exercise import Mistake
from brain.learn.folder import Folder, UnreadableError
from brain.learn.reading import FOREIGN, PACKAGES, fault, imported, nearest, parsed
from brain.learn.rooms import Heard, Rooms, memory_for
from brain.learn.verdicts import Wrong, first_wrong, instead, verdict
from brain.tracks.table import ROOT

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
        own = [path for path in map(ROOT.joinpath, PACKAGES) if path.is_dir()]
        hidden = {*own, *(task.path.parent.resolve() for task in self.here)}
        self.hidden = sorted(str(path) for path in hidden)
        digits = find_spec("sklearn")
        self.labels = [str(Path(digits.origin or "").parent / "datasets")] if digits else []
        self.foreign = {*(path.name for path in own), *FOREIGN}

    def check(self, task: Task, again: bool = False) -> Result:
        """The result of a task; one that passed is not run again unless it changed."""
        started = time.perf_counter()
        if self.folder.passed(task) and not again:
            return Result(task, PASSED, remembered=True)
        try:
            text = self.folder.text(task)
        except UnreadableError as error:
            missing = not self.folder.remembers and not self.folder.file(task).exists()
            return Result(task, UNWRITTEN if missing else FAILED, str(error))
        result = self.read(task, text) or self.run(task, text)
        if text == regions.stub(task.solution) and (copies := self.folder.copies(task)):
            says = f"{result.says}; what you wrote before is in {copies[0]}"
            result = replace(result, says=says)
        try:
            self.folder.remember(task, text, result.status == PASSED)
        except UserError as error:  # the disk is full, or read-only
            result = replace(result, says=f"{result.says}; {error}".removeprefix("; "))
        return replace(result, seconds=time.perf_counter() - started)

    def read(self, task: Task, text: str) -> Result | None:
        """What is wrong with a text before it is run, if anything."""
        if text == regions.stub(task.solution):
            return Result(task, UNWRITTEN, "not written yet")
        says, line = fault(text, task.exercise.uses)
        return Result(task, FAILED, says, line=line) if says else None

    def run(self, task: Task, text: str, seed: int | None = None) -> Result:
        """Run a text and judge it; what it is asked is drawn from `seed`, or from the text."""
        seed = seed_of(text) if seed is None else seed
        neighbours, stand_ins = self.neighbours(task, text)
        heard = self.heard(task, text, neighbours, seed)
        result = self.judged(task, text, heard, seed)
        printed = heard.printed if result.status != PASSED else ""
        return replace(result, printed=printed, much=heard.much, stand_ins=stand_ins)

    def neighbours(
        self, task: Task, text: str = ""
    ) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
        """The texts of the exercises that a task builds on: the learner's where they passed, else
        the solutions, which are named. A `text` may build on more of them."""
        texts: dict[str, tuple[str, str]] = {}
        stand_ins: list[str] = []
        waiting = [*task.needs, *self.chosen(task, text)]
        while waiting:
            module = waiting.pop(0)
            if module in texts:
                continue
            if module not in self.by_module:
                raise UserError(f"{task.path} builds on {module}, which is no exercise.")
            earlier = self.by_module[module]
            if self.folder.passed(earlier):
                own = self.folder.text(earlier)
                texts[module] = str(self.folder.file(earlier)), own
                waiting += self.chosen(earlier, own)
            else:
                texts[module] = standing_in(earlier)
                stand_ins.append(earlier.name)
            waiting += earlier.needs
        return texts, tuple(stand_ins)

    def chosen(self, task: Task, text: str) -> list[str]:
        """The exercises that a text imports of its own accord: those before it, since the solution
        of a later one may hold what is asked for here."""
        if not text:
            return []
        before = self.here[: self.here.index(task)] if task in self.here else []
        known = {other.module for other in before}
        return [module for module, _ in imported(parsed(text)) if module in known]

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
            "seconds": exercise.seconds * (3 if trusted else 1),
            "trusted": trusted,
            "hidden": self.hidden + ([] if "sklearn" in exercise.uses else self.labels),
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
            return self.begun(task, heard, seed)
        if heard.kind in ENDS:
            says = ENDS[heard.kind].format(
                says=heard.says,
                seconds=task.exercise.seconds,
                memory=memory_for(task.exercise.uses) / 2**30,
            )
            if heard.kind == "absent":
                says += nearest(heard.says, text)
            return Result(task, FAILED, says, line=heard.line)
        judge, asks = task.exercise.judge, task.exercise.asks
        if heard.kind == "answered" and judge and asks:
            why = verdict(judge, heard.answers, asks)
            return Result(task, FAILED, why=why) if why else Result(task, PASSED)
        right = self.solution(task, seed)
        if right.kind != "answered":
            missing = right.says.partition("ModuleNotFoundError: ")[2]
            raise UserError(missing or f"the solution of {task.name} itself fails: {right.says}")
        if heard.kind == "answered" and judge:
            why = verdict(judge, heard.answers, len(right.answers))
            return Result(task, FAILED, why=why) if why else Result(task, PASSED)
        tolerance = task.exercise.tolerance
        wrong = first_wrong(right.answers, heard.answers, tolerance)
        if heard.kind == "answered" and wrong is None:
            return Result(task, PASSED)
        why = self.mistaken(task, heard, seed)
        why = why or diagnosis.common(right.answers, heard.answers, tolerance)
        if heard.kind == "raised":
            why = why or diagnosis.error(heard.says)
            says = f"{heard.asked or 'Python'} fails: {heard.says}"
            wrong = instead(right.answers, len(heard.answers), heard.asked, heard.says)
            return Result(task, FAILED, says, why or "", wrong, heard.line)
        return Result(task, FAILED, wrong.how if wrong else "", why or "", wrong)

    def begun(self, task: Task, heard: Heard, seed: int) -> Result:
        """What a run comes to whose file has parts that are not written: those that are may be
        wrong already."""
        right = self.solution(task, seed).answers[: len(heard.answers)]
        tolerance = task.exercise.tolerance
        wrong = None if task.exercise.judge else first_wrong(right, heard.answers, tolerance)
        if wrong is None:
            says = f"line {heard.line} still raises NotImplementedError" if heard.line else "a part"
            says += ": write that part, or delete the line" if heard.line else " is not written yet"
            return Result(task, UNWRITTEN, says)
        why = self.mistaken(task, heard, seed)
        why = why or diagnosis.common(right, heard.answers, tolerance)
        return Result(task, FAILED, wrong.how, why or "", wrong)

    def mistaken(self, task: Task, heard: Heard, seed: int) -> str | None:
        """The known mistake that gives the very answers that were heard, and the same error."""
        many = len(heard.answers)
        for mistake in task.exercise.mistakes:
            other = self.solution(task, seed, mistake)
            alike = first_wrong(other.answers[:many], heard.answers, task.exercise.tolerance)
            ended_so = other.kind == heard.kind and len(other.answers) == many
            ended_so = ended_so and other.says == heard.says
            if alike is None and (ended_so or heard.kind == "unwritten"):
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
