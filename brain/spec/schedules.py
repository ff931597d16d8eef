"""The learning rate as a function of the step: `lr = schedule(step)`, step counted from 0.

Computed here in Python, in float64, and handed to every engine, so that no engine's own schedule
can differ. theory/optimizers.md (13) to (17) has the formulas.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from brain.errors import UserError
from brain.spec.declaration import Count, Declaration, NonNegative, Positive, declaration


class Schedule(Declaration):
    """The base of all schedules: call one with a step number to get the learning rate."""

    def __call__(self, step: int) -> float:
        raise NotImplementedError


@declaration
class Constant(Schedule):
    """The same learning rate at every step."""

    lr: Positive

    def __call__(self, step: int) -> float:
        return self.lr


@declaration
class Step(Schedule):
    """Multiplied by `factor` after every `every` steps."""

    lr: Positive
    every: Count
    factor: Positive = 0.1

    def __call__(self, step: int) -> float:
        return self.lr * self.factor ** (step // self.every)


@declaration
class Exponential(Schedule):
    """`lr * rate ** step`."""

    lr: Positive
    rate: Annotated[float, Field(gt=0, le=1)]

    def __call__(self, step: int) -> float:
        return self.lr * self.rate**step


@declaration
class Cosine(Schedule):
    """Half a cosine from `lr` down to `final_lr` in `steps` steps, then flat.

    Loshchilov and Hutter, "SGDR" (2017), eq. 5, without restarts.
    """

    lr: Positive
    steps: Count
    final_lr: NonNegative = 0.0

    def __call__(self, step: int) -> float:
        done = min(step / self.steps, 1.0)
        return self.final_lr + (self.lr - self.final_lr) * (1 + math.cos(math.pi * done)) / 2


@declaration
class LinearWarmup(Schedule):
    """Rises from `after(0) / steps` to `after(0)` in `steps` steps, then follows `after`.

    `after` is a schedule whose own steps count from the end of the warm-up (Goyal et al. 2017,
    section 2.2).
    """

    steps: Count
    after: AnySchedule

    def __call__(self, step: int) -> float:
        if step < self.steps:
            return self.after(0) * (step + 1) / self.steps
        return self.after(step - self.steps)


@declaration
class OneCycle(Schedule):
    """Cosine up from `lr / start_divisor` to `lr`, then cosine down to `lr / end_divisor`.

    The rise takes the first `rise` of `steps` steps; after `steps` it stays at the end value
    (Smith and Topin, "Super-Convergence", 2018).
    """

    lr: Positive
    steps: Annotated[int, Field(ge=2)]
    rise: Annotated[float, Field(gt=0, lt=1)] = 0.3
    start_divisor: Annotated[float, Field(ge=1)] = 25.0
    end_divisor: Annotated[float, Field(ge=1)] = 1e4

    def __call__(self, step: int) -> float:
        top = self.rise * self.steps
        if step < top:
            return _cosine_between(self.lr / self.start_divisor, self.lr, step / top)
        done = min((step - top) / (self.steps - top), 1.0)
        return _cosine_between(self.lr, self.lr / self.end_divisor, done)


def _cosine_between(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2


if TYPE_CHECKING:
    AnySchedule = Schedule
else:
    AnySchedule = Annotated[
        Union[Constant, Step, Exponential, Cosine, LinearWarmup, OneCycle],  # noqa: UP007
        Field(discriminator="kind"),
    ]


def learning_rate(lr: float | Schedule, step: int) -> float:
    """The learning rate at `step`, whether `lr` is a number or a schedule.

    Raises UserError when a schedule gives a value that no optimizer can use.
    """
    try:
        value = lr(step) if isinstance(lr, Schedule) else lr
    except OverflowError:
        value = math.inf
    if not (math.isfinite(value) and value >= 0):
        raise UserError(f"the schedule {lr} gives the learning rate {value} at step {step}.")
    return value
