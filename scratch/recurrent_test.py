"""The recurrent layers against their loops, and the state that they hand on."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from brain import spec
from brain.engine import build
from brain.randomness import generator
from scratch.context import Context, Pass
from scratch.embedding import Rows, plain_d_embedding
from scratch.gru import plain_d_gru, plain_gru
from scratch.layers import LAYERS, folds
from scratch.lstm import plain_d_lstm, plain_lstm
from scratch.recurrent import plain_d_rnn, plain_rnn, sigmoid

Array = NDArray[Any]

Plain = tuple[Callable[..., Any], Callable[..., Any]]
PLAIN: dict[type[spec.Layer], Plain] = {
    spec.RNN: (lambda *given: (plain_rnn(*given),), plain_d_rnn),
    spec.LSTM: (plain_lstm, plain_d_lstm),
    spec.GRU: (plain_gru, plain_d_gru),
}

KINDS = [
    spec.RNN(4),
    spec.RNN(2, activation="relu"),
    spec.LSTM(4),
    spec.GRU(4),
    spec.RNN(2, return_sequences=True),
    spec.RNN(4, activation="relu", return_sequences=True),
    spec.LSTM(2, return_sequences=True),
    spec.GRU(2, return_sequences=True),
]


def normal(label: str, *shape: int) -> Array:
    return generator(6, label).standard_normal(shape)


def close(a: Array, b: Array) -> None:
    """Sums of at most 40 terms near 1 in another order, five steps deep."""
    np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


def given(layer: spec.Recurrent, samples: int, time: int, width: int) -> tuple[Any, ...]:
    """Parameters, x, and the states to begin with."""
    params = {k: normal(k, *i.shape) for k, i in layer.parameters((time, width)).items()}
    states = {k: normal(k, samples, *shape) for k, shape in layer.carry((time, width)).items()}
    return params, normal("x", samples, time, width), states


@pytest.mark.parametrize("shape", [(7, 5, 3), (1, 4, 1), (3, 1, 5)], ids=str)
@pytest.mark.parametrize("layer", KINDS, ids=repr)
def test_each_equals_its_loops(layer: spec.Recurrent, shape: tuple[int, int, int]) -> None:
    params, x, states = given(layer, *shape)
    context = Context(Pass(carry={f"r.{k}": a for k, a in states.items()}), "r")
    forward, backward = LAYERS[type(layer)]
    y, cache = forward(layer, params, x, context)
    plain, plain_d = PLAIN[type(layer)]
    each = plain(layer, params, x, *states.values())
    close(y, each[0] if layer.return_sequences else each[0][:, -1])
    for key, after in zip(states, each, strict=False):
        close(context.run.after[f"r.{key}"], after[:, -1])

    dy = normal("dy", *y.shape)
    dx, grads = backward(layer, params, cache, dy, context)
    every = np.zeros((*x.shape[:2], layer.units))  # dy of every step
    every[:, slice(None) if layer.return_sequences else -1] = dy
    plain_dx, plain_grads = plain_d(layer, params, x, *states.values(), every)
    close(dx, plain_dx)
    assert set(grads) == set(plain_grads) == set(params)
    for name, gradient in plain_grads.items():
        close(grads[name], gradient)


@pytest.mark.parametrize("layer", KINDS, ids=repr)
def test_of_rows_of_a_table_it_hands_back_the_tables_gradient(layer: spec.Recurrent) -> None:
    params, _, _ = given(layer, 7, 5, 3)
    table, ids = {"weight": normal("table", 4, 3)}, generator(6, "ids").integers(0, 3, (7, 5))
    forward, backward = LAYERS[type(layer)]
    one, other = Context(), Context()
    y, cache = forward(layer, params, Rows(table["weight"], ids), one)
    wanted, wanted_cache = forward(layer, params, table["weight"][ids], other)
    close(y, wanted)
    dy = normal("dy", *y.shape)
    d_table, grads = backward(layer, params, cache, dy, one)
    dx, wanted_grads = backward(layer, params, wanted_cache, dy, other)
    close(d_table, plain_d_embedding(table, ids, dx)["weight"])
    for name, gradient in wanted_grads.items():
        close(grads[name], gradient)


@pytest.mark.parametrize(
    ("layers", "keep", "folded"),
    [
        ((spec.Embedding(6, 3), spec.GRU(2)), "gru1", True),
        ((spec.Embedding(7, 3), spec.GRU(2)), "", False),  # a large table
        ((spec.Embedding(6, 3), spec.GRU(2)), "embedding1", False),  # its vectors are asked for
        ((spec.Embedding(6, 3), spec.Dense(2)), "", False),
        ((spec.Embedding(6, 3),), "", False),
        ((spec.Dense(6), spec.GRU(2)), "", False),
    ],
    ids=repr,
)
def test_a_small_table_is_multiplied_whole(
    layers: tuple[spec.Layer, ...], keep: str, folded: bool
) -> None:
    names = list(spec.named(layers))
    assert folds(names, Context(Pass(keep=frozenset([keep])), names[0][0])) is folded


def test_a_trace_that_keeps_the_vectors_gives_the_same_gradients() -> None:
    layers = (spec.Embedding(5, 4), spec.LSTM(3), spec.Dense(2))
    net = build(spec.Model("m", (6,), layers, spec.MeanSquaredError()), dtype="float64")
    x, y = generator(6, "ids").integers(0, 5, (7, 6)), normal("y", 7, 2)
    kept, folded = net.trace(x, y), net.trace(x, y, layers=[])
    assert "embedding1" in kept.outputs
    assert not folded.outputs
    for name, gradient in kept.d_parameters.items():
        close(folded.d_parameters[name], gradient)


@pytest.mark.parametrize("layer", KINDS[:4], ids=repr)
def test_no_gradient_of_the_input_is_computed_unasked(layer: spec.Recurrent) -> None:
    params, x, _ = given(layer, 3, 2, 5)
    context = Context()
    forward, backward = LAYERS[type(layer)]
    y, cache = forward(layer, params, x, context)
    context.wants_dx = False
    assert backward(layer, params, cache, normal("dy", *y.shape), context)[0] is None
    assert "dx" not in context._arrays


@pytest.mark.parametrize("layer", KINDS[:4], ids=repr)
def test_where_nothing_is_carried_in_it_begins_at_zero_and_leaves_nothing(
    layer: spec.Recurrent,
) -> None:
    params, x, states = given(layer, 3, 2, 5)
    zeros = {f"r.{k}": np.zeros_like(a) for k, a in states.items()}
    alone, carried = Context(), Context(Pass(carry=zeros), "r")
    forward = LAYERS[type(layer)][0]
    one, other = (forward(layer, params, x, context)[0] for context in (alone, carried))
    np.testing.assert_array_equal(one, other)
    assert not alone.run.after
    assert set(carried.run.after) == set(zeros)


def test_what_is_handed_on_outlives_the_next_pass() -> None:
    model = spec.Model("m", (3, 2), (spec.LSTM(4),), spec.MeanSquaredError())
    net, x = build(model), normal("x", 2, 5, 3, 2)
    _, after = net.predict(x[0], return_carry=True)
    kept = {name: array.copy() for name, array in after.items()}
    net.predict(x[1])
    for name, array in kept.items():
        np.testing.assert_array_equal(after[name], array)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gates_far_out_are_exactly_shut_or_open(dtype: str) -> None:
    z = np.array([-1e4, -90.0, -20.0, 0.0, 20.0, 90.0, 1e4], dtype)
    wanted = np.array([0.0, np.exp(-90.0), 1 / (1 + np.exp(20.0)), 0.5, 1 / (1 + np.exp(-20.0))])
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("error")
        sigmoid(z)
    # float32 has nothing between 0 and exp(-88): there the gate is shut
    np.testing.assert_allclose(z[:5], wanted, rtol=4 * float(np.finfo(dtype).eps), atol=1e-38)
    np.testing.assert_array_equal(z[5:], 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("wide", range(1, 17))
def test_activations_in_place_hit_their_own_columns(wide: int, dtype: str) -> None:
    """A gate is a strip of a wider array; NumPy 2.4.6's `negative` is wrong on some strips."""
    for start in range(wide):
        for end in range(start + 1, wide + 1):
            whole = normal("z", 9, wide).astype(dtype)
            wanted = whole.copy()
            wanted[:, start:end] = 1 / (1 + np.exp(-wanted[:, start:end].copy()))
            sigmoid(whole[:, start:end])
            np.testing.assert_allclose(whole, wanted, rtol=4 * float(np.finfo(dtype).eps))
