"""What is told of each step of a training, clipped or not."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.engine import Network, build
from rnn.clipping import global_norm, learn


def network(clip: float | None, lr: float = 0.1) -> Network:
    model = spec.Model("m", (6, 2), (spec.RNN(4), spec.Dense(1)), spec.MeanSquaredError())
    return build(model, dtype="float64", optimizer=spec.SGD(lr, clip_norm=clip))


RANDOM = np.random.default_rng(0)
X, Y = RANDOM.standard_normal((5, 6, 2)), RANDOM.standard_normal((5, 1))


def test_a_stride_is_the_step_that_was_taken() -> None:
    net, twin = network(None), network(None)
    strides = list(learn(net, [(X, Y)] * 4))
    assert [s.loss for s in strides] == [float(twin.train_step(X, Y)) for _ in range(4)]
    for stride in strides:
        assert stride.moved == pytest.approx(0.1 * stride.gradient)


def test_clipping_shortens_the_step_and_not_what_is_told_of_the_gradient() -> None:
    (free,), (held,) = (list(learn(network(clip), [(X, Y)])) for clip in (None, 0.01))
    assert held.gradient == free.gradient > 0.01
    assert held.moved == pytest.approx(0.1 * 0.01)


def test_it_ends_where_the_loss_is_no_number() -> None:
    model = spec.Model(
        "m", (30, 2), (spec.RNN(4, activation="relu"), spec.Dense(1)), spec.MeanSquaredError()
    )
    net = build(model, optimizer=spec.SGD(1e3))
    x, y = RANDOM.standard_normal((5, 30, 2)), RANDOM.standard_normal((5, 1))
    strides = list(learn(net, [(x, y)] * 60))
    assert 0 < len(strides) < 60
    assert all(np.isfinite(s.loss) for s in strides)


def test_the_norm_is_of_all_gradients_together() -> None:
    assert global_norm({"a": np.array([3.0]), "b": np.array([[0.0, 4.0]])}) == 5.0
