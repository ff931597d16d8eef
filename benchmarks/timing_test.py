"""What a worker does, in this process: a contender is made and timed."""

from __future__ import annotations

import pytest

from benchmarks import timing
from benchmarks.workloads import mlp_small, mlp_tiny
from brain import data
from brain.errors import UserError
from brain.names import CONTENDERS
from brain.testing.present import needs
from brain.testing.refusals import refusal


def made(workload: object = None) -> dict[str, object]:
    needs("numpy", CONTENDERS)
    return timing.make("numpy", "numpy", workload or mlp_tiny(), "cpu", "float32")  # type: ignore[arg-type]


def test_what_is_made_tells_what_it_computed_and_cost() -> None:
    found = made()
    assert found["outputs"].shape == (4, 2)  # type: ignore[attr-defined]
    assert list(found["parameters"]) == list(mlp_tiny().model.parameters())  # type: ignore[call-overload]
    assert set(found["seconds"]) == {"import", "build", "place", "forward", "step"}  # type: ignore[call-overload]
    assert set(found["memory"]) == {"now", "most", "device"}  # type: ignore[call-overload]


@pytest.mark.parametrize("phase", ["forward", "step"])
def test_a_turn_gives_samples(phase: str) -> None:
    made()
    found = timing.turn("numpy", phase, 0.02)
    assert found["seconds"]
    assert all(0 < seconds < 60 for seconds in found["seconds"])
    assert found["joules"] == []


def test_each_turn_trains_from_the_same_start() -> None:
    made()
    timing.turn("numpy", "step", 0.01)
    held = timing._held[0]
    timing.turn("numpy", "forward", 0.01)
    outputs = held.made.fetch(held.made.forward(held.batch))
    held.made.load(held.given.parameters)
    assert (held.made.fetch(held.made.forward(held.batch)) != outputs).any()


def test_samples_are_steady_when_their_median_is_known() -> None:
    assert timing.steady([1.0, 1.001, 1.002, 1.001, 1.0])
    assert not timing.steady([1.0, 1.001, 1.002])
    assert not timing.steady([1.0, 2.0, 1.0, 2.0, 1.0, 2.0])


def test_an_epoch_is_trained_on_the_real_data() -> None:
    made(mlp_small())
    try:
        found = timing.epoch("numpy", seed=0, number=0, steps=3)
    except UserError as error:
        pytest.skip(str(error))
    assert (found["steps"], found["of"]) == (3, len(data.load("mnist").x_train) // 32)
    assert 0 < found["loss"] < 100


def test_a_workload_without_data_has_no_epoch() -> None:
    assert "mlp-tiny has no data set" in refusal(lambda: timing.rows(mlp_tiny()))
