"""The equations of bidirectional.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.engine import build
from brain.passes import Trace
from theory.equations import Array, near, normal, same, slope

# N, T, D, H = 3, 4, 2, 5
X = normal("x", 3, 4, 2)


def net(layer: spec.Layer, place: str = "") -> Any:
    """The layer alone as a network; with `place`, with the parameters it has inside both."""
    model = spec.Model("m", (4, 2), (layer,), spec.MeanSquaredError())
    made = build(model, dtype="float64")
    made.load_parameters({k: normal(place + k, *a.shape) for k, a in made.parameters().items()})
    return made


def ahead(sequences: bool, x: Array = X, **drive: Array) -> Trace:
    layer = spec.LSTM(5, return_sequences=sequences)
    trace: Trace = net(layer, "bidirectional1.forward.").trace(x, **drive)
    return trace


def twin(sequences: bool, x: Array = X, **drive: Array) -> Trace:
    layer = spec.LSTM(5, return_sequences=sequences)
    trace: Trace = net(layer, "bidirectional1.backward.").trace(x, **drive)
    return trace


def both(sequences: bool) -> Any:
    return net(spec.Bidirectional(spec.LSTM(5, return_sequences=sequences)))


def test_bidirectional_1_every_step() -> None:
    left = ahead(True).outputs["lstm1"]
    right = twin(True, X[:, ::-1]).outputs["lstm1"]
    y = both(True).predict(X)
    for t in range(4):
        same(y[:, t], np.concatenate((left[:, t], right[:, 3 - t]), axis=1))


def test_bidirectional_2_the_end() -> None:
    left = ahead(False).outputs["lstm1"]
    right = twin(False, X[:, ::-1]).outputs["lstm1"]
    same(both(False).predict(X), np.concatenate((left, right), axis=1))


@pytest.mark.parametrize("sequences", [True, False])
def test_bidirectional_3_gradient_of_the_input(sequences: bool) -> None:
    dy = normal("dy", *((3, 4, 10) if sequences else (3, 10)))
    d_right = dy[:, ::-1, 5:] if sequences else dy[:, 5:]
    left = ahead(sequences, dy=dy[..., :5]).d_input
    right = twin(sequences, X[:, ::-1], dy=d_right).d_input
    assert left is not None
    assert right is not None
    network = both(sequences)
    dx = network.trace(X, dy=dy).d_input
    same(dx, left + right[:, ::-1])
    near(dx, slope(lambda x: np.sum(dy * network.predict(x)), X))
