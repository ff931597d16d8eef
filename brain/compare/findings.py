"""What a comparison finds: one quantity's error and budget, and the answer that follows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from brain.compare.runs import BATCH_SIZE

WORTHLESS = 0.1
"""A relative error that no one would call equal: a budget as large as this decides nothing."""

FAR = 1.0
"""As far apart as the arrays are large: rounding does not lead two right engines further."""

ANSWERS = ("equal", "undecided", "differs")


def worst(answers: Iterable[str]) -> str:
    """The answer for the whole from those for its parts; equal where there are none."""
    return max(answers, key=ANSWERS.index, default="equal")


@dataclass(frozen=True)
class Finding:
    """One quantity compared: its error, its budget, and where the error was largest.

    `most` is the largest difference of two numbers, `ulps` the same in units in the last place of
    the largest number, `place` its index.
    """

    error: float
    budget: float
    worst: str = ""
    most: float = math.nan
    ulps: float = math.nan
    place: str = ""

    @property
    def answer(self) -> str:
        """equal or differs by the budget; where that is worthless, undecided or differs.

        A worthless budget comes from a few runs that rounding led apart, and the next may go
        further: an error above it is undecided too, unless it is `FAR`. Where the budget is not
        even finite, the reference itself diverged, and nothing is known.
        """
        if self.budget < WORTHLESS:
            return "equal" if self.within else "differs"
        known = math.isfinite(self.budget)
        return "differs" if known and not self.error <= max(self.budget, FAR) else "undecided"

    @property
    def within(self) -> bool:
        """Whether the error is inside its budget; never where either is not finite."""
        return math.isfinite(self.budget) and self.error <= self.budget

    @property
    def share(self) -> float:
        """How much of the budget the error takes; 1 is all of it."""
        if self.error == 0.0:
            return 0.0
        if not (math.isfinite(self.error) and self.budget):
            return math.inf
        return self.error / self.budget


def largest(findings: Iterable[Finding]) -> Finding:
    """The finding that has used up most of its budget."""
    return max(findings, key=lambda finding: finding.share)


@dataclass(frozen=True)
class Verdict:
    """One engine against the reference, for one model and dtype.

    `quantities` holds outputs, predictions, loss, gradients and `step 1`, `step 10`, ...;
    `first` names the first layer where the two part, forward before backward, or is empty; `cause`
    says why, found by trying known mistakes on that layer alone. `layers` holds what was found of
    each layer: `forward`, `backward`, and each parameter after `step 1`, `step 10`, ... `map` shows
    where in its array the first difference lies (`brain.compare.places.mapped`).
    """

    model: str
    engine: str
    dtype: str
    quantities: dict[str, Finding]
    first: str = ""
    cause: str = ""
    layers: dict[str, dict[str, Finding]] = field(default_factory=dict)
    map: list[list[float]] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether every error is inside a budget that decides anything."""
        return self.answer == "equal"

    @property
    def answer(self) -> str:
        """equal, undecided or differs: the worst that any quantity gives."""
        return worst(finding.answer for finding in self.quantities.values())

    @property
    def doubtful(self) -> bool:
        """Whether more runs might explain why it differs: after steps alone, and not `FAR`."""
        apart = {name: f for name, f in self.quantities.items() if f.answer == "differs"}
        steps = all(name.startswith("step ") and f.error <= FAR for name, f in apart.items())
        return bool(apart) and steps


@dataclass
class Noise:
    """What rounding alone does to a model: the reference in float32 against itself in float64.

    `one_pass` holds the largest error of any array: outputs, predictions, loss, gradients.
    `distances` are those after steps, the largest of `runs` runs, because where training amplifies
    rounding (a ReLU unit that falls on the other side of zero) one run may be lucky. All
    trajectories are batches of `batch_size` from `samples` samples: fewer for a model whose samples
    cost much.
    """

    model: str
    distances: dict[str, float] = field(default_factory=dict)
    batch_size: int = BATCH_SIZE
    samples: int = 0
    runs: int = 0
    one_pass: dict[str, float] = field(default_factory=dict)

    def of(self, quantity: str) -> float | None:
        """The distance of a quantity of a verdict; of outputs those of predictions too."""
        if quantity.startswith("step "):
            return self.distances.get(quantity.removeprefix("step "))
        names = ("outputs", "predictions") if quantity == "outputs" else (quantity,)
        return max((self.one_pass[name] for name in names if name in self.one_pass), default=None)
