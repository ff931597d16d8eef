"""The measuring itself, on the smallest workload, in processes of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import machine, memory, suite
from benchmarks.places import check_device, check_memory
from benchmarks.results import Results, load
from benchmarks.suite import Asked, measure
from benchmarks.testing.made import results
from benchmarks.workloads import mlp_small, mlp_tiny, scaled
from brain.names import CONTENDERS
from brain.testing.present import needs
from brain.testing.refusals import refusal


def asked(**changed: object) -> Asked:
    needs("numpy", CONTENDERS)
    given = {
        "workloads": [mlp_tiny()],
        "contenders": ["numpy"],
        "phases": ["forward", "step", "start"],
        "devices": ["cpu"],
        "precisions": ["float32"],
        "threads": 1,
        "rounds": 2,
        "turn": 0.01,
        "quick": True,
    }
    return Asked(**{**given, **changed})  # type: ignore[arg-type]


def empty() -> Results:
    found = results()
    found.peaks, found.complete = {}, False
    return found


def test_a_workload_is_measured_and_kept(tmp_path: Path) -> None:
    told: list[str] = []
    found, path = empty(), tmp_path / "r.json"
    (rows,) = list(measure(asked(), found, path, told.append))
    (row,) = rows
    assert (row.agrees, row.verdict, row.absent) == (True, "agrees", None)
    assert {phase: len(kept.seconds) for phase, kept in row.phases.items()} == {
        "forward": 2,
        "step": 2,
    }
    assert row.starts[0]["whole"] > row.starts[0]["step"] > 0
    assert row.notes["threads"] == 1
    assert found.peaks["cpu float32"] > 1e8
    kept = load(path)
    assert kept.complete
    assert kept.rows[0].contender == "numpy"
    assert any("round 2 of at most 2, numpy" in line for line in told)


def test_an_interrupted_run_keeps_what_was_measured(tmp_path: Path) -> None:
    path, found = tmp_path / "r.json", empty()

    def interrupted(line: str) -> None:
        if "step: round 2" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(measure(asked(rounds=3), found, path, interrupted))
    kept = load(path)
    assert not kept.complete
    assert len(kept.rows[0].phases["forward"].seconds) == 3
    assert len(kept.rows[0].phases["step"].seconds) == 1


def test_a_contender_that_cannot_is_left_out_with_the_reason() -> None:
    needs("numpy", CONTENDERS)
    group = suite._Group(asked(phases=["step"]), mlp_tiny(), "cuda:9", "bf16", lambda line: None)
    rows: list[object] = []
    list(group.measured(rows))  # type: ignore[arg-type]
    assert group.rows[0].absent
    assert "computes in float32, never in bf16" in group.rows[0].absent
    assert not group.rows[0].phases


def test_threads_are_pinned_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    (rows,) = list(measure(asked(phases=[], threads=1), empty(), tmp_path / "r.json", print))
    assert rows[0].notes["threads"] == 1


def test_a_workload_too_large_for_the_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free", lambda: 2**30)
    check_memory(mlp_small(), "cpu", 7)
    said = refusal(lambda: check_memory(scaled(mlp_small(), 100_000), "cpu", 7))
    assert said.startswith("mlp-small with batch 100000 needs about ")
    assert "for 7 contenders, and 1.0 GiB of cpu memory are free" in said
    monkeypatch.setattr(machine, "gpu_free", lambda: 2**30)
    assert "of cuda memory" in refusal(lambda: check_memory(scaled(mlp_small(), 10**7), "cuda", 7))


def test_a_device_that_nobody_has_is_refused() -> None:
    said = refusal(lambda: check_device("mps", ["numpy"], mlp_tiny()))
    assert said.startswith("there is no mps here for any of numpy: ")


def test_a_precision_without_its_device_is_refused(tmp_path: Path) -> None:
    run = measure(asked(precisions=["bf16"]), empty(), tmp_path / "r.json", print)
    assert "bf16 is timed on cuda alone" in refusal(lambda: next(run))
