"""What is written down of a run, beside its arrays: `run.json`."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated

from pydantic import Field

from brain.errors import UserError
from brain.spec.declaration import Count, Declaration, Loose, NonNegative, declaration
from brain.spec.recipe import Recipe

Whole = Annotated[int, Field(ge=0, lt=2**63)]


@declaration
class Epoch(Declaration):
    """The metrics after one epoch, on the rows that the recipe judges by; and how long it took.

    `seconds` counts with the evaluation; two epochs are equal whatever it is.
    """

    epoch: Count
    metrics: dict[str, float]
    seconds: NonNegative = field(default=0.0, compare=False)


@declaration
class Run(Declaration):
    """A training, finished or stopped at `step` of `steps`: all that is needed to go on with it.

    `history` has the metrics of every epoch that is over; `test` those on the test rows, once the
    run is finished. `versions` names what it was computed with, `saved` is the time in UTC (ISO
    8601), `seconds` the training time so far, `resumed` the version that it goes on from, and
    `training_rows` a checksum of the rows it learns from, `inputs` the least and the largest number
    in them.
    """

    recipe: Recipe
    engine: str
    device: str
    step: Whole
    steps: Count
    finished: bool = False
    history: Annotated[tuple[Epoch, ...], Loose] = ()
    test: dict[str, float] = Field(default_factory=dict)
    classes: Annotated[tuple[str, ...], Loose] = ()
    seconds: NonNegative = 0.0
    versions: dict[str, str] = Field(default_factory=dict)
    saved: str = ""
    resumed: str | None = None
    checkpoint_every: Count | None = None
    training_rows: str = ""
    inputs: Annotated[tuple[float, float], Loose] | None = None

    def __post_init__(self) -> None:
        if self.step > self.steps:
            raise UserError(f"step: it is {self.step}, and the training has {self.steps} steps.")

    @property
    def metrics(self) -> dict[str, float]:
        """The newest there are: on the test rows, or else after the last epoch; or none."""
        newest = self.history[-1].metrics if self.history else {}
        return self.test or newest

    @property
    def judged_by(self) -> str:
        """The rows that `metrics` are of: "test" rows, or rows that were "held out"."""
        return "held out" if self.history and self.recipe.hold_out and not self.test else "test"
