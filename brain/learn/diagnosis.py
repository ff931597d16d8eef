"""Why an answer is wrong: mistakes that are known by the numbers they give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from brain.learn.exercise import Answer
from brain.learn.verdicts import difference, numeric

Pair = tuple[np.ndarray, np.ndarray, Answer]


def common(expected: Sequence[Answer], got: Sequence[Answer], tolerance: float) -> str | None:
    """A mistake that is common to many exercises, if it explains every answer that is wrong."""
    pairs = [pair for one in zip(expected, got, strict=False) for pair in arrays(*one)]
    wrong = [pair for pair in pairs if difference(pair[0], pair[1], tolerance)]
    if not wrong:
        return listed(expected, got)
    for known in (not_finite, whole, turned, shaped, summed, scaled, shifted, same_for_all):
        if says := known(wrong, tolerance):
            return says
    return None


ERRORS = (
    (r"name 'np' is not defined", "NumPy is not imported: write `import numpy as np` at the top"),
    (r"^EOFError", "an exercise asks nobody (`input`): what it needs are its arguments"),
    (
        r"mismatch in its core dimension",
        "the shapes do not fit a matrix product: (N, D) @ (D, K), with the same D, gives (N, K)",
    ),
    (
        r"could not be broadcast together",
        "the shapes do not fit, number by number: held against each other from the last axis on, "
        "lengths must be equal, or one of them 1",
    ),
    (
        r"Cannot interpret .* as a data type",
        "the shape is one argument, a tuple: np.zeros((N, K))",
    ),
    (
        r"object has no attribute '(W1|b1|W2|b2)'",
        "a method's own names end with it: what is to last is kept on self, as self.W1",
    ),
    (
        r"only integers, slices|cannot be interpreted as an integer",
        "a count or an index must be an integer: // divides to one, int(...) makes one",
    ),
    (r"^RecursionError", "it calls itself without end"),
)
"""What errors that beginners meet come from, by what Python says."""


def error(says: str) -> str | None:
    """Why an error came, if it is one that many meet."""
    return next((why for known, why in ERRORS if re.search(known, says)), None)


def listed(wrong: Sequence[Answer], got: Sequence[Answer]) -> str | None:
    """A list in place of an array."""
    for right, answer in zip(wrong, got, strict=False):
        if isinstance(right.value, np.ndarray) and isinstance(answer.value, list | tuple):
            return "it is a list, and an array is asked for: np.array(...) makes one of it"
    return None


def arrays(right: Answer, answer: Answer) -> list[Pair]:
    """The arrays of an answer beside those of the solution, those in tuples one by one."""
    if len(flat(right.value)) != len(flat(answer.value)):
        return []
    return [
        (wanted, given, right)
        for a, b in zip(flat(right.value), flat(answer.value), strict=False)
        if (wanted := numeric(a)) is not None and (given := numeric(b)) is not None
    ]


def flat(value: Any) -> list[Any]:
    """The values in nested tuples, lists and dictionaries, in order."""
    value = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, tuple | list):
        return [part for one in value for part in flat(one)]
    return [value]


def equal(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    return difference(a, b, tolerance) is None


def not_finite(wrong: Sequence[Pair], _: float) -> str | None:
    """Overflow, or a logarithm or quotient of 0."""
    if all(
        np.isfinite(wanted).all() and not np.isfinite(given).all() for wanted, given, _ in wrong
    ):
        if any(np.isnan(given).any() for _, given, _ in wrong):
            return ("some numbers are nan: inf / inf or 0 / 0, say after an overflow of an "
                    "exponential (subtract the maximum first) or at log(0)")  # fmt: skip
        return "some numbers are infinite: an overflow, a division by 0 or log(0)"
    return None


def whole(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """Fractions cut off."""
    cut = all(equal(np.trunc(wanted), given, tolerance) for wanted, given, _ in wrong)
    if cut and any(np.any(given) for _, given, _ in wrong):
        return "the fractions are cut off: an array of integers keeps none (or // stands for /)"
    return None


def turned(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """Transposed."""
    if all(w.ndim == 2 and equal(w.T, given, tolerance) for w, given, _ in wrong):
        return "transposed: rows and columns are exchanged"
    return None


def shaped(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """The right numbers in another shape, or a sum over too much or too little."""
    reshaped = all(w.size == g.size and w.shape != g.shape for w, g, _ in wrong)
    if reshaped and all(equal(w.ravel(), g.ravel(), tolerance) for w, g, _ in wrong):
        return "the numbers are right, the shape is not (an axis of length 1 more or less?)"
    if all(w.shape != () and g.shape == () and equal(w.sum(), g, tolerance) for w, g, _ in wrong):
        return "this is the sum over everything: name the axis, sum(axis=...)"
    for axis, name in ((0, "rows (axis 0)"), (1, "columns (axis 1)")):
        if all(g.ndim > axis and equal(w, g.sum(axis=axis), tolerance) for w, g, _ in wrong):
            return f"the sum over the {name} is missing"
    return None


def summed(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """N times too large or too small, N being a length of an argument."""
    factors = [ratio(wanted, given, tolerance) for wanted, given, _ in wrong]
    if any(factor is None for factor in factors):
        return None
    given = np.array([factor or 0.0 for factor in factors])
    lengths = zip(*(answer.lengths for *_, answer in wrong), strict=False)
    for axis in lengths:  # the same axis of the same argument in every question
        n = np.array(axis, float)
        if (n > 1).all() and np.allclose(given, n, rtol=1e-6):
            return "off by 1/N: summed instead of averaged"
        if (n > 1).all() and np.allclose(given * n, 1, rtol=1e-6):
            return "off by N: averaged instead of summed (or averaged twice)"
    return None


def scaled(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """The same factor everywhere."""
    factors = [ratio(wanted, given, tolerance) for wanted, given, _ in wrong]
    if any(f is None for f in factors) or not factors:
        return None
    first = float(factors[0] or 0)
    if any(abs(float(f or 0) - first) > 1e-6 * abs(first) for f in factors):
        return None
    named = {
        -1.0: "the sign is the other one",
        2.0: "twice too large",
        0.5: "half of what it should be",
    }
    many = sum(w.size for w, *_ in wrong) > 1  # any number is some multiple of any other
    unnamed = f"everything is {first:.4g} times what it should be" if many else None
    return named.get(round(first, 6), unnamed)


def ratio(wanted: np.ndarray, given: np.ndarray, tolerance: float) -> float | None:
    """The one factor from `wanted` to `given`, or None."""
    if wanted.shape != given.shape or not np.any(wanted):
        return None
    w, g = wanted.astype(float).ravel(), given.astype(float).ravel()
    if not np.isfinite(g).all() or not np.isfinite(w).all():
        return None
    with np.errstate(all="ignore"):
        factor = float(g @ w / (w @ w))
        return factor if factor and equal(w * factor, g, tolerance) else None


def shifted(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """The same number added everywhere."""
    if any(w.shape != g.shape or not np.isfinite(g).all() for w, g, _ in wrong):
        return None
    shifts = [float(np.mean(g.astype(float) - w)) for w, g, _ in wrong]
    alike = max(shifts) - min(shifts) < 1e-6 and sum(w.size for w, *_ in wrong) > len(wrong)
    if alike and all(equal(w + shifts[0], g, tolerance) for w, g, _ in wrong):
        return f"everything is shifted by {shifts[0]:.4g}"
    return None


def same_for_all(wrong: Sequence[Pair], tolerance: float) -> str | None:
    """An answer that does not hang on the question."""
    given = [g for _, g, _ in wrong]
    differ = any(difference(a[0], b[0], tolerance) for a, b in pairwise(wrong))
    if len(given) > 1 and differ and all(equal(a, b, tolerance) for a, b in pairwise(given)):
        return "it gives the same answer whatever it is asked"
    return None
