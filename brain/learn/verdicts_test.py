"""Answers between processes, held against each other, and explained."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from brain.learn.answers import Odd, packed, told, unpacked
from brain.learn.diagnosis import common
from brain.learn.exercise import Answer
from brain.learn.rooms import heard
from brain.learn.verdicts import difference, first_wrong

MANY = np.array([[1.0, -2.0, 3.5], [4.25, 5.0, -6.0]])


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=True)
    return type(one) is type(other) and one == other


class TestAnswers:
    @pytest.mark.parametrize(
        "value",
        [None, True, 3, 2.5, float("inf"), "text\ud800", MANY, MANY.T, np.zeros((0, 3)),
         np.array([True, False]), np.array([1, 2]), np.float32(1) * np.ones(3, np.float32),
         (1, 2.0), ["a", None], {"a": 1, "b": (2,)}],
    )  # fmt: skip
    def test_arrive_as_they_were(self, value: Any) -> None:
        (answer,) = unpacked(packed([Answer("f(1)", value, (2, 3), True)]).encode())
        assert (answer.label, answer.lengths, answer.changes) == ("f(1)", (2, 3), True)
        assert same(value, answer.value)

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            (object(), "object:"),
            (MANY + 1j, "an array of dtype complex128:"),
            (MANY.astype(object), "an array of dtype object:"),
            ({1, 2}, "set:"),
            (len, "builtin_function_or_method:"),
            (np.zeros(2**21), "an array of 2,097,152 numbers:"),
        ],
    )
    def test_of_no_known_kind_arrive_as_text(self, value: Any, kind: str) -> None:
        (answer,) = unpacked(packed([Answer("f", value)]).encode())
        assert isinstance(answer.value, Odd)
        assert answer.value.startswith(kind)

    @pytest.mark.parametrize(
        "value",
        [
            [1, 2],
            {"array": "AAAA", "dtype": "<f8", "shape": [2]},
            {"array": "", "dtype": "O", "shape": [0]},
            {"array": "", "dtype": "<f8", "shape": [0, 10**12]},
            {"array": 3, "dtype": "<f8", "shape": [0]},
            {"tuple": 3},
            {"dict": [[{"list": []}, 1]]},
            10**400,
            {},
        ],
    )
    def test_that_nobody_sends_are_refused(self, value: Any) -> None:
        text = json.dumps([["f", value, [], False]])
        with pytest.raises(ValueError, match=r"."):
            unpacked(text.encode())

    @pytest.mark.parametrize(
        "reply",
        [
            b"",
            b"\xff",
            b"[]",
            b"3",
            b"{}",
            b"[" * 10**5,
            b'{"answers": 3}',
            b'{"answers": "[[[[["}',
            b'{"answers": "[]", "line": Infinity, "raised": ""}',
            b'{"answers": "[]", "line": "x"}',
            b'{"answers": "' + b"[" * 10**5 + b'"}',
        ],
    )
    def test_a_reply_that_is_none_is_a_crash(self, reply: bytes) -> None:
        assert heard(reply, -6, "", 0).kind == "crashed"

    def test_a_reply_is_cut_short_and_made_harmless(self) -> None:
        words = {"answers": "[]", "raised": "\x1b" + "a" * 10**6, "asked": "\x1b", "line": -5}
        found = heard(json.dumps(words).encode(), 0, "", 0)
        assert len(found.says) <= 400
        assert "\x1b" not in found.says + found.asked
        assert found.line == 0

    def test_values_are_told_short(self) -> None:
        for value in (np.arange(10**6), "a" * 10**6, list(range(10**5)), {"a": MANY},
                      (MANY,) * 50, Odd("a" * 50)):  # fmt: skip
            assert len(told(value)) <= 300
        assert told(0.1 + 0.2) == "0.3"


class TestDifferences:
    @pytest.mark.parametrize(
        ("expected", "got"),
        [
            (MANY, MANY + 1e-9),
            (1.0, 1),
            (1.0, np.float64(1)),
            (np.array(2.0), 2.0),
            (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
            ((1.0, MANY), [1.0, MANY]),
            ([1.0, 2.0], np.array([1.0, 2.0])),
            ({"W": MANY}, {"W": MANY}),
            ("a", "a"),
            (None, None),
            (1e9, 1e9 + 1),
        ],
    )
    def test_there_is_none(self, expected: Any, got: Any) -> None:
        assert difference(expected, got, 1e-6) is None

    @pytest.mark.parametrize(
        ("expected", "got", "how"),
        [
            (MANY, None, "it returns nothing: is a `return` missing?"),
            (MANY, MANY.T, "the shape is (3, 2), not (2, 3)"),
            (MANY, MANY + np.array([[0, 0, 0], [0, 0.5, 0]]),
             "1 of 6 numbers are wrong, the first at [1, 1]; the largest error is 0.5"),
            (MANY, MANY * np.nan, "6 of 6 numbers are wrong, the first at [0, 0]; the largest "
             "error is inf"),
            (1.0, 1.5, "the error is 0.5"),
            (1.0, "1.0", "it is a text, not a number"),
            (1.0, Odd("generator: <g>"), "it is generator, not a number"),
            ((1.0, 2.0), (1.0, 2.0, 3.0), "there are 3 values, not 2"),
            ((1.0, 2.0), 1.0, "it is a number, not 2 values"),
            ((1.0, 2.0), (1.0, 3.0), "value 2 of 2: the error is 1"),
            ({"W": 1.0}, {"w": 1.0}, "its keys are ['w'], not ['W']"),
            ({"W": 1.0}, {"W": 2.0}, "W: the error is 1"),
            ({"W": 1.0}, [1.0], "it is 1 values, not a dictionary"),
            ("a", "b", "it is another one"),
            (True, "True", "it is a text, not True or False"),
        ],
    )  # fmt: skip
    def test_there_is_one(self, expected: Any, got: Any, how: str) -> None:
        assert difference(expected, got, 1e-6) == how

    def test_the_first_wrong_answer_is_named(self) -> None:
        expected = [Answer("f(1)", 1.0), Answer("f(2)", 2.0), Answer("f(3)", 3.0)]
        got = [Answer("f(1)", 1.0), Answer("f(2)", 2.5), Answer("f(3)", 9.0)]
        wrong = first_wrong(expected, got, 1e-6)
        assert wrong is not None
        assert (wrong.asked, wrong.expected, wrong.got) == ("f(2)", "2", "2.5")
        short = first_wrong(expected, expected[:2], 1e-6)
        assert short is not None
        assert (short.asked, short.got) == ("f(3)", "no answer")

    def test_an_argument_that_is_changed_is_wrong(self) -> None:
        wrong = first_wrong([Answer("f", 1.0)], [Answer("f", 1.0, changes=True)], 1e-6)
        assert wrong is not None
        assert wrong.how.startswith("it changes the array that it is given")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda a: a / 0, "some numbers are infinite"),
        (lambda a: a * np.nan, "some numbers are nan"),
        (np.trunc, "the fractions are cut off"),
        (np.transpose, "transposed"),
        (np.ravel, "the numbers are right, the shape is not"),
        (np.sum, "this is the sum over everything"),
        (lambda a: 2 * a, "off by 1/N: summed instead of averaged"),
        (lambda a: a / 2, "off by N: averaged instead of summed"),
        (lambda a: -a, "the sign is the other one"),
        (lambda a: 1.7 * a, "everything is 1.7 times what it should be"),
        (lambda a: a + 0.25, "everything is shifted by 0.25"),
        (lambda a: np.ones((2, 3)), "it gives the same answer whatever it is asked"),
    ],
)
def test_common_mistakes_are_told(wrong: Any, says: str) -> None:
    """Of two answers to arguments with an axis of length 2."""
    right = [MANY, MANY[::-1] + 0.3]
    expected = [Answer("f", value, (2,)) for value in right]
    with np.errstate(all="ignore"):
        got = [Answer("f", wrong(value)) for value in right]
    found = common(expected, got, 1e-6)
    assert found is not None
    assert found.startswith(says)


def test_n_is_the_length_of_one_axis() -> None:
    """Twice too large for two rows and thrice for three is a sum, whatever axis is as long."""
    one, other = np.arange(6.0), np.arange(1.0, 5.0)
    expected = [Answer("f", one, (2, 3)), Answer("f", other, (3, 2))]
    said = common(expected, [Answer("f", 2 * one), Answer("f", 3 * other)], 1e-6)
    assert said == "off by 1/N: summed instead of averaged"
    said = common(expected, [Answer("f", 2 * one), Answer("f", 2 * other)], 1e-6)
    assert said == "twice too large"


def test_zeros_are_no_fractions_cut_off() -> None:
    expected = [Answer("f", np.array([0.1, 0.2])), Answer("f", np.array([0.3, 0.2]))]
    said = common(expected, [Answer("f", np.zeros(2))] * 2, 1e-6)
    assert said == "it gives the same answer whatever it is asked"


def test_what_is_no_common_mistake_is_not_told() -> None:
    expected = [Answer("f", MANY)]
    assert common(expected, expected, 1e-6) is None
    noise = np.array([[0.1, 0.0, -2.0], [0.3, 0.0, 0.9]])
    assert common(expected, [Answer("f", MANY + noise)], 1e-6) is None
