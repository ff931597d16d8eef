"""How a weight starts. Drawn once, in NumPy, by `brain.parameters`; engines never draw.

`fan_in` and `fan_out` count what feeds into one unit and what it feeds (for a convolution, times
the kernel's cells). Biases start at zero, scales (gamma) at one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, Union

from pydantic import Field

from brain.errors import UserError
from brain.spec.declaration import Declaration, NonNegative, Number, Positive, declaration

Distribution = Literal["normal", "uniform"]


class Initializer(Declaration):
    """The base of all initialisers."""


@declaration
class He(Initializer):
    """Variance 2 / fan_in: keeps a ReLU network's signal alive (He et al. 2015, eq. 10)."""

    distribution: Distribution = "normal"


@declaration
class Glorot(Initializer):
    """Variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010, eq. 12 and 16)."""

    distribution: Distribution = "uniform"


@declaration
class Orthogonal(Initializer):
    """Orthonormal rows or columns, times `gain` (Saxe et al. 2014).

    A weight of more than two axes counts as a matrix: all but the last axis, by the last.
    """

    gain: Positive = 1.0


@declaration
class Normal(Initializer):
    """Independent normal draws, mean 0."""

    std: NonNegative = 0.01


@declaration
class Uniform(Initializer):
    """Independent draws, equally likely between `low` and `high`."""

    low: Number = -0.05
    high: Number = 0.05

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise UserError(f"low ({self.low}) must not be above high ({self.high}).")
        if not math.isfinite(self.high - self.low):
            raise UserError(f"low ({self.low}) and high ({self.high}) are too far apart.")


@declaration
class Constant(Initializer):
    """The same value everywhere."""

    value: Number = 0.0


if TYPE_CHECKING:
    AnyInitializer = Initializer
else:
    AnyInitializer = Annotated[
        Union[He, Glorot, Orthogonal, Normal, Uniform, Constant],  # noqa: UP007 (a table, one a line)
        Field(discriminator="kind"),
    ]
