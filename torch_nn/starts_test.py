"""PyTorch's own start values: how they are distributed, and which rule of `spec.init` that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import nn  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.testing.trap_suite import assert_trap, both, of_start  # noqa: E402


class Start(NamedTuple):
    """What PyTorch draws; a layer that begins otherwise, one that begins so; its input."""

    naive: Callable[[], Any]
    other: spec.Layer
    same: spec.Layer
    shape: tuple[int, ...]
    parameter: str = "weight"


def within(fan: int) -> spec.init.Uniform:
    """Uniform up to 1 / sqrt(fan), for everything but an Embedding."""
    return spec.init.Uniform(-(fan**-0.5), fan**-0.5)


def keras(fan_in: int, fan_out: int) -> spec.init.Uniform:
    """Glorot's rule as Keras counts: all gates of a recurrent layer are one fan_out."""
    limit = (6 / (fan_in + fan_out)) ** 0.5
    return spec.init.Uniform(-limit, limit)


def dense() -> Any:
    return nn.Linear(400, 400).weight


def conv() -> Any:
    return nn.Conv2d(128, 128, 3).weight


def lstm(name: str) -> Any:
    return getattr(nn.LSTM(200, 200), f"weight_{name}_l0")


IMAGES, SEQUENCES = (8, 8, 128), (5, 200)
DENSE = spec.Dense(400, init=within(400))
CONV = spec.Conv2D(128, init=within(9 * 128))
LSTM = spec.LSTM(200, init=within(200), recurrent_init=within(200))
GLOROT = spec.init.Glorot()
STARTS = {
    "dense": Start(dense, spec.Dense(400), DENSE, (400,)),
    "dense-keras": Start(dense, spec.Dense(400, init=GLOROT), DENSE, (400,)),
    "conv": Start(conv, spec.Conv2D(128), CONV, IMAGES),
    "conv-keras": Start(conv, spec.Conv2D(128, init=GLOROT), CONV, IMAGES),
    "lstm": Start(lambda: lstm("ih"), spec.LSTM(200), LSTM, SEQUENCES),
    "lstm-keras": Start(lambda: lstm("ih"), spec.LSTM(200, init=keras(200, 800)), LSTM, SEQUENCES),
    "state": Start(lambda: lstm("hh"), spec.LSTM(200), LSTM, SEQUENCES, "recurrent_weight"),
    "state-keras": Start(
        lambda: lstm("hh"),
        other=spec.LSTM(200, recurrent_init=spec.init.Orthogonal(0.5)),
        same=LSTM,
        shape=SEQUENCES,
        parameter="recurrent_weight",
    ),
    "embedding-keras": Start(
        lambda: nn.Embedding(1000, 200).weight,
        other=spec.Embedding(1000, 200, init=spec.init.Uniform(-0.05, 0.05)),
        same=spec.Embedding(1000, 200),
        shape=(5,),
    ),
}
"""Against the layer as it is declared here, and against what `tf_nn/starts_test.py` finds."""


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_trap_start_values(start: Start) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        naive = np.sort(start.naive().detach().double().numpy().ravel())
    right, ours = both("torch", of_start, start.other, start.shape, start.parameter)
    assert_trap(naive, ours, right, off_by=0.05)
    assert error(naive, of_start("numpy", start.same, start.shape, start.parameter)) < 0.02
