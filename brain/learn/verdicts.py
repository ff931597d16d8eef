"""Answers held against those of the solution: the first that is wrong, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from brain.errors import brief
from brain.learn.answers import Odd, told
from brain.learn.exercise import Answer


@dataclass(frozen=True)
class Wrong:
    """One wrong answer, for a human to read."""

    asked: str
    expected: str
    got: str
    how: str
    """What is wrong with it: kind, shape, or the largest error and the first wrong index."""


def first_wrong(
    expected: Sequence[Answer], got: Sequence[Answer], tolerance: float
) -> Wrong | None:
    """The first answer that is not as expected, or None."""
    for right, answer in zip(expected, got, strict=False):
        if how := difference(right.value, answer.value, tolerance):
            return Wrong(right.label, shaped(right.value), shaped(answer.value), how)
        if answer.changes and not right.changes:
            how = "it changes the array that it is given: its argument must stay as it was"
            return Wrong(right.label, shaped(right.value), shaped(answer.value), how)
    if len(got) < len(expected):
        right = expected[len(got)]
        return Wrong(right.label, shaped(right.value), "no answer", "it ended too early")
    return None


def instead(expected: Sequence[Answer], heard: int, asked: str, error: str) -> Wrong | None:
    """What was expected where, after `heard` answers, an error came to what was `asked`."""
    if heard >= len(expected) or expected[heard].label != asked:
        return None
    return Wrong(asked, shaped(expected[heard].value), error, "an error came instead")


def verdict(
    judge: Callable[[Sequence[Answer]], str | None], answers: Sequence[Answer], least: int
) -> str | None:
    """What a judge says; answers of a kind that it cannot judge are wrong, and so are too few."""
    if len(answers) < least:
        return "it ended before all was asked"
    try:
        return judge(answers)
    except Exception as error:
        return f"what it returns is not of the kind that is asked for ({brief(error)})"


def shaped(value: Any) -> str:
    """A value with its shape."""
    if isinstance(value, np.ndarray):
        separator = "\n" if value.ndim > 1 else "  "
        return f"shape {value.shape}{separator}{told(value)}"
    return told(value)


def numeric(value: Any) -> np.ndarray | None:
    """A number or an array of numbers as an array, else None."""
    if isinstance(value, bool | int | float | np.generic | np.ndarray):
        return np.asarray(value)
    return None


def difference(expected: Any, got: Any, tolerance: float) -> str | None:
    """How `got` is not `expected`, in a few words, or None."""
    if got is None and expected is not None:
        return "it returns nothing: is a `return` missing?"
    wanted, given = numeric(expected), numeric(got)
    if wanted is not None and given is not None:
        return numbers(wanted, given, tolerance)
    if isinstance(expected, tuple | list):
        return parts(expected, got, tolerance)
    if isinstance(expected, dict):
        return entries(expected, got, tolerance)
    if wanted is not None or given is not None or isinstance(got, Odd):
        return f"it is {kind(got)}, not {kind(expected)}"
    return None if type(got) is type(expected) and got == expected else "it is another one"


def numbers(wanted: np.ndarray, given: np.ndarray, tolerance: float) -> str | None:
    """How arrays differ: in shape, or where and by how much."""
    if wanted.shape != given.shape:
        return f"the shape is {given.shape}, not {wanted.shape}"
    if wanted.size == 0:
        return None
    with np.errstate(all="ignore"):
        error = np.abs(given.astype(float) - wanted.astype(float))
        finite = np.abs(wanted[np.isfinite(wanted)])
        most = tolerance * max(1.0 if finite.size == 0 else float(finite.max()), 1e-3)
        same = (error <= most) | (given == wanted) | (np.isnan(given) & np.isnan(wanted))
    if same.all():
        return None
    index = tuple(int(i) for i in np.argwhere(~same)[0])
    largest = error[~same].max() if np.isfinite(error[~same]).all() else np.inf
    if not wanted.shape:
        return f"the error is {largest:.3g}" if np.isfinite(given) else f"it is {given}"
    share = f"{np.count_nonzero(~same)} of {same.size} numbers are wrong, "
    where = ", ".join(map(str, index))
    return f"{share}the first at [{where}]; the largest error is {largest:.3g}"


def parts(expected: tuple[Any, ...] | list[Any], got: Any, tolerance: float) -> str | None:
    """How a tuple or list differs; either serves as the other."""
    if isinstance(got, np.ndarray) and len(got.shape) and len(got) == len(expected):
        got = list(got)
        got = [part.item() if not part.shape else part for part in got]
    if not isinstance(got, tuple | list):
        return f"it is {kind(got)}, not {len(expected)} values"
    if len(got) != len(expected):
        return f"there are {len(got)} values, not {len(expected)}"
    for place, (right, answer) in enumerate(zip(expected, got, strict=True)):
        if how := difference(right, answer, tolerance):
            return f"value {place + 1} of {len(expected)}: {how}"
    return None


def entries(expected: dict[Any, Any], got: Any, tolerance: float) -> str | None:
    """How a dictionary differs."""
    if not isinstance(got, dict):
        return f"it is {kind(got)}, not a dictionary"
    if expected.keys() != got.keys():
        return f"its keys are {told(sorted(map(str, got)))}, not {told(sorted(map(str, expected)))}"
    for key, right in expected.items():
        if how := difference(right, got[key], tolerance):
            return f"{key}: {how}"
    return None


def kind(value: Any) -> str:
    """What a value is, in a word."""
    if isinstance(value, Odd):
        return str(value).partition(":")[0]
    if isinstance(value, np.ndarray):
        return "an array"
    names = {bool: "True or False", int: "a number", float: "a number", str: "a text"}
    names |= {dict: "a dictionary", type(None): "None"}
    found = names.get(type(value))
    return found or f"{len(value)} values"
