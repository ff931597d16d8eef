"""The demo measures three networks before and after, and an untrained RNN's gradient is gone."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from brain import data
from rnn.demos import gradients, memory
from scratch.testing.staged import repeats


def test_it_tells_of_every_network_and_draws(tmp_path: Path) -> None:
    said = repeats(gradients.run, tmp_path, "gradients-time.png", "gradients-start.png")
    assert len(re.findall(r"^\w+ +59 steps back: [\d.e+-]+ of", said, flags=re.M)) == 3


def test_gradients_vanish_last_or_explode_by_the_first_values() -> None:
    dataset = data.load("adding", n=500, length=gradients.LENGTH)
    plain, gated = gradients.starts(dataset, seed=0).values()
    left = [one.norms[0] / one.norms[-1] for one in (*plain.values(), *gated.values())]
    small, right, large, half, more, most = left
    assert small < 0.8**50  # sigma to the power of 59, and the slopes of tanh
    assert 0.01 < right <= 1
    assert large > right
    assert half < 1e-6 < more < most


def test_only_an_rnn_has_a_bound_and_only_gates_keep() -> None:
    dataset = data.load("adding", n=500, length=gradients.LENGTH)
    found = {
        kind: gradients.measured(gradients.made(model, dataset, 1, 0), dataset)
        for kind, model in memory.KINDS.items()
    }
    rnn = found["RNN"]
    assert rnn.bound is not None
    assert (rnn.norms <= rnn.bound * (1 + 1e-5)).all()  # computed in float32
    assert rnn.kept is None
    for kind in ("LSTM", "GRU"):
        assert found[kind].bound is None
        kept = found[kind].kept
        assert kept is not None
        assert (np.diff(kept) >= 0).all()
