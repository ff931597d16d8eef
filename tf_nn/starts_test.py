"""Keras's own start values: how they are distributed, and which rule of `spec.init` that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

import keras  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_start  # noqa: E402


class Start(NamedTuple):
    """A layer of Keras's, and which of its arrays; one that begins otherwise, one that does so."""

    naive: Callable[[], Any]
    place: int
    other: spec.Layer
    same: spec.Layer
    shape: tuple[int, ...]
    parameter: str = "weight"


GLOROT = (6 / (200 + 4 * 200)) ** 0.5
"""All gates are one fan_out to Keras; here each gate is a weight of its own."""

GATES = spec.LSTM(
    200,
    init=spec.init.Uniform(-GLOROT, GLOROT),
    # one orthogonal array for all gates: its numbers are half as large as those of one a gate
    recurrent_init=spec.init.Orthogonal(0.5),
)
SEQUENCES = (5, 200)
STARTS = {
    "dense": Start(
        lambda: keras.layers.Dense(400),
        place=0,
        other=spec.Dense(400),
        same=spec.Dense(400, init=spec.init.Glorot()),
        shape=(400,),
    ),
    "conv": Start(
        lambda: keras.layers.Conv2D(128, 3),
        place=0,
        other=spec.Conv2D(128),
        same=spec.Conv2D(128, init=spec.init.Glorot()),
        shape=(8, 8, 128),
    ),
    "lstm": Start(lambda: keras.layers.LSTM(200), 0, spec.LSTM(200), GATES, SEQUENCES),
    "state": Start(
        lambda: keras.layers.LSTM(200), 1, spec.LSTM(200), GATES, SEQUENCES, "recurrent_weight"
    ),
    "embedding": Start(
        lambda: keras.layers.Embedding(1000, 200),
        place=0,
        other=spec.Embedding(1000, 200),
        same=spec.Embedding(1000, 200, init=spec.init.Uniform(-0.05, 0.05)),
        shape=(5,),
    ),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_trap_start_values(start: Start) -> None:
    layer = start.naive()
    layer.build((None, *start.shape))
    naive = np.sort(layer.get_weights()[start.place].astype(np.float64).ravel())
    right, ours = both("tensorflow", of_start, start.other, start.shape, start.parameter)
    assert_trap(naive, ours, right, off_by=0.1)
    assert error(naive, of_start("numpy", start.same, start.shape, start.parameter)) < 0.02


def test_starts_that_agree_today() -> None:
    """A layer's biases are zeros, as here; of an RNN, with one gate, both weights begin as here."""
    layer = keras.layers.SimpleRNN(300)
    layer.build((None, 5, 200))
    weight, recurrent, bias = layer.get_weights()
    for array, parameter in ((weight, "weight"), (recurrent, "recurrent_weight")):
        right = of_start("numpy", spec.RNN(300), (5, 200), parameter)
        assert error(np.sort(array.ravel()), right) < 0.02
    assert not bias.any()
    dense = keras.layers.Dense(3)
    dense.build((None, 5))
    assert not dense.get_weights()[1].any()
