"""A pass in parts is the pass as a whole, and turned ReLU units are told from a fault."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.findings import Noise, Verdict
from brain.compare.gather import Runs
from brain.compare.judge import compare_model
from brain.compare.layers import passes
from brain.compare.parts import PARTS, parts
from brain.compare.tolerances import SAFETY, backward_budget
from brain.passes import completed
from brain.testing.here import Here, workers

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

NAMES = ("residual-projection", "batchnorm", "bidirectional-lstm", "gru-sequences", "conv-same")
SOME = [case for case in CASES if case.name in NAMES] or CASES[:3]
LAYERS = (spec.Dense(7), spec.LeakyReLU(), spec.Dense(6), spec.Tanh(), spec.Dense(4))
MODEL = spec.Model("walked", (5,), LAYERS, spec.SoftmaxCrossEntropy())
SGD = optimizers(2)["sgd"]


def split(model: spec.Model, samples: int) -> list[list[str]]:
    return parts(list(completed(model.nodes)), samples)


def judged(model: spec.Model, fault: str, dtypes: list[str]) -> tuple[list[Verdict], Noise]:
    return compare_model(model, workers(f"scratch.testing.faulty:{fault}"), dtypes, SGD, 2)


def test_a_small_pass_has_one_part_and_a_large_one_several() -> None:
    small, large = (
        spec.Model("m", (9,), (*[spec.Dense(n)] * 12, spec.Dense(5)), spec.MeanSquaredError())
        for n in (50, 5_000)
    )
    names = [node.name for node in completed(large.nodes)]
    assert split(small, 64) == [names]
    assert split(large, 7) == [names]
    found = split(large, 100)
    assert [name for part in found for name in part] == names
    assert [len(part) for part in found] == [3, 3, 3, 4]  # and the last of these is small
    assert len(found) == PARTS


def test_a_nest_stands_behind_its_layers_and_a_layer_as_large_as_all_is_a_part() -> None:
    layers = (spec.Dense(90_000), spec.Residual((spec.Dense(9), spec.Dense(90_000))), spec.Dense(1))
    model = spec.Model("m", (4,), layers, spec.MeanSquaredError())
    inside = [["residual1.body.dense1"], ["residual1.body.dense2"]]
    assert split(model, 100) == [["dense1"], *inside, ["residual1", "dense2"]]


@pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)
def test_a_pass_in_parts_is_judged_as_the_whole(
    case: spec.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = judged(case, "WrongSign", ["float64", "float32"])
    monkeypatch.setattr("brain.compare.parts.WHOLE", 0)
    assert len(split(case, 7)) > 1 or len(list(case.walk())) == 1
    assert repr(judged(case, "WrongSign", ["float64", "float32"])) == repr(wanted)


@pytest.mark.parametrize("fault", ["NoBias", "BackwardSlope", "WrongLoss", "TinyGradient"])
def test_a_fault_is_found_in_its_part(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = judged(MODEL, fault, ["float64"])
    monkeypatch.setattr("brain.compare.parts.WHOLE", 0)
    assert repr(judged(MODEL, fault, ["float64"])) == repr(wanted)
    assert wanted[0][0].answer == "differs"


def test_a_fault_in_evaluation_is_found_in_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (spec.Dense(6), spec.BatchNorm(), spec.Tanh(), spec.Dense(4))
    model = spec.Model("norm", (5,), layers, MODEL.loss)
    monkeypatch.setattr("brain.compare.parts.WHOLE", 0)
    (verdict,), _ = judged(model, "BatchInEvaluation", ["float64"])
    assert verdict.first == "batchnorm1, forward, in evaluation"
    assert verdict.cause


class Asked(Here):
    """A worker that notes which layers each walk keeps."""

    def __init__(self, engine: str) -> None:
        super().__init__(engine)
        self.walks: list[list[str]] = []

    def call(
        self, function: str, on_event: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Any:
        assert not function.endswith(":traced")
        if function.endswith(":walked"):
            self.walks.append(list(arguments["layers"]))
        return super().call(function, on_event, **arguments)


def test_no_worker_is_asked_for_more_than_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brain.compare.parts.WHOLE", 0)
    theirs = "scratch.testing.faulty:BackwardSlope"
    asked = {engine: Asked(engine) for engine in ("numpy", theirs)}
    (verdict,), _ = compare_model(MODEL, asked, ["float64"], SGD, 2)
    assert verdict.answer == "differs"
    longest = max(len(part) for part in split(MODEL, 7))
    assert longest == 2
    for worker in asked.values():
        assert max(len(walk) for walk in worker.walks) <= longest


def test_the_asked_batch_is_that_of_the_pass_and_of_each_step() -> None:
    for steps, samples in ((1, 64), (3, 192), (100, 4 * 64 + 32)):
        runs = Runs(MODEL, workers(), SGD, steps, "cpu", lambda what: None, 64)
        assert (runs.pass_size, runs.batch_size, runs.samples) == (64, 64, samples)
        assert len(runs.example.x) == 64
    verdicts, noise = compare_model(
        MODEL, workers("scratch.testing.faulty:Clean"), ["float64"], SGD, 2, batch_size=20
    )
    assert verdicts[0].equal
    assert (noise.batch_size, noise.samples) == (20, 40)


BENT = spec.Model("bent", (5,), (spec.Dense(6), spec.ReLU(), spec.Dense(3)), MODEL.loss)


class Moved(Here):
    """A worker one of whose ReLU units comes out as `value`."""

    def __init__(self, engine: str, value: float) -> None:
        super().__init__(engine)
        self.value = value

    def call(
        self, function: str, on_event: Callable[[Any], object] | None = None, **arguments: Any
    ) -> Any:
        def hear(layer: Any) -> None:
            if layer["name"] == "relu1":
                layer["output"] = layer["output"].copy()
                layer["output"][2, 3] = self.value
            if on_event:
                on_event(layer)

        return super().call(function, hear, **arguments)


@pytest.mark.parametrize(("value", "counts"), [(1e-18, True), (1e-3, False), (-0.0, False)])
def test_a_unit_that_rounding_turns_widens_the_budget_by_its_share(
    value: float, counts: bool
) -> None:
    theirs = "scratch.testing.faulty:Clean"
    given = {"numpy": Moved("numpy", 0.0), theirs: Moved(theirs, value)}
    runs = Runs(BENT, given, SGD, 1, "cpu", lambda what: None)
    held = passes(runs, ["float64"])[theirs, "float64"]
    d_output = runs.trace("numpy", "float64", ["relu1"])["d_outputs"]["relu1"]
    share = abs(d_output[2, 3]) / np.linalg.norm(d_output) if counts else 0.0
    assert held.turned == pytest.approx(share)
    assert held.forward["relu1"].within is (value < 1e-10)
    budget = backward_budget(completed(BENT.nodes), 7, "float64")
    for finding in held.backward.values():
        assert finding.budget == pytest.approx(budget + SAFETY * share)
    assert math.isfinite(held.loss.error)
