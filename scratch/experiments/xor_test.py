"""XOR: twice the same, saved and loaded whole, and what a stuck network looks like."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from brain import data
from brain.store import Store
from scratch.experiments import xor
from scratch.neurons.neuron import Identity, NeuralNetwork, Tanh
from scratch.testing.staged import quick, repeats


def test_the_same_bits_twice(tmp_path: Path) -> None:
    said = repeats(xor.run, tmp_path, "models/xor/0001", "xor-planes.png", "xor-seeds.png")
    assert "its answers are the same bits: True" in said
    # Both do the same sums in another order, so that roundings of 1e-16 set them apart. Near a
    # saddle point, a step leads two networks further apart, by the factor 1 + lr |curvature|;
    # through 1000 steps that makes 2e-8 of it. Ten steps stay below 1e-12: `neuron_test.py`.
    assert float(said.split("answer alike to ")[1].split()[0]) < 1e-6


def test_what_is_saved_answers_as_was_said(tmp_path: Path) -> None:
    _, said = quick(xor.run, tmp_path)
    net = Store(tmp_path / "models").open("xor").network()
    told = [float(number) for number in re.findall(r"it says (-?[\d.]+)", said)]
    answers = net.predict(data.load("xor").x_train)[:, 0]
    np.testing.assert_allclose(answers, told, atol=6e-4)
    assert net.step == 1000


def test_a_second_run_says_the_same_and_names_its_own_version(tmp_path: Path) -> None:
    (_, said), (paths, again) = quick(xor.run, tmp_path), quick(xor.run, tmp_path)
    assert said == again
    assert paths[0] == tmp_path / "models" / "xor" / "0002"


def test_it_is_told_how_many_seeds_learn_it_and_restarts_apart(tmp_path: Path) -> None:
    _, said = quick(xor.run, tmp_path)
    alone = re.search(r"without a restart: (\d+) of 10 seeds", said)
    assert alone
    assert int(alone[1]) == sum(
        xor.losses_of(data.load("xor"), seed, 1000)[-1] < xor.SOLVED for seed in range(10)
    )
    again = re.search(r"with up to 5 restarts: (\d+) of 10", said)
    assert int(alone[1]) < 10  # seed 5 is stuck
    assert again
    assert int(again[1]) == 10


def test_a_stuck_network_has_two_points_that_look_alike_to_its_last_neuron() -> None:
    gate = data.load("xor")
    net = NeuralNetwork((2, 2, 1), Tanh(), Identity(), seed=5, reach=xor.REACH)
    for _ in net.fit(gate.x_train, gate.y_train, xor.LR, 4000):
        pass
    assert abs(net.backward(gate.x_train, gate.y_train) - 1 / 8) < 2e-3
    hidden = net.layers[0].forward(gate.x_train.astype(np.float64))
    answers = net.predict(gate.x_train)[:, 0]
    halves = np.flatnonzero(np.abs(answers - 0.5) < 0.05)
    assert len(halves) == 2
    np.testing.assert_allclose(hidden[halves[0]], hidden[halves[1]], atol=0.02)
    assert np.abs(hidden[halves]).min() > 0.99  # saturated: their slopes are near 0
    assert gate.y_train[halves].sum() == 1


def test_a_training_stops_when_it_is_solved() -> None:
    losses = xor.losses_of(data.load("xor"), 0, 2000)
    assert len(losses) < 2000
    assert losses[-1] < xor.SOLVED <= losses[-2]
