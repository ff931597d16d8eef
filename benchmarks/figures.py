"""Numbers of repeated measurements: medians, quartiles, ratios of the same rounds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

NOISY = 0.15
"""An interquartile range above this share of the median is told: the machine was disturbed."""
SETTLED = 0.03
"""Rounds end early when every ratio's median is known to this share."""
LEAST_ROUNDS = 5

Rounds = Sequence[Sequence[float]]
"""Samples by round, seconds of one call each."""


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    low: float
    median: float
    high: float

    @property
    def noisy(self) -> bool:
        return self.high - self.low > NOISY * self.median


def spread(values: Sequence[float]) -> Spread:
    """Median and quartiles of one value or more."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(low, middle, high)


def of_rounds(rounds: Rounds) -> Spread:
    """Of the medians of the rounds: how a machine differs with itself from minute to minute."""
    return spread([statistics.median(samples) for samples in rounds if samples])


def ratio(mine: Rounds, base: Rounds) -> Spread | None:
    """Of the rounds' ratios: what slows one round slows both. None where they share no round."""
    pairs = zip(mine, base, strict=False)  # an interrupted round may lack one of them
    ratios = [statistics.median(a) / statistics.median(b) for a, b in pairs if a and b]
    return spread(ratios) if ratios else None


def settled(rounds: Sequence[Rounds]) -> bool:
    """Whether more rounds would change no ratio to the first much: IQR / sqrt(n) is small."""
    number = min(len(one) for one in rounds)
    if number < LEAST_ROUNDS:
        return False
    found = [ratio(one, rounds[0]) or spread([1.0]) for one in rounds[1:]] or [of_rounds(rounds[0])]
    return all((s.high - s.low) / number**0.5 < SETTLED * s.median for s in found)


def geometric_mean(values: Sequence[float]) -> float:
    """The mean of ratios."""
    return statistics.geometric_mean(values)


def written(seconds: float) -> str:
    """Seconds with three digits: 12.3 us, 4.56 ms, 78.9 s."""
    unit, size = _unit(seconds)
    return f"{_digits(seconds / size)} {unit}"


def between(spread: Spread) -> str:
    """The quartiles in the unit of the median: 12.1-12.9."""
    _, size = _unit(spread.median)
    return f"{_digits(spread.low / size)}-{_digits(spread.high / size)}"


def _unit(seconds: float) -> tuple[str, float]:
    return next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if seconds >= s), ("us", 1e-6))


def _digits(number: float) -> str:
    return f"{number:.0f}" if number >= 999.5 else f"{number:#.3g}".rstrip(".")
