"""How well a language model foretells a text that it never saw. theory/language.md

A text is judged by the mean of -log p over its characters, in nats; a bit is log 2 of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import data
from brain.data.dataset import part_of
from brain.engine import Network
from brain.errors import UserError
from brain.sampling import one_step
from brain.scores import probabilities
from rnn.ngrams import NGrams
from rnn.reading import resized

Array = NDArray[Any]

PIECE = 512
"""Characters that are read at once; what is found does not depend on it."""

ORDERS = {"unigram": 1, "bigram": 2, "5-gram": 5}
"""The baselines and their orders."""


@dataclass(frozen=True)
class Judged:
    """How well some characters were foretold."""

    nats: float  # a character
    characters: int

    @classmethod
    def of(cls, p: Array) -> Judged:
        """By the probability that each character was given. theory/language.md (1)"""
        return cls(float(-np.mean(np.log(p))), len(p))

    @property
    def bits(self) -> float:
        return self.nats / math.log(2)  # (2)

    @property
    def perplexity(self) -> float:
        """Among how many equally likely characters one would be as uncertain."""
        return math.exp(self.nats)  # (3)


@dataclass(frozen=True)
class Parts:
    """A text as ids `(M,)`, of which the last `judged` are held out; V characters."""

    ids: Array
    judged: int
    size: int

    @property
    def read(self) -> Array:
        """What may be learnt from."""
        return self.ids[: len(self.ids) - self.judged]


def parts(name: str, test_fraction: float = 0.1) -> Parts:
    """The text `name`, cut where `brain.data.load` cuts it."""
    text = data.text(name)
    ids = text.vocabulary.encode(text.text)
    judged = part_of(len(ids), test_fraction, what="characters")
    return Parts(ids, judged, len(text.vocabulary))


def held_out(net: Network, ids: ArrayLike, judged: int) -> Judged:
    """How well a network foretells the last `judged` characters of a text, read in order.

    The state at the end of each piece is where the next begins, so that every character is judged
    by all that was read since one before the first. `ids` is `(M,)`; a network that gives no answer
    at each step, or cannot be led through a text in pieces, is a UserError.
    """
    return Judged.of(np.concatenate(list(_foretold(net, np.asarray(ids), judged))))


def _foretold(net: Network, ids: Array, judged: int) -> Iterator[NDArray[np.float64]]:
    """The probability given to each of the last `judged` characters, piece by piece."""
    if len(one_step(net.model).output_shape) != 2:
        raise UserError(f"{net.model.name} answers after the last step alone, not at each one.")
    if not 0 < judged < len(ids):
        raise UserError(
            f"of {len(ids)} characters the last {judged} cannot be judged: one is read."
        )
    length = min(PIECE, judged)
    reader = resized(net, length)
    x, y = ids[-judged - 1 : -1], ids[-judged:]
    carry: dict[str, Array] = {}
    for start in range(0, judged, length):
        piece, answers = x[start : start + length], y[start : start + length]
        filled = np.pad(piece, (0, length - len(piece)))  # what is read last is not asked about
        z, carry = reader.predict(filled[None], carry=carry, return_carry=True)  # (1, T, V)
        p = probabilities(net.model.loss, z[0].astype(np.float64))
        yield p[np.arange(len(piece)), answers]


def baselines(text: Parts) -> dict[str, Judged]:
    """What counting gives on the characters that are held out, by name."""
    return {
        name: Judged.of(NGrams(text.read, text.size, order).foretold(text.ids, text.judged))
        for name, order in ORDERS.items()
    }
