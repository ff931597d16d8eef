"""What may go in, in which shapes; everything else is one sentence that says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.checks import cotangent, finite, inputs, numbers, targets
from brain.testing.refusals import refusal

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def model(shape: tuple[int, ...], *layers: spec.Layer, loss: spec.Loss | None = None) -> spec.Model:
    return spec.Model("small", shape, layers, loss or spec.MeanSquaredError())


VECTOR = model((4,), spec.Dense(3), loss=spec.SoftmaxCrossEntropy())
IMAGE = model((2, 3, 1), spec.Flatten(), spec.Dense(2))
ONE = model((4,), spec.Dense(1))
BINARY = model((4,), spec.Dense(1), loss=spec.BinaryCrossEntropy())
LABELS = model((4,), spec.Dense(2), loss=spec.BinaryCrossEntropy())
SEQUENCE = model((5, 4), spec.Dense(3), loss=spec.SoftmaxCrossEntropy())
SEQUENCE_ONE = model((5, 4), spec.Dense(1))


def test_inputs_become_arrays_of_the_networks_dtype() -> None:
    x = inputs(VECTOR, [[1, 2, 3, 4], [5, 6, 7, 8]], FLOAT32)
    assert (x.dtype, x.shape) == (FLOAT32, (2, 4))
    fortran = np.asfortranarray(np.arange(8.0).reshape(2, 4))
    x = inputs(VECTOR, fortran, FLOAT64)
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x, fortran)
    assert inputs(VECTOR, np.ones((2, 4), bool), FLOAT32).sum() == 8
    assert inputs(VECTOR, np.ones((2, 4), np.uint8), FLOAT32).dtype == FLOAT32


@pytest.mark.parametrize(
    ("made", "shape", "hint"),
    [
        (VECTOR, (4,), "For one sample: x[None]."),
        (IMAGE, (2, 3, 1), "For one sample: x[None]."),
        (IMAGE, (7, 2, 3), "Add the last axis: x[..., None]."),
        (VECTOR, (7, 5), ""),
        (VECTOR, (7, 4, 1), ""),
        (VECTOR, (4, 7), ""),
        (VECTOR, (), ""),
        (IMAGE, (7, 6), ""),
    ],
)
def test_wrong_shapes_of_x(made: spec.Model, shape: tuple[int, ...], hint: str) -> None:
    text = refusal(lambda: inputs(made, np.ones(shape), FLOAT32))
    wanted = ", ".join(["N", *(str(n) for n in made.input_shape)])
    assert f"x has shape {shape}, but the input of model 'small' wants ({wanted})." in text
    assert text.endswith(hint or ".")
    assert (hint in text) if hint else ("For one" not in text and "Add" not in text)
    if hint.startswith("For"):
        assert inputs(made, np.ones(shape)[None], FLOAT32).shape == (1, *shape)
    if hint.startswith("Add"):
        assert inputs(made, np.ones(shape)[..., None], FLOAT32).shape == (*shape, 1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_located(value: float) -> None:
    x = np.ones((3, 4))
    x[1, 2] = x[2, 0] = value
    text = refusal(lambda: inputs(VECTOR, x, FLOAT32))
    assert "x holds 2 values that are NaN or infinite, the first at (1, 2)" in text
    y = np.ones((3, 1))
    y[2] = value
    assert "y holds 1 values" in refusal(lambda: targets(ONE, y, 3, FLOAT32))
    assert "(2, 0)" in refusal(lambda: cotangent(ONE, y, 3, FLOAT32))


def test_infinities_that_cancel_and_sums_that_overflow() -> None:
    x = np.zeros((2, 4))
    x[0, 0], x[0, 1] = np.inf, -np.inf
    assert "x holds 2 values" in refusal(lambda: inputs(VECTOR, x, FLOAT64))
    large = np.full((2, 4), np.finfo(np.float64).max)
    assert finite("x", large) is large  # its sum is infinite, its values are not


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([["a", "b", "c", "d"]], "wanted real numbers"),
        ([[None] * 4], "holds object"),
        (np.ones((2, 4), complex), "complex128"),
        (np.array([["2020-01-01"] * 4], dtype="datetime64[D]"), "wanted real numbers"),
        ([[1, 2, 3, 4], [1, 2]], "rows differ in length"),
        (np.ones((0, 4)), "holds no samples"),
        ([], "x has shape (0,)"),
        (None, "holds object"),
        ("x", "wanted real numbers"),
    ],
)
def test_what_is_no_array_of_numbers(x: Any, words: str) -> None:
    assert words in refusal(lambda: inputs(VECTOR, x, FLOAT32))


def test_labels_come_as_whole_numbers_of_any_type() -> None:
    for given in ([0, 2, 1], np.array([0.0, 2.0, 1.0]), np.array([0, 2, 1], np.uint8)):
        labels = targets(VECTOR, given, 3, FLOAT32)
        assert labels.dtype == np.int64
        np.testing.assert_array_equal(labels, [0, 2, 1])
    np.testing.assert_array_equal(targets(BINARY, [True, False], 2, FLOAT32), np.array([[1], [0]]))


@pytest.mark.parametrize(
    ("made", "y", "words"),
    [
        (VECTOR, [0, 3, 1], ["label 3 at (1,)", "3 classes", "0 to 2"]),
        (VECTOR, [0, 1, -1], ["label -1 at (2,)", "0 to 2"]),
        (VECTOR, [0, 1.5, 1], ["whole numbers", "fractions"]),
        (VECTOR, [0, np.nan, 1], ["NaN"]),
        (VECTOR, [0, 1], ["y holds 2 targets, but x holds 3 samples"]),
        (VECTOR, [[0], [1], [2]], ["(3, 1)", "SoftmaxCrossEntropy wants (N,)"]),
        (VECTOR, np.eye(3), ["(3, 3)", "(N,)"]),
        (VECTOR, 1, ["y has shape ()"]),
        (VECTOR, ["a", "b", "c"], ["wanted real numbers"]),
        (VECTOR, [[0], [1, 2], [0]], ["rows differ in length"]),
        (BINARY, [0, 2, 1], ["label 2 at (1, 0)", "2 classes", "0 to 1"]),
        (BINARY, [[0, 1, 1]], ["(1, 3)", "(N, 1)"]),
        (LABELS, [0, 1, 1], ["(3,)", "(N, 2)"]),
        (SEQUENCE, [0, 1, 1], ["(3,)", "(N, 5)"]),
        (ONE, [[1, 2, 3]], ["(1, 3)", "(N, 1)"]),
        (IMAGE, [0.5, 0.5, 0.1], ["(3,)", "MeanSquaredError wants (N, 2)"]),
    ],
)
def test_wrong_targets(made: spec.Model, y: Any, words: list[str]) -> None:
    text = refusal(lambda: targets(made, y, 3, FLOAT32))
    assert all(word in text for word in words), text


def test_a_column_is_understood_only_where_there_is_one_output() -> None:
    flat = np.array([0.5, 1.5, 2.5])
    np.testing.assert_array_equal(targets(ONE, flat, 3, FLOAT64), flat[:, None])
    np.testing.assert_array_equal(targets(ONE, flat[:, None], 3, FLOAT64), flat[:, None])
    assert targets(BINARY, [0, 1, 1], 3, FLOAT64).shape == (3, 1)
    steps = np.arange(15.0).reshape(3, 5)
    np.testing.assert_array_equal(targets(SEQUENCE_ONE, steps, 3, FLOAT64), steps[..., None])
    assert "(N, 5, 1)" in refusal(lambda: targets(SEQUENCE_ONE, flat, 3, FLOAT64))
    # Never the other way round: a column is not flattened into labels.
    assert "(N,)" in refusal(lambda: targets(VECTOR, [[0], [1], [1]], 3, FLOAT64))


def test_numbers_as_targets_take_the_networks_dtype() -> None:
    assert targets(ONE, [1, 2, 3], 3, FLOAT32).dtype == FLOAT32
    assert targets(IMAGE, np.ones((3, 2)), 3, FLOAT64).dtype == FLOAT64


def test_cotangents_have_the_outputs_shape() -> None:
    assert cotangent(VECTOR, np.ones((2, 3)), 2, FLOAT32).dtype == FLOAT32
    assert "(N, 3)" in refusal(lambda: cotangent(VECTOR, np.ones((2, 4)), 2, FLOAT32))
    assert "dy holds 3 rows" in refusal(lambda: cotangent(VECTOR, np.ones((3, 3)), 2, FLOAT32))


def test_numbers_keeps_what_is_an_array() -> None:
    array = np.ones(3)
    assert numbers("x", array) is array


@pytest.mark.filterwarnings("error")
def test_no_warning_comes_before_the_sentence() -> None:
    assert "NaN or infinite" in refusal(lambda: inputs(VECTOR, np.full((2, 4), 1e300), FLOAT32))


def test_labels_beyond_int64_are_shown_as_they_came() -> None:
    y = np.array([0, 2**63 + 1], dtype=np.uint64)
    assert str(2**63 + 1) in refusal(lambda: targets(VECTOR, y, 2, FLOAT32))


IDS = model((3,), spec.Embedding(5, 2))


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64, np.float32, np.bool_])
def test_token_ids_come_as_whole_numbers_of_any_type(kind: type) -> None:
    given: Any = np.array([[0, 1, 1], [1, 0, 0]], dtype=kind)
    found = inputs(IDS, given, FLOAT32)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, given)
    last = np.array([[4, 0, 3]])
    np.testing.assert_array_equal(inputs(IDS, last, FLOAT32), last)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([[0, -1, 2]], "x holds the token id -1 at (0, 1); the model knows 5 of them, 0 to 4."),
        ([[0, 1, 2], [0, 1, 5]], "x holds the token id 5 at (1, 2)"),
        ([[0, 6, 2]], "x holds the token id 6 at (0, 1)"),
        ([[0.0, 0.5, 2.0]], "x must hold token ids, whole numbers; it holds fractions."),
        ([[0.0, np.nan, 2.0]], "NaN"),
        ([[0, 1, 2, 3]], "x has shape (1, 4)"),
        (np.zeros((2, 0), int), "x has shape (2, 0)"),
        (np.array([[0, 1, 2**64 - 1]], np.uint64), "x holds the token id 18446744073709551615"),
    ],
)
def test_token_ids_out_of_range_are_located(x: Any, words: str) -> None:
    assert words in refusal(lambda: inputs(IDS, x, FLOAT32))
