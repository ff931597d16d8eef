"""What counting gives: n-grams of characters, smoothed by Witten and Bell. theory/language.md

The baseline of every language model. V characters, M positions, k the order, 1 for unigrams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain.errors import UserError

Array = NDArray[Any]
Ids = NDArray[np.int64]

LARGEST = 2**62
"""A stretch of characters is kept as one number below this."""


@dataclass(frozen=True)
class Counts:
    """How often each stretch of k characters was seen, and what follows each stretch of k - 1.

    A stretch is one number, its characters' ids as the digits of a number to the base V, so that
    what came before the last character is the number divided by V. `grams` and `contexts` are
    sorted, and what is known of each stands in the same place.
    """

    grams: Ids
    seen: Ids  # of each gram, how often
    contexts: Ids
    followed: Ids  # of each context, how often anything followed it
    kinds: Ids  # and how many different characters did

    @classmethod
    def of(cls, stretches: Ids, size: int) -> Counts:
        grams, seen = np.unique(stretches, return_counts=True)
        # grams of one context stand side by side
        contexts, first, kinds = np.unique(grams // size, return_index=True, return_counts=True)
        return cls(grams, seen, contexts, np.add.reduceat(seen, first), kinds)


class NGrams:
    """The interpolated n-gram model of Witten and Bell over characters, learnt from a text.

    `ids` is the training text `(M,)`, `size` how many characters there are, V; `order` is n: what
    follows is judged by the n - 1 characters before it. Every character has a probability above 0
    after anything, and they sum to 1.

    I. H. Witten and T. C. Bell, "The zero-frequency problem", IEEE Transactions on Information
    Theory 37 (1991), method C; interpolated as in S. F. Chen and J. Goodman, "An empirical study
    of smoothing techniques for language modeling", Computer Speech and Language 13 (1999),
    section 2.5.
    """

    def __init__(self, ids: ArrayLike, size: int, order: int = 5) -> None:
        ids = np.asarray(ids, dtype=np.int64)
        if order < 1 or size**order > LARGEST:
            raise UserError(
                f"n-grams of {order} characters out of {size} cannot be counted: choose an order "
                f"of 1 or more, with {size}^order at most 2^62."
            )
        if len(ids) < order:
            raise UserError(f"a text of {len(ids)} characters holds no stretch of {order}.")
        if not 0 <= ids.min() <= ids.max() < size:
            raise UserError(f"ids must lie in 0..{size - 1}, not {ids.min()}..{ids.max()}.")
        self.size, self.order = size, order
        self.counts = [Counts.of(_stretches(ids, k, size), size) for k in range(1, order + 1)]

    def probabilities(self, contexts: ArrayLike) -> NDArray[np.float64]:
        """Of every character after each context, `(M, c)` to `(M, V)`; c may be any, 0 as well.

        No more than the last n - 1 characters are looked at.
        """
        contexts = np.asarray(contexts, dtype=np.int64)
        longest = min(contexts.shape[1], self.order - 1)
        p = np.full((len(contexts), self.size), 1 / self.size)  # theory/language.md (7)
        for k in range(1, longest + 2):
            before = contexts[:, contexts.shape[1] - (k - 1) :]  # (M, k - 1)
            stretch = _stretches(before, k - 1, self.size, axis=1)  # (M, 1)
            p = self._mixed(k, stretch * self.size + np.arange(self.size), p)
        return p

    def foretold(self, ids: ArrayLike, judged: int) -> NDArray[np.float64]:
        """The probability given to each of the last `judged` characters of a text, `(judged,)`.

        Each by the characters before it in `ids` `(M,)`, which at the text's beginning are fewer.
        """
        ids = np.asarray(ids, dtype=np.int64)
        p = np.full(len(ids), 1 / self.size)
        for k in range(1, self.order + 1):
            p[k - 1 :] = self._mixed(k, _stretches(ids, k, self.size), p[k - 1 :])
        return p[len(ids) - judged :]

    def _mixed(self, k: int, grams: Ids, shorter: Array) -> Array:
        """What is counted for stretches of k, mixed with what `shorter` contexts say.

        The weight of the shorter is the number of characters that were new after the context, as a
        share of everything that followed it: how often it surprised. (4), (5), (6)
        """
        counts = self.counts[k - 1]
        seen = _found(counts.grams, counts.seen, grams)
        followed, kinds = (
            _found(counts.contexts, known, grams // self.size)
            for known in (counts.followed, counts.kinds)
        )
        mixed = (seen + kinds * shorter) / np.maximum(followed + kinds, 1)
        return np.where(followed > 0, mixed, shorter)  # (M,) or (M, V)


class NGramReader:
    """Reads a text with counted n-grams: a `brain.sampling.Reader`, so that they can write."""

    def __init__(self, counted: NGrams) -> None:
        self.counted, self.size = counted, counted.size
        self._read: list[int] = []

    def read(self, character: int) -> NDArray[np.float64]:
        """The logits of what follows `character` and those that were read before it."""
        self._read = [*self._read, character][-self.counted.order :]
        return np.log(self.counted.probabilities([self._read])[0])


def _stretches(ids: Ids, k: int, size: int, axis: int = 0) -> Ids:
    """Every stretch of k consecutive ids as one number: `(M,)` to `(M - k + 1,)`; 0 for k = 0."""
    places = ids.shape[axis] - k + 1
    total = np.zeros((*ids.shape[:axis], places), dtype=np.int64)
    for j in range(k):
        total = total * size + np.take(ids, np.arange(j, j + places), axis=axis)
    return total


def _found(known: Ids, values: Ids, wanted: Ids) -> Ids:
    """The value of each that is wanted, 0 for what is not known."""
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, values[place], 0)
