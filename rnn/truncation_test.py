"""Windows follow each other, the state too, and a training without it forgets."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.engine import Network, build
from brain.testing.refusals import refusal
from rnn.language import held_out
from rnn.truncation import from_zeros, learn, windows_in_order


def network(window: int, units: int = 8, lr: float = 0.02) -> Network:
    layers = (spec.Embedding(4, 4), spec.GRU(units, return_sequences=True), spec.Dense(4))
    model = spec.Model("text", (window,), layers, spec.SoftmaxCrossEntropy())
    return build(model, dtype="float64", optimizer=spec.Adam(lr))


def test_windows_follow_each_other_in_every_stream() -> None:
    ids = np.arange(23)
    given = list(windows_in_order(ids, 2, 5))  # two parts of 11, two windows each
    assert [x.tolist() for x, _ in given] == [
        [[0, 1, 2, 3, 4], [11, 12, 13, 14, 15]],
        [[5, 6, 7, 8, 9], [16, 17, 18, 19, 20]],
    ]
    assert all((y == x + 1).all() for x, y in given)


def test_a_text_too_short_is_one_sentence() -> None:
    said = refusal(lambda: list(windows_in_order(np.arange(20), 4, 5)))
    assert said.startswith("20 characters are too few for 4 streams of 5 steps")


def test_the_state_is_handed_on_or_not() -> None:
    """The first step is the same, the second is not; each epoch begins with zeros again."""
    ids = np.random.default_rng(0).integers(0, 4, 101)
    losses = {}
    for carried in (True, False):
        ticks = list(learn(network(5), ids, streams=4, epochs=2, carried=carried))
        assert [tick.step for tick in ticks] == list(range(1, 11))
        assert {tick.steps for tick in ticks} == {10}
        losses[carried] = [tick.loss for tick in ticks]
    assert losses[True][0] == losses[False][0]
    assert losses[True][1] != losses[False][1]


def test_only_a_carried_state_knows_what_came_before_the_window() -> None:
    """A text of period six, in windows of four: after 1, 1 from zeros comes 0 or 1, who knows."""
    ids = np.append(np.tile([0, 1, 1, 1, 1, 1], 100), 0)
    read, judged = 480, 120
    nats = {}
    for carried in (True, False):
        net = network(4)
        for _ in learn(net, ids[: read + 1], streams=8, epochs=40, carried=carried):
            pass
        nats[carried] = held_out(net, ids, judged).nats if carried else from_zeros(net, ids[read:])
    # Windows begin at the places 0, 4 and 2 of the period; two of twelve answers are undecided.
    assert nats[False] >= 2 * np.log(2) / 12
    assert nats[True] < 0.3 * nats[False]


def test_from_zeros_is_the_mean_over_all_windows() -> None:
    net = network(5)
    ids = np.random.default_rng(2).integers(0, 4, 23)
    rows = [ids[k : k + 6] for k in (0, 5, 10, 15)]
    x, y = np.stack([r[:-1] for r in rows]), np.stack([r[1:] for r in rows])
    assert from_zeros(net, ids) == pytest.approx(net.evaluate(x, y)["loss"])
