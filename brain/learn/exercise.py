"""What an exercise declares: how its answers are asked for, known mistakes, hints.

The solution of `sigmoid` is `sigmoid.py`, with marked regions (`brain/regions.py`); beside it
`sigmoid_check.py` holds a function `probe` and an `exercise`:

    def probe(answer, ask):
        ask(answer.sigmoid, 0.0)
        ask(answer.sigmoid, ask.draw.standard_normal(5))

    exercise = Exercise(title="the sigmoid", ...)

The probe is run twice: on the learner's file, in a process that is given no solution, and on the
solution. It never judges. What it asked for is compared outside, so nothing that a learner's file
does to its own process makes a wrong number right. Only what the probe itself looks at there, as
whether an argument was left as it was, could a file forge that changes the checker.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from numpy.random import Generator


class Ask(Protocol):
    """What a probe asks with."""

    draw: Generator
    """Random numbers: others for each version of a learner's file, the same for the solution."""
    given: Any
    """What the check's function `given` returned, if it has one: data from files, which a probe
    cannot read."""

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the answer with copies of the arguments; note what it gives.

        Returns that too.
        """

    def note(self, label: str, value: Any) -> None:
        """Note a value, say an attribute of an object that the answer made."""


@dataclass(frozen=True)
class Answer:
    """One thing that a probe asked for: `label` says what (`sigmoid(0.0)`), `value` what came."""

    label: str
    value: Any
    lengths: tuple[int, ...] = ()
    """The lengths of the arguments' axes, one argument after the other."""
    changes: bool = False
    """Whether the call changed an argument."""


@dataclass(frozen=True)
class Mistake:
    """A known mistake: what is said to who makes it, and which passages of the solution it changes.

    An answer that is wrong in the same numbers, however it is written, is told `says`.
    """

    says: str
    replace: Mapping[str, str]


@dataclass(frozen=True)
class Exercise:
    """One exercise. `hints` go from a nudge over the formula with its page to pseudocode.

    Where many answers are right, `judge` looks at the learner's alone and returns what is wrong
    with them, or None; else they are held against those of the solution, within `tolerance` of
    each array's largest number. A probe asks every answer as many things; where a judge is told how
    many, `asks`, the solution is not run to find out. `uses` are the packages
    that it may import besides the standard library; `seconds` is how long it may take.
    """

    title: str
    page: str
    hints: tuple[str, str, str]
    mistakes: tuple[Mistake, ...]
    read_next: str
    judge: Callable[[Sequence[Answer]], str | None] | None = None
    asks: int = 0
    tolerance: float = 1e-6
    uses: tuple[str, ...] = ("numpy",)
    seconds: float = 10.0


def load_check(path: Path) -> ModuleType:
    """The module in a `..._check.py`, by its file: the packages around it, of which one imports
    TensorFlow, are not imported."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
