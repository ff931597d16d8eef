"""A recipe: one whole training run, written down so that any engine can repeat it."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from brain.spec.declaration import Count, Declaration, declaration
from brain.spec.model import Model
from brain.spec.optimizers import AnyOptimizer


@declaration
class Recipe(Declaration):
    """Model, data set, optimizer, epochs, batch size and seed of a run.

    `data` is a name that `brain.data.load` knows; the seed decides initial values, batch order
    and dropout masks, and nothing else is random.
    """

    model: Model
    data: str
    optimizer: AnyOptimizer
    epochs: Count
    batch_size: Count = 32
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    dtype: Literal["float32", "float64"] = "float32"


def steps_in(samples: int, batch_size: int, epochs: int = 1) -> int:
    """How many steps `epochs` passes over `samples` take; the last short batch is kept."""
    return epochs * math.ceil(samples / batch_size)
