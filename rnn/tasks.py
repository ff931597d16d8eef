"""What the memory tasks cost a network that remembers nothing: the lines that a loss must pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from brain.data import Dataset
from brain.data.sequences import BLANK, LETTERS
from brain.errors import UserError

ADDING = 1 / 6  # theory/memory.md (9)


def without_memory(dataset: Dataset) -> float:
    """The best loss that can be had without a memory, for `adding` and `copy`.

    adding: always answering 1, a mean squared error of 1/6. copy: blanks first, then any letter;
    nats a step. theory/memory.md (9), (10)
    """
    if dataset.name == "adding":
        return ADDING
    if dataset.name == "copy":
        symbols = int((dataset.y_train[0] != BLANK).sum())
        return copying(symbols, dataset.y_train.shape[1])
    raise UserError(f"{dataset.name} is no memory task; those are adding and copy.")


def level(task: str, options: Mapping[str, Any]) -> tuple[float, str]:
    """`without_memory` of a task by the options of its data, and how it comes about."""
    if task == "adding":
        return ADDING, "1/6"
    symbols, delay = int(options.get("symbols", 10)), int(options.get("delay", 30))
    steps = delay + 2 * symbols
    return copying(symbols, steps), f"{symbols} log 8 / {steps}"


def copying(symbols: int, steps: int) -> float:
    """S log 8 / T nats a step. theory/memory.md (10)"""
    return symbols * math.log(len(LETTERS)) / steps
