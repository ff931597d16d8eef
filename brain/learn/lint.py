"""Whether an exercise is fit for learners: `python -m brain.learn.lint [NAME ...]`.

Its stub fails, its solution passes, each planted mistake (three at least) fails and is told its own
reason, there are three hints, and the pages and equations exist that it names.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from brain import regions
from brain.errors import UserError
from brain.learn.checking import FAILED, PASSED, UNWRITTEN, Checker, Result
from brain.learn.courses import Task, found, tasks
from brain.learn.folder import Folder
from brain.learn.rooms import Rooms
from brain.tracks.table import ROOT

LEAST = 3


def faults(task: Task, checker: Checker) -> list[str]:
    """What is wrong with an exercise, a sentence each; nothing where it is fit."""
    return [*in_words(task), *in_answers(task, checker)]


def in_words(task: Task) -> list[str]:
    """What is wrong with what surrounds the answer."""
    exercise, said = task.exercise, []
    if not regions.marked(task.solution):
        said.append("no region is marked in its solution")
    if len(exercise.hints) != 3 or not all(hint.strip() for hint in exercise.hints):
        said.append("there are not three hints")
    elif not any(f"theory/{page.name}" in exercise.hints[1] for page in ROOT.glob("theory/*.md")):
        said.append("its second hint names no page of theory/")
    said += [f"theory/{page} has no equation ({n})" for page, n in cited(exercise.hints)
             if not has(page, n)]  # fmt: skip
    if not (ROOT / exercise.page).is_file():
        said.append(f"its page {exercise.page} does not exist")
    if not task.page.is_file() or f"`{task.name}`" not in task.page.read_text(encoding="utf-8"):
        said.append(f"the page of its day, {task.page}, does not name it")
    if len(exercise.mistakes) < LEAST:
        said.append(f"{len(exercise.mistakes)} mistakes are planted, not {LEAST}")
    if len({mistake.says for mistake in exercise.mistakes}) < len(exercise.mistakes):
        said.append("two mistakes say the same")
    if not exercise.read_next.strip() or not exercise.title.strip():
        said.append("its title is empty, or what to read next")
    return said


PAGE = r"theory/(?P<page>[\w-]+\.md)"
EQUATIONS = r"(?P<n>\(\d+\)(?:(?:, | and | to )\(\d+\))*)"
CITED = (rf"{EQUATIONS} (?:of|in) {PAGE}", rf"{PAGE}(?: up to|,|:)? {EQUATIONS}")


def cited(hints: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The equations that hints name, each with its page: "theory/dense.md (1)", "(1) of ..."."""
    for form in CITED:
        for match in re.finditer(form, " ".join(hints)):
            yield from ((match["page"], n) for n in re.findall(r"\d+", match["n"]))


def has(page: str, equation: str) -> bool:
    """Whether a page of theory/ has an equation of that number."""
    path = ROOT / "theory" / page
    return path.is_file() and rf"\tag{{{equation}}}" in path.read_text(encoding="utf-8")


def in_answers(task: Task, checker: Checker) -> list[str]:
    """What is wrong with how answers are judged."""
    said = []
    solution = regions.filled(task.solution)
    asked, asks = len(checker.solution(task, 1).answers), task.exercise.asks
    if asks and asks != asked:
        said.append(f"it is said to ask {asks} things, and asks {asked}")
    for name, text, status in (
        ("stub", regions.stub(task.solution), UNWRITTEN),
        ("solution", solution, PASSED),
        ("solution in other words", solution + "\n# another hash, other numbers\n", PASSED),
    ):
        result = tried(task, text, checker)
        if result.status != status:
            said.append(f"the {name} {result.status}: {result.says} {result.why}")
    for mistake in task.exercise.mistakes:
        try:
            result = tried(task, regions.changed(task.solution, mistake.replace), checker, seed=1)
        except UserError as error:
            said.append(f"{mistake.says!r} cannot be planted: {error}")
            continue
        if result.status != FAILED or result.why != mistake.says:
            told = result.why or result.says
            said.append(f"{mistake.says!r} is planted: {result.status}, and told {told!r}")
    return said


def tried(task: Task, text: str, checker: Checker, seed: int | None = None) -> Result:
    """The result of a text. Mistakes share one seed: each is run once to be compared with."""
    return checker.read(task, text) or checker.run(task, text, seed)


def lint(names: list[str]) -> int:
    """Print what is wrong with the exercises; how many have a fault."""
    spoilt = 0
    with tempfile.TemporaryDirectory() as folder, Rooms() as rooms:
        checker = Checker(Folder(Path(folder), remembers=False), rooms)
        for task in found(names, tasks()) if names else tasks():
            said = faults(task, checker)
            spoilt += bool(said)
            print(f"{task.place:36} {'; '.join(said) or 'fit'}", flush=True)
    return spoilt


if __name__ == "__main__":
    sys.exit(1 if lint(sys.argv[1:]) else 0)
