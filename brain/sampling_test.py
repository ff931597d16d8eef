"""Characters are drawn as often as they should, the same by every engine, and nothing is hidden."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.data import Vocabulary
from brain.engine import build
from brain.randomness import generator
from brain.sampling import (
    NetworkReader,
    Sampling,
    one_step,
    prompt_ids,
    vocabulary_of,
    written,
)
from brain.testing.refusals import refusal
from brain.testing.texts import VOCABULARY, writer

Array = NDArray[Any]

LOGITS = np.array([0.5, -1.0, 2.0, 2.0, 0.0])
GRU = spec.GRU(6, return_sequences=True)


class Table:
    """Reads one character at a time; its logits for what follows are a row of a table."""

    def __init__(self, table: Array) -> None:
        self.table, self.size, self.seen = table, len(table), list[int]()

    def read(self, character: int) -> Array:
        self.seen.append(character)
        return self.table[character]


def softmax(z: Array) -> Array:
    e: Array = np.exp(z - z.max())
    return e / e.sum()


# How one is chosen


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_logits_are_divided_by_the_temperature(temperature: float) -> None:
    p = Sampling(temperature).probabilities(LOGITS)
    np.testing.assert_allclose(p, softmax(LOGITS / temperature), rtol=1e-4)
    assert p.sum() == pytest.approx(1, abs=1e-15)


def test_at_0_the_likeliest_is_taken_and_of_equals_the_first() -> None:
    assert Sampling(0.0).probabilities(LOGITS).tolist() == [0, 0, 1, 0, 0]
    assert {Sampling(0.0).choose(LOGITS, draw) for draw in (0.0, 0.5, 0.999)} == {2}


def test_of_the_k_likeliest_alone() -> None:
    wanted = softmax(LOGITS[[0, 2, 3]])
    p = Sampling(top_k=3).probabilities(LOGITS)
    np.testing.assert_allclose(p, [wanted[0], 0, wanted[1], wanted[2], 0], rtol=1e-4)
    assert Sampling(top_k=1).probabilities(LOGITS).tolist() == [0, 0, 1, 0, 0]
    whole = Sampling().probabilities(LOGITS)
    np.testing.assert_array_equal(Sampling(top_k=5).probabilities(LOGITS), whole)


@pytest.mark.parametrize("sampling", [Sampling(0.0), Sampling(top_k=2), Sampling(0.7)])
def test_what_is_equal_but_for_rounding_is_equal(sampling: Sampling) -> None:
    """Two engines' answers to what mathematics says is a tie."""
    noise = 1e-6 * generator(0, "rounding").standard_normal((50, len(LOGITS)))
    wanted = sampling.probabilities(LOGITS)
    for moved in LOGITS + noise:
        np.testing.assert_array_equal(sampling.probabilities(moved.astype(np.float32)), wanted)


def test_they_are_drawn_as_often_as_they_are_likely() -> None:
    sampling, draws = Sampling(0.9), generator(0, "often").random(20_000)
    chosen = [sampling.choose(LOGITS, draw) for draw in draws]
    shares = np.bincount(chosen, minlength=5) / len(draws)
    np.testing.assert_allclose(shares, sampling.probabilities(LOGITS), atol=4 * 0.5 / 20_000**0.5)


def test_the_ends_of_the_draw_choose_what_can_be_chosen() -> None:
    sampling = Sampling(top_k=2)  # the first and the last are not among them
    assert sampling.choose(LOGITS, 0.0) == 2
    assert sampling.choose(LOGITS, 1 - 2.0**-53) == 3
    for size in (2, 65, 1000):
        z = generator(size, "ends").standard_normal(size)
        assert 0 <= Sampling().choose(z, 1 - 2.0**-53) < size


def test_extremes_are_no_fault() -> None:
    assert Sampling(5e-324).choose(LOGITS, 0.999) == 3
    assert Sampling(5e-324).choose(LOGITS[::-1], 0.0) == 1
    p = Sampling(1e300).probabilities(LOGITS)
    np.testing.assert_allclose(p, 0.2)
    never = np.array([-np.inf, 0.0, -np.inf])
    assert Sampling().probabilities(never).tolist() == [0, 1, 0]
    assert Sampling().probabilities(np.array([1e30, -1e30])).tolist() == [1, 0]


@pytest.mark.parametrize("temperature", [-0.1, -math.inf, math.inf, math.nan])
def test_a_temperature_that_is_none(temperature: float) -> None:
    text = refusal(lambda: Sampling(temperature))
    assert text.startswith(f"the temperature must be a number, 0 or more, not {temperature}")


