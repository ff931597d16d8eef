"""What two processes say to each other arrives as it was sent."""

from __future__ import annotations

import io
import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from brain import spec
from brain.messages import receive, send
from brain.testing.model_strategies import models
from brain.testing.training_strategies import optimizers, recipes, schedules

WORDS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$"))
NATIVE = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
DTYPES = st.sampled_from([*NATIVE, ">f4", ">f8", ">i8", ">u2"])
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
VALUES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


def round_trip(value: Any) -> Any:
    stream = io.BytesIO()
    send(stream, value)
    stream.seek(0)
    received = receive(stream)
    assert stream.read() == b""  # neither more nor less than was sent
    return received


def assert_arrives(array: np.ndarray) -> None:
    received = round_trip(array)
    assert received.dtype == array.dtype.newbyteorder("=")
    assert received.shape == array.shape
    np.testing.assert_array_equal(received, array)


@given(VALUES)
def test_words_arrive(value: object) -> None:
    assert round_trip(value) == value


@given(ARRAYS)
def test_arrays_arrive(array: np.ndarray) -> None:
    assert_arrives(array)


@given(ARRAYS, st.randoms(use_true_random=False))
def test_arrays_arrive_however_they_lie_in_memory(array: np.ndarray, random: Any) -> None:
    axes = random.sample(range(array.ndim), array.ndim)
    turned = array.transpose(axes)
    assert_arrives(turned)
    assert_arrives(np.asfortranarray(array))
    steps: Any = [slice(None, None, random.choice((-1, 1, 2))) for _ in axes]
    assert_arrives(turned[(*steps, ...)])
    assert_arrives(np.broadcast_to(array, (3, *array.shape)))


def test_a_transposed_array_is_not_scrambled() -> None:
    array = np.arange(6.0).reshape(2, 3).T
    np.testing.assert_array_equal(round_trip({"w": array})["w"], [[0, 3], [1, 4], [2, 5]])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0])
def test_unusual_floats_arrive(value: float) -> None:
    received = round_trip([value, np.array(value, np.float32)])
    for number in received:
        assert struct.pack("<d", float(number)) == struct.pack("<d", value)


@given(models() | optimizers() | schedules())
def test_declarations_arrive(declared: object) -> None:
    received = round_trip({"given": [declared]})["given"][0]
    assert received == declared
    assert type(received) is type(declared)


@settings(max_examples=20)
@given(recipes())
def test_recipes_arrive(recipe: spec.Recipe) -> None:
    assert round_trip(recipe) == recipe


@pytest.mark.parametrize("declared", [spec.init.He(), spec.init.Constant(0.5)])
def test_initialisers_arrive(declared: object) -> None:
    assert round_trip(declared) == declared


def test_all_kinds_together_and_tuples_as_lists() -> None:
    value = {"a": (1, (2.5, "x")), "b": [np.arange(3), {"c": np.eye(2)}], "d": spec.ReLU()}
    received = round_trip(value)
    assert received["a"] == [1, [2.5, "x"]]
    np.testing.assert_array_equal(received["b"][0], [0, 1, 2])
    np.testing.assert_array_equal(received["b"][1]["c"], np.eye(2))
    assert received["d"] == spec.ReLU()


def test_messages_follow_each_other() -> None:
    stream = io.BytesIO()
    for number in range(3):
        send(stream, {"number": number, "array": np.full(number, number)})
    stream.seek(0)
    assert [receive(stream)["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(EOFError):
        receive(stream)


def test_a_closed_stream_is_an_end_wherever_it_breaks() -> None:
    stream = io.BytesIO()
    send(stream, {"text": "x" * 10, "array": np.arange(5)})
    whole = stream.getvalue()
    for length in range(len(whole)):
        with pytest.raises(EOFError):
            receive(io.BytesIO(whole[:length]))


@pytest.mark.parametrize("value", [{1, 2}, np.array([1j]), np.array(["a"]), object(), b"x"])
def test_what_cannot_be_sent_leaves_the_stream_untouched(value: object) -> None:
    stream = io.BytesIO()
    with pytest.raises(Exception, match=r".+"):
        send(stream, {"fine": 1, "not": value})
    assert stream.getvalue() == b""


def test_nothing_is_unpickled() -> None:
    with pytest.raises(Exception, match=r".+"):
        round_trip(np.array([object()]))
