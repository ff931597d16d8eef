"""A recipe: one whole training run, written down so that any engine can repeat it."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field

from brain.spec.augmentations import AnyAugmentation
from brain.spec.declaration import Count, Declaration, Fraction, Loose, declaration
from brain.spec.model import Model
from brain.spec.optimizers import AnyOptimizer

Options = dict[str, bool | int | float | str]
"""What a data set is asked for, by name: `{"length": 100}`."""


@declaration
class Recipe(Declaration):
    """Model, data set, optimizer, epochs, batch size and seed of a run.

    `data` is a name that `brain.data.load` knows, `options` are the set's own, and `rows` the most
    that are taken of its training and of its test part (`brain.recipes.data_of`). The seed decides
    initial values, batch order, dropout masks, augmentation and which rows are held out, and
    nothing else is random. `hold_out` is the share of the training rows that are set aside to judge
    by, in place of the test rows; with `patience` the training ends after so many epochs without a
    better loss. `augmentation` varies the pictures of each training step, in this order; those that
    are judged stay as they are. `name` is that of the file in `cnn/recipes` or `rnn/recipes` that
    it comes from, if any.
    """

    model: Model
    data: str
    optimizer: AnyOptimizer
    epochs: Count
    batch_size: Count = 32
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    dtype: Literal["float32", "float64"] = "float32"
    hold_out: Fraction = 0.0
    patience: Count | None = None
    augmentation: Annotated[tuple[AnyAugmentation, ...], Loose] = ()
    options: Options = field(default_factory=dict, hash=False)
    rows: Count | None = None
    name: str = ""


def steps_in(samples: int, batch_size: int, epochs: int = 1) -> int:
    """How many steps `epochs` passes over `samples` take; the last short batch is kept."""
    return epochs * math.ceil(samples / batch_size)
