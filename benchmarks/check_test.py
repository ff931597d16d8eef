"""The guard: every workload has a bound with its reason, and what is beyond one is told."""

from __future__ import annotations

from benchmarks.check import MEAN, SMALL, Bound, bounds, held
from benchmarks.testing.made import results, row
from brain.names import WORKLOADS

LIMITS = {"mlp-wide": Bound(1.5, "a"), "cnn-mnist": Bound(1.5, "b"), MEAN: Bound(1.0, "c")}


def test_every_workload_has_a_bound_and_a_reason() -> None:
    found = bounds()
    assert set(found) == {*WORKLOADS, MEAN}
    assert set(SMALL) < set(WORKLOADS)
    assert all(bound.most > 0 and bound.reason for bound in found.values())


def pair(workload: str, ratio: float) -> list[object]:
    numpy = row("numpy", [ratio] * 3, workload)
    return [numpy, row("torch-eager", [1.0] * 3, workload)]


def test_a_ratio_beyond_its_bound_breaks_it() -> None:
    verdicts = held(results(*pair("mlp-wide", 1.6), *pair("cnn-mnist", 0.5)), LIMITS)  # type: ignore[arg-type]
    assert [v.holds for v in verdicts] == [False, True, True]
    assert verdicts[0].sentence == "mlp-wide: 1.60, and 1.50 IS BROKEN (a)"
    assert verdicts[1].sentence == "cnn-mnist: 0.50, and 1.50 holds"
    assert verdicts[2].name == MEAN


def test_the_mean_is_held_too_but_only_over_all() -> None:
    (*_, mean) = held(results(*pair("mlp-wide", 1.4), *pair("cnn-mnist", 1.4)), LIMITS)  # type: ignore[arg-type]
    assert (mean.name, mean.holds) == (MEAN, False)
    assert [v.name for v in held(results(*pair("mlp-wide", 1.4)), LIMITS)] == ["mlp-wide"]  # type: ignore[arg-type]


def test_a_noisy_ratio_is_told() -> None:
    rows = [row("numpy", [1.0, 1.4, 2.0]), row("torch-eager", [1.0] * 3)]
    (verdict,) = held(results(*rows), {"mlp-wide": Bound(1.5, "a")})
    assert verdict.sentence == (
        "mlp-wide: 1.40, and 1.50 holds; but that is noisy: measure again in quiet"
    )


def test_what_was_not_measured_holds_nothing() -> None:
    for rows in (
        [row("numpy", [1.0])],
        [row("numpy", [1.0]), row("torch-eager", [1.0], agrees=False)],
        [row("numpy", [1.0], agrees=False), row("torch-eager", [1.0])],
    ):
        (verdict,) = held(results(*rows), {"mlp-wide": Bound(1.5, "a")})
        assert not verdict.holds
        assert "no ratio could be measured" in verdict.sentence
