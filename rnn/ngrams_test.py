"""Counting: against loops and dictionaries, and against what the texts are known to give."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.randomness import generator
from brain.sampling import Sampling, written
from brain.testing.refusals import refusal
from rnn.ngrams import NGramReader, NGrams

SIZE = 5
TEXT = generator(0, "n-grams").choice(SIZE - 1, 300, p=[0.6, 0.2, 0.15, 0.05])  # 4 never occurs


def plain(text: list[int], size: int, order: int, context: list[int], character: int) -> float:
    """The probability of a character after a context, as Witten and Bell wrote it, by recursion."""
    context = context[max(len(context) - (order - 1), 0) :]

    def interpolated(context: tuple[int, ...]) -> float:
        shorter = interpolated(context[1:]) if context else 1 / size
        k = len(context)
        followers = Counter(
            text[i + k] for i in range(len(text) - k) if tuple(text[i : i + k]) == context
        )
        total, kinds = sum(followers.values()), len(followers)
        if not total:
            return shorter
        own = total / (total + kinds)
        return own * followers[character] / total + (1 - own) * shorter

    return interpolated(tuple(context))


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_the_probabilities_are_those_of_a_loop(order: int) -> None:
    counted = NGrams(TEXT, SIZE, order)
    contexts = generator(1, "contexts").integers(0, SIZE, (40, 4))
    p = counted.probabilities(contexts)
    wanted = [
        [plain(TEXT.tolist(), SIZE, order, context, j) for j in range(SIZE)]
        for context in contexts.tolist()
    ]
    np.testing.assert_allclose(p, wanted, rtol=1e-13)


@given(
    st.lists(st.integers(0, 6), min_size=4, max_size=30),
    st.integers(1, 4),
    st.lists(st.integers(0, 6), max_size=6),
)
def test_they_sum_to_1_after_anything(text: list[int], order: int, context: list[int]) -> None:
    p = NGrams(text, 7, order).probabilities(np.array([context], dtype=np.int64))[0]
    assert (p > 0).all()
    assert p.sum() == pytest.approx(1, abs=1e-12)


def test_a_context_never_seen_is_judged_by_a_shorter_one() -> None:
    counted = NGrams(TEXT, SIZE, 3)
    pairs = NGrams(TEXT, SIZE, 2)
    unseen, after = np.array([[4, 0]]), np.array([[0]])
    np.testing.assert_array_equal(counted.probabilities(unseen), pairs.probabilities(after))
    nothing = np.zeros((1, 0), dtype=np.int64)
    unigram = NGrams(TEXT, SIZE, 1).probabilities(nothing)
    np.testing.assert_array_equal(counted.probabilities([[0, 4]]), unigram)


def test_a_text_is_judged_character_by_character() -> None:
    counted = NGrams(TEXT, SIZE, 3)
    new = generator(2, "new").integers(0, SIZE, 50)
    p = counted.foretold(new, 50)
    for i in range(50):
        context = new[max(i - 2, 0) : i]
        assert p[i] == counted.probabilities(context[None])[0, new[i]]
    np.testing.assert_array_equal(counted.foretold(new, 7), p[-7:])


def test_nothing_of_the_held_out_part_is_counted() -> None:
    counted = NGrams(TEXT[:200], SIZE, 3)
    seen: dict[tuple[int, int], int] = defaultdict(int)
    for pair in zip(TEXT[:199].tolist(), TEXT[1:200].tolist(), strict=True):
        seen[pair] += 1
    pairs = counted.counts[1]
    assert {divmod(int(g), SIZE): int(n) for g, n in zip(pairs.grams, pairs.seen, strict=True)} == (
        dict(seen)
    )


def test_it_writes() -> None:
    cycle = NGramReader(NGrams(np.tile([0, 1, 2], 200), 3, order=3))
    assert list(written(cycle, [0], 7, Sampling(0.0))) == [1, 2, 0, 1, 2, 0, 1]
    counted = NGrams(TEXT, SIZE, 1)
    drawn = list(written(NGramReader(counted), [0], 3000, Sampling()))
    shares = np.bincount(drawn, minlength=SIZE) / 3000
    np.testing.assert_allclose(shares, counted.probabilities([[]])[0], atol=0.04)


@pytest.mark.parametrize(
    ("ids", "size", "order", "words"),
    [
        ([0, 1], 2, 0, "n-grams of 0 characters out of 2 cannot be counted"),
        ([0, 1], 100, 10, "n-grams of 10 characters out of 100 cannot be counted"),
        ([0, 1], 2, 3, "a text of 2 characters holds no stretch of 3"),
        ([], 2, 1, "a text of 0 characters holds no stretch of 1"),
        ([0, 2], 2, 1, "ids must lie in 0..1, not 0..2"),
        ([-1, 1], 2, 1, "ids must lie in 0..1, not -1..1"),
    ],
)
def test_bad_input_is_one_sentence(ids: list[int], size: int, order: int, words: str) -> None:
    assert words in refusal(lambda: NGrams(ids, size, order))
