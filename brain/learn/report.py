"""What a class has done: every learner's folder, every exercise. For teachers.

Nothing in a learner's folder is trusted: what they noted as passed is not read, each file runs in
a process of its own that opens Python's own files and nothing else of the machine (`guard.py`),
links are not followed, and all that comes from there is numbers and plain text.
"""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from rich.console import Console
from rich.progress import Progress

from brain.errors import UserError, brief
from brain.learn.checking import FAILED, PASSED, Checker, Result
from brain.learn.courses import TRACKS, Task
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from brain.learn.show import plain


@dataclass(frozen=True)
class Learner:
    """One learner: the folder that was given, and a result for each exercise.

    Where the folder holds none, `says` is why there are no results.
    """

    folder: str
    results: Sequence[Result] = ()
    says: str = ""

    @property
    def passed(self) -> int:
        """How many exercises they solved."""
        return sum(result.status == PASSED for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """The learner for a script."""
        return {
            "folder": self.folder,
            "passed": self.passed,
            "says": self.says,
            "exercises": [result.as_json() for result in self.results],
        }


def exercises_in(given: Path) -> Path:
    """The exercises of a learner, given their clone or the folder of exercises itself."""
    if given.is_file():
        raise UserError(f"{plain(str(given))} is a file: unpack it, if it is an archive.")
    if not given.is_dir():
        raise UserError(f"there is no folder {plain(str(given))}.")
    for folder in (given / "exercises", given):
        if any((folder / track).is_dir() for track in TRACKS) and not (folder / "brain").is_dir():
            if folder != given and folder.is_symlink():
                raise UserError(f"{plain(str(folder))} is a link: give the folder that is meant.")
            return folder
    says = "holds no exercises: give a learner's clone, or their exercises/."
    raise UserError(f"{plain(str(given))} {says}")


def report(
    given: Sequence[Path],
    tasks: Sequence[Task],
    every: Sequence[Task],
    done: Callable[[Learner], object],
) -> list[Learner]:
    """Check `tasks`, of `every` exercise that there is, in each folder, as many folders at a time
    as there are cores.

    `done` hears of each learner as they are finished. A folder without exercises is one of the
    learners, and says so; where there is no other, UserError is raised.
    """
    folders: dict[int, tuple[Path, Path]] = {}
    found: list[Learner | None] = [None] * len(given)
    for number, path in enumerate(given):
        try:
            folders[number] = path, exercises_in(path)
        except UserError as error:
            if len(given) == 1:
                raise
            found[number] = unreadable = Learner(str(path), says=str(error))
            done(unreadable)
    waiting = SimpleQueue[int]()
    for number in folders:
        waiting.put(number)
    at_work: list[Rooms] = []
    failed: list[BaseException] = []
    stopped = Event()

    def learner(path: Path, folder: Path) -> Learner:
        with Rooms() as rooms:
            at_work.append(rooms)
            if stopped.is_set():
                rooms.close()
            checker = Checker(Folder(folder.resolve(), remembers=False), rooms, list(every))
            return Learner(str(path), [checked(checker, task) for task in tasks])

    def work() -> None:
        try:
            while not stopped.is_set():
                number = waiting.get_nowait()
                found[number] = one = learner(*folders[number])
                done(one)
        except Empty:
            return
        except BaseException as error:  # raised again below
            failed.append(error)

    # no pool of threads: Ctrl-C while one is waited for can leave its locks held for ever
    threads = [Thread(target=work, daemon=True) for _ in range(os.cpu_count() or 1)]
    try:
        for thread in threads:
            thread.start()
        while not failed and any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
    finally:
        stopped.set()
        for rooms in list(at_work):
            rooms.close()
    if failed:
        raise failed[0]
    return [one for one in found if one is not None]


def checked(checker: Checker, task: Task) -> Result:
    """The result of a task; whatever one learner's file brings about, the others are reported."""
    try:
        return checker.check(task)
    except UserError:
        raise
    except Exception as error:
        return Result(task, FAILED, f"its answers cannot be judged ({brief(error)})")


@contextmanager
def progressing(total: int, console: Console) -> Iterator[Callable[[Learner], object]]:
    """A bar that counts the learners."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        counted = bar.add_task("learners", total=total)
        yield lambda learner: bar.advance(counted)


def table(learners: Sequence[Learner]) -> Iterator[str]:
    """A line for each learner: how many passed, and where those who are stuck stand."""
    width = max(len(plain(one.folder)) for one in learners)
    for one in learners:
        if one.says:
            yield f"{plain(one.folder):{width}}  {one.says}"
            continue
        stuck = next((r for r in one.results if r.status == "failed"), None)
        where = f"  {stuck.task.name}: {plain(stuck.why or stuck.says)}" if stuck else ""
        yield f"{plain(one.folder):{width}}  {one.passed:3} of {len(one.results)}{where}"
    yield ""
    yield from hardest(learners)


def hardest(learners: Sequence[Learner]) -> Iterator[str]:
    """The exercises that most who tried them have not solved."""
    tried: dict[str, list[bool]] = {}
    for one in learners:
        for result in one.results:
            if result.status != "unwritten":
                tried.setdefault(result.task.name, []).append(result.status == PASSED)
    failed = sorted(((sum(map(bool, p)) / len(p), name, p) for name, p in tried.items()))
    for share, name, each in failed[:5]:
        if share < 1:
            yield f"{name}: {sum(each)} of {len(each)} who tried it passed"


def as_csv(learners: Sequence[Learner]) -> str:
    """A row for each learner and exercise: folder, track, day, exercise, status, says, why."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["folder", "track", "day", "exercise", "status", "says", "why"])
    for one in learners:
        if one.says:
            writer.writerow([cell(v) for v in (one.folder, "", "", "", "unreadable", one.says, "")])
        for result in one.results:
            task = result.task
            which = (one.folder, task.track, task.day, task.name)
            row = (*which, result.status, result.says, result.why)
            writer.writerow([cell(value) for value in row])
    return text.getvalue()


def cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: it may hold what a learner's file said."""
    text = plain(str(value)).replace("\n", " ")
    if isinstance(value, int):
        return value
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") else text
