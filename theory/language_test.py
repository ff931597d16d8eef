"""The equations of language.md, held against the code."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.sampling import NetworkReader, Sampling
from theory.equations import Array, near, normal, same

SIZE = 4
TEXT = np.array([0, 1, 0, 2, 1, 0, 1, 1, 0, 2, 0, 1, 2])  # 3 does not occur
Z = normal("logits", 6)
GRID = 1e-4
"""The sampler rounds logits to 2^-16; a probability changes by no more than a few of these."""


def n(stretch: tuple[int, ...]) -> int:
    """How often the text has it."""
    k = len(stretch)
    return sum(tuple(TEXT[i : i + k]) == stretch for i in range(len(TEXT) - k + 1))


def followed(c: tuple[int, ...]) -> int:
    return sum(n((*c, x)) for x in range(SIZE))


def kinds(c: tuple[int, ...]) -> int:
    return sum(n((*c, x)) > 0 for x in range(SIZE))


def p(order: int, c: tuple[int, ...]) -> Array:
    """What the code gives after a context of order - 1 characters, `(V,)`."""
    ngrams = pytest.importorskip("rnn.ngrams", reason="the folder rnn/ is not on this branch")
    context = np.array([c], dtype=np.int64).reshape(1, len(c))
    return ngrams.NGrams(TEXT, SIZE, order).probabilities(context)[0]


def judged(given: Array) -> Any:
    language = pytest.importorskip("rnn.language", reason="the folder rnn/ is not on this branch")
    return language.Judged.of(given)


def test_language_1_cross_entropy_of_a_text() -> None:
    given = np.array([0.5, 0.1, 0.9])
    same(judged(given).nats, -(math.log(0.5) + math.log(0.1) + math.log(0.9)) / 3)
    same(judged(given).nats, -math.log(0.5 * 0.1 * 0.9) / 3)


def test_language_2_3_bits_and_perplexity() -> None:
    found = judged(np.full(5, 1 / 16))
    same(found.bits, 4.0)
    same(found.perplexity, 16.0)
    mixed = judged(np.array([0.5, 0.125]))
    same(mixed.bits, 2.0)
    same(mixed.perplexity, 2**mixed.bits)


SEEN = [(0, 1), (1, 0), (2, 1)]


@pytest.mark.parametrize("c", SEEN)
def test_language_4_witten_and_bell(c: tuple[int, int]) -> None:
    shorter = p(2, c[1:])
    wanted = [(n((*c, x)) + kinds(c) * shorter[x]) / (followed(c) + kinds(c)) for x in range(SIZE)]
    same(p(3, c), wanted)
    same(p(3, c).sum(), 1.0)


@pytest.mark.parametrize("c", SEEN)
def test_language_5_as_a_mixture(c: tuple[int, int]) -> None:
    shorter, weight = p(2, c[1:]), followed(c) / (followed(c) + kinds(c))
    shares = np.array([n((*c, x)) / followed(c) for x in range(SIZE)])
    same(p(3, c), weight * shares + (1 - weight) * shorter)
    assert 0 < weight < 1


@pytest.mark.parametrize("c", [(2, 2), (3, 0), (0, 3)])
def test_language_6_contexts_never_seen(c: tuple[int, int]) -> None:
    assert not followed(c)
    same(p(3, c), p(2, c[1:]))


def test_language_7_at_the_bottom_all_are_alike() -> None:
    counts = np.array([n((x,)) for x in range(SIZE)])
    same(p(1, ()), (counts + kinds(()) * (1 / SIZE)) / (len(TEXT) + kinds(())))
    assert p(1, ())[3] > 0


def test_language_8_the_state_is_all_that_is_kept() -> None:
    layers = (spec.Embedding(SIZE, 3), spec.RNN(5, return_sequences=True), spec.Dense(SIZE))
    model = spec.Model("m", (len(TEXT),), layers, spec.SoftmaxCrossEntropy())
    net = build(model, seed=1, dtype="float64")
    w, h = net.parameters(), np.zeros(5)
    reader, whole = NetworkReader(net), net.predict(TEXT[None])[0]
    for t, character in enumerate(TEXT):
        x = w["embedding1.weight"][character]
        h = np.tanh(x @ w["rnn1.weight"] + h @ w["rnn1.recurrent_weight"] + w["rnn1.bias"])
        z = h @ w["dense1.weight"] + w["dense1.bias"]
        near(reader.read(int(character)), z)
        near(whole[t], z)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_language_9_temperature(temperature: float) -> None:
    found = Sampling(temperature).probabilities(Z)
    wanted = np.exp(Z / temperature)
    np.testing.assert_allclose(found, wanted / wanted.sum(), rtol=GRID)
    plain = np.exp(Z) / np.exp(Z).sum()
    powers = plain ** (1 / temperature)
    np.testing.assert_allclose(found, powers / powers.sum(), rtol=GRID)


@pytest.mark.parametrize("k", [1, 2, 4, 6])
def test_language_10_the_k_likeliest(k: int) -> None:
    kept = np.sort(Z)[-k:]
    wanted = [math.exp(z / 0.7) / sum(np.exp(kept / 0.7)) if z in kept else 0 for z in Z]
    np.testing.assert_allclose(Sampling(0.7, k).probabilities(Z), wanted, rtol=GRID)
