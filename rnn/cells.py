"""Which cells of a network follow something that a reader can name: quotes, lines, words.

A. Karpathy, J. Johnson and L. Fei-Fei, "Visualizing and understanding recurrent networks", ICLR
workshop (2016), section 4.1. There cells were found by looking; here by correlation: a unit is
chosen on one part of a text, and how well it follows is measured on the rest, since the best of
many units would look good on the part that it was chosen by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.errors import UserError

Array = NDArray[Any]
Property = Callable[[str], Array]


class Found(NamedTuple):
    """The unit that follows a property most, and how well it does on text it was not chosen by."""

    what: str
    unit: int
    correlation: float  # Pearson's, -1 to 1


def inside_quotes(text: str) -> Array:
    """1 after an opening double quote, up to the closing one and with it."""
    toggles = np.cumsum([c == '"' for c in text])
    return ((toggles % 2 == 1) | np.array([c == '"' for c in text])).astype(float)


def inside_brackets(text: str) -> Array:
    """1 from an opening bracket, round or square, to its end."""
    depth = np.cumsum([(c in "([") - (c in ")]") for c in text])
    return (depth > 0).astype(float)


def since(stops: Callable[[str], bool]) -> Property:
    """How many characters came since the last one that `stops`; 0 at such a character."""

    def count(text: str) -> Array:
        steps, last = np.arange(len(text)), -1
        places = []
        for place, character in enumerate(text):
            last = place if stops(character) else last
            places.append(last)
        return (steps - np.array(places)).astype(float)

    return count


def each(holds: Callable[[str], bool]) -> Property:
    """1 at each character of which something holds."""
    return lambda text: np.array([holds(c) for c in text], dtype=float)


PROPERTIES: Mapping[str, Property] = {
    "place in the line": since(lambda c: c == "\n"),
    "place in the word": since(lambda c: not c.isalpha()),
    "place in the sentence": since(lambda c: c in ".!?:"),
    "quoted text": inside_quotes,
    "text in brackets": inside_brackets,
    "capital letters": each(str.isupper),
    "vowels": each(lambda c: c.lower() in "aeiouy"),
    "gaps between words": each(lambda c: c in " \n"),
    "punctuation": each(lambda c: c in ".,;:!?"),
}


def correlations(values: Array, followed: Array) -> Array:
    """Pearson's correlation of each unit of `values (T, H)` with `followed (T,)`: `(H,)`.

    0 where either does not change.
    """
    a = values - values.mean(axis=0)
    b = followed - followed.mean()
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
    return np.where(size > 1e-12, a.T @ b / np.maximum(size, 1e-12), 0.0)


def interesting(
    values: Array, text: str, properties: Mapping[str, Property] = PROPERTIES
) -> list[Found]:
    """For each property the unit of `values (T, H)` that follows it most, the clearest first.

    Chosen on the first half of `text`, measured on the second. A property that does not change in
    either half is left out.
    """
    if len(text) != len(values):
        raise UserError(f"there are {len(values)} states for a text of {len(text)} characters.")
    half, found = len(text) // 2, []
    for what, follow in properties.items():
        followed = follow(text)
        parts = followed[:half], followed[half:]
        if half < 2 or not all(np.ptp(part) for part in parts):
            continue
        unit = int(np.abs(correlations(values[:half], parts[0])).argmax())
        there = float(correlations(values[half:, [unit]], parts[1])[0])
        found.append(Found(what, unit, there))
    return sorted(found, key=lambda one: -abs(one.correlation))