def test_top_k_that_is_none() -> None:
    assert refusal(lambda: Sampling(top_k=0)).startswith("top-k must be 1 or more, not 0")
    text = refusal(lambda: written(Table(np.eye(5)), [0], 3, Sampling(top_k=6)))
    assert text == "top-k is 6, and the model knows 5 characters: choose 5 or fewer."


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_answer_that_is_none(bad: float) -> None:
    assert "not finite" in refusal(lambda: Sampling().probabilities(np.array([0.0, bad])))


# How a text is written


def test_a_text_is_written_character_by_character() -> None:
    follows = Table(np.where(np.roll(np.eye(4), 1, axis=1), 0.0, -np.inf))  # 0, 1, 2, 3, 0, ...
    text = written(follows, [3, 0], 5, Sampling())
    assert follows.seen == []
    assert next(text) == 1
    assert follows.seen == [3, 0]  # the prompt; the next is not computed before it is wanted
    assert list(text) == [2, 3, 0, 1]
    assert follows.seen == [3, 0, 1, 2, 3, 0]


def test_the_seed_decides_it() -> None:
    table = Table(np.zeros((9, 9)))
    one, again, other = (list(written(table, [0], 30, Sampling(), seed)) for seed in (1, 1, 2))
    assert one == again != other
    longer = list(written(table, [0], 40, Sampling(), 1))
    assert longer[:30] == one


def test_without_a_prompt_the_first_may_be_any() -> None:
    table = Table(np.where(np.eye(9), 0.0, -np.inf))
    firsts = [list(written(table, [], 3, Sampling(0.1), seed)) for seed in range(60)]
    assert all(len(set(text)) == 1 for text in firsts)
    assert {text[0] for text in firsts} == set(range(9))


@pytest.mark.parametrize("length", [0, -3])
def test_a_length_that_is_none(length: int) -> None:
    text = refusal(lambda: written(Table(np.eye(2)), [], length, Sampling()))
    assert text == f"the length must be 1 character or more, not {length}."


def test_a_prompt_is_made_of_what_the_model_saw() -> None:
    assert prompt_ids(VOCABULARY, "a b").tolist() == VOCABULARY.encode("a b").tolist()
    assert prompt_ids(VOCABULARY, "").tolist() == [VOCABULARY.characters.index("\n")]
    assert prompt_ids(Vocabulary("ab"), "").tolist() == []
    text = refusal(lambda: prompt_ids(VOCABULARY, "to bé, or Nöt"))
    assert text.startswith("the model never saw 'N', 'é', 'ö' of the prompt; it knows ")
    many = refusal(lambda: prompt_ids(VOCABULARY, "ABCDEFGHIJKLMNO"))
    assert "'J', ... of the prompt" in many


# Which networks can write


def test_a_network_reads_on_from_where_it_was() -> None:
    pytest.importorskip("scratch")
    net = build(writer((GRU,)), seed=1, dtype="float64")
    ids = VOCABULARY.encode("to be or not")
    reader = NetworkReader(net)
    assert reader.size == len(VOCABULARY)
    np.testing.assert_allclose([reader.read(i) for i in ids], net.predict(ids[None])[0], 1e-12)


def test_one_that_answers_at_the_end_alone_writes_too() -> None:
    pytest.importorskip("scratch")
    net = build(writer((spec.GRU(6),)), seed=1, dtype="float64")
    ids = VOCABULARY.encode("to be or not")
    reader = NetworkReader(net)
    last = [reader.read(i) for i in ids]
    np.testing.assert_allclose(last[-1], net.predict(ids[None])[0], 1e-12)


def test_who_is_no_language_model_cannot_write() -> None:
    softmax, error = spec.SoftmaxCrossEntropy(), spec.MeanSquaredError()
    numbers = spec.Model("numbers", (8, 3), (GRU, spec.Dense(3)), softmax)
    assert "numbers is no language model" in refusal(lambda: one_step(numbers))
    forecast = spec.Model("ids", (8,), (spec.Embedding(9, 3), GRU), error)
    assert "ids is no language model" in refusal(lambda: one_step(forecast))
    both = writer((spec.Bidirectional(GRU),))
    assert "writer reads from the end too" in refusal(lambda: one_step(both))
    flat = writer((GRU, spec.Flatten()))
    text = refusal(lambda: one_step(flat))
    assert "reads 12 characters at once and no fewer" in text
    fewer = spec.Model("fewer", (8,), (spec.Embedding(9, 3), GRU, spec.Dense(5)), softmax)
    assert "reads 9 characters and answers with 5 classes" in refusal(lambda: one_step(fewer))


def test_classes_that_are_no_characters() -> None:
    model = writer((GRU,), size=10)
    assert vocabulary_of(tuple("abcdefghij"), model) == Vocabulary("abcdefghij")
    for classes in ((*"abcdefgh", "blank", "marker"), tuple("abc"), ()):
        text = refusal(lambda classes=classes: vocabulary_of(classes, model))  # type: ignore[misc]
        assert text.startswith("writer is no model of a text")
