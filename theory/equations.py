"""How the pages' equations are held against the code: for the tests beside the pages.

Every numbered equation is written once more from its page, in a test that is named after page and
equation; those of derivatives also meet central differences. All in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.randomness import generator

Array = NDArray[Any]

STEP = 1e-5
# A central difference errs by STEP^2 / 6 of a third derivative and by eps / STEP of the value, both
# near 1e-11 for values near 1; the values here stay below 100.
NUMERICAL = 2e-9
# The page's form and the code's differ by some roundings of 1e-16.
ROUNDING = 1e-13
MANY = 20_000
# The variance of n normal draws is known to sqrt(2 / n), 1 % of it for n = MANY, half of it for
# uniform draws; four times that. The draws are always the same ones.
CHANCE = 0.04


def normal(label: str, *shape: int) -> Array:
    return generator(5, f"theory {label}").standard_normal(shape)


def slope(f: Callable[[Array], Any], x: Array) -> Array:
    """The gradient of the number f(x) by central differences, one number of x at a time."""
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        h = np.zeros_like(x)
        h[place] = STEP
        gradient[place] = (f(x + h) - f(x - h)) / (2 * STEP)
    return gradient


def same(a: Any, b: Any) -> None:
    np.testing.assert_allclose(a, b, rtol=ROUNDING, atol=ROUNDING)


def near(a: Any, b: Any) -> None:
    np.testing.assert_allclose(a, b, rtol=NUMERICAL, atol=NUMERICAL)


def chance(a: Any, b: Any, tolerance: float = CHANCE) -> None:
    np.testing.assert_allclose(a, b, rtol=tolerance)


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
