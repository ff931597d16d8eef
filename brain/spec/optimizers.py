"""The optimizers: their constants, and what they remember between steps.

The mathematics is in theory/optimizers.md; each engine writes it down once. In all of them the
gradient is clipped first (`clip_norm`, the global norm), then the weight decay is added, and only
then does the rule of the optimizer begin; AdamW alone decays the weights instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Discriminator, Field, Tag

from brain.errors import UserError
from brain.spec.declaration import Declaration, Fraction, NonNegative, Positive, declaration
from brain.spec.schedules import AnySchedule, Schedule, learning_rate


def _number_or_schedule(value: object) -> str:
    return "Schedule" if isinstance(value, dict | Schedule) else "Number"


Rate = Annotated[
    Union[Annotated[Positive, Tag("Number")], Annotated[AnySchedule, Tag("Schedule")]],  # noqa: UP007
    Discriminator(_number_or_schedule),
]


class Optimizer(Declaration):
    """The base of all optimizers."""

    lr: Rate
    weight_decay: float
    clip_norm: float | None

    def rate(self, step: int) -> float:
        """The learning rate at `step`, counted from 0."""
        return learning_rate(self.lr, step)

    @property
    def remembers(self) -> tuple[str, ...]:
        """Names of the arrays, each of a parameter's shape, that are kept for each parameter."""
        raise NotImplementedError


@declaration
class SGD(Optimizer):
    """Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever 2013).

    v <- momentum * v + g;  w <- w - lr * v  (Nesterov: w - lr * (g + momentum * v)).
    """

    lr: Rate
    momentum: Fraction = 0.0
    nesterov: bool = False
    weight_decay: NonNegative = 0.0
    clip_norm: Positive | None = None

    def __post_init__(self) -> None:
        if self.nesterov and not self.momentum:
            raise UserError("nesterov needs a momentum above 0.")

    @property
    def remembers(self) -> tuple[str, ...]:
        return ("velocity",) if self.momentum else ()


@declaration
class AdaGrad(Optimizer):
    """s <- s + g^2;  w <- w - lr * g / (sqrt(s) + eps), s from 0 (Duchi et al. 2011)."""

    lr: Rate
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    clip_norm: Positive | None = None

    @property
    def remembers(self) -> tuple[str, ...]:
        return ("sum_of_squares",)


@declaration
class RMSprop(Optimizer):
    """s <- rho * s + (1 - rho) * g^2;  w <- w - lr * g / (sqrt(s) + eps) (Hinton 2012)."""

    lr: Rate
    rho: Fraction = 0.9
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    clip_norm: Positive | None = None

    @property
    def remembers(self) -> tuple[str, ...]:
        return ("mean_square",)


@declaration
class Adam(Optimizer):
    """w <- w - lr * mhat / (sqrt(vhat) + eps), both bias-corrected (Kingma and Ba 2015, alg. 1)."""

    lr: Rate
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    clip_norm: Positive | None = None

    @property
    def remembers(self) -> tuple[str, ...]:
        return ("first_moment", "second_moment")


@declaration
class AdamW(Optimizer):
    """Adam after w <- w - lr * weight_decay * w (Loshchilov and Hutter 2019, alg. 2).

    The paper leaves the base rate out of the decay's factor; here it is in, as in PyTorch.
    """

    lr: Rate
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.01
    clip_norm: Positive | None = None

    @property
    def remembers(self) -> tuple[str, ...]:
        return ("first_moment", "second_moment")


if TYPE_CHECKING:
    AnyOptimizer = Optimizer
else:
    AnyOptimizer = Annotated[
        Union[SGD, AdaGrad, RMSprop, Adam, AdamW],  # noqa: UP007
        Field(discriminator="kind"),
    ]
