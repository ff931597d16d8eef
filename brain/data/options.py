"""What a data set's options may be: each check returns the value, or says what was wanted."""

from __future__ import annotations

from numbers import Integral, Real

from brain.errors import UserError

SEEDS = (0, 2**64 - 1)


def whole_number(option: str, value: object, low: int, high: int) -> int:
    """`value` as an int, when it is a whole number from `low` to `high`; else a UserError."""
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high:
        return int(value)
    raise UserError(f"{option} must be a whole number from {low:,} to {high:,}, not {value!r}.")


def real_number(option: str, value: object, low: float, high: float) -> float:
    """`value` as a float, when it is a number from `low` to `high`; else a UserError.

    NaN lies in no range.
    """
    if isinstance(value, Real) and not isinstance(value, bool) and low <= float(value) <= high:
        return float(value)
    raise UserError(f"{option} must be a number from {low:g} to {high:g}, not {value!r}.")
