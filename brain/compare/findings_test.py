"""An answer follows from an error and its budget; the worst one counts."""

from __future__ import annotations

import math

import pytest

from brain.compare.findings import Finding, Verdict, largest, worst


def test_findings() -> None:
    assert Finding(1e-16, 1e-15).within
    assert Finding(1e-15, 1e-15).within
    assert not Finding(2e-15, 1e-15).within
    assert not Finding(math.inf, 1.0).within
    assert not Finding(math.nan, 1.0).within
    assert Finding(1.0, 4.0).share == 0.25
    assert Finding(0.0, 0.0).share == 0.0
    assert Finding(1.0, 0.0).share == math.inf
    small, used_up = Finding(1e-3, 1.0), Finding(1e-9, 1e-9)
    assert largest([small, used_up]) is used_up


@pytest.mark.parametrize(
    ("error", "budget", "answer"),
    [
        (1e-3, 1e-3, "equal"),
        (2e-3, 1e-3, "differs"),
        (math.inf, 1e-3, "differs"),
        (math.nan, 1e-3, "differs"),
        (0.1, 0.099, "differs"),
        (1e-9, 0.1, "undecided"),
        (0.15, 0.2, "undecided"),
        (0.5, 0.2, "undecided"),  # a few runs showed 0.2; the next may go further
        (1.0, 0.2, "undecided"),
        (1.1, 0.2, "differs"),
        (50.0, 0.2, "differs"),
        (math.inf, 0.2, "differs"),
        (math.nan, 0.2, "differs"),
        (5.0, 6.0, "undecided"),
        (7.0, 6.0, "differs"),
        (1e-3, math.inf, "undecided"),  # the reference itself diverged
        (math.inf, math.inf, "undecided"),
        (1e-3, math.nan, "undecided"),
    ],
)
def test_the_answer_of_a_finding(error: float, budget: float, answer: str) -> None:
    assert Finding(error, budget).answer == answer


def test_the_answer_of_a_verdict_is_the_worst_of_its_findings() -> None:
    fine, bad, loose = Finding(0.0, 1e-3), Finding(2e-3, 1e-3), Finding(0.0, 1.0)
    for findings, answer in (
        ([], "equal"),
        ([fine, fine], "equal"),
        ([fine, loose], "undecided"),
        ([loose, bad], "differs"),
        ([bad, fine], "differs"),
    ):
        verdict = Verdict("m", "e", "float64", dict(zip("ab", findings, strict=False)))
        assert verdict.answer == worst(f.answer for f in findings) == answer
        assert verdict.equal == (answer == "equal")


@pytest.mark.parametrize(
    ("quantities", "doubtful"),
    [
        ({"outputs": Finding(0.0, 1e-3), "step 10": Finding(2e-3, 1e-3)}, True),
        ({"outputs": Finding(2e-3, 1e-3), "step 10": Finding(2e-3, 1e-3)}, False),
        ({"step 10": Finding(2e-3, 1e-3), "step 100": Finding(2.0, 1e-3)}, False),
        ({"step 10": Finding(math.inf, 1e-3)}, False),
        ({"step 10": Finding(0.0, 1e-3)}, False),
        ({"step 10": Finding(0.5, 0.2)}, False),
    ],
)
def test_only_steps_that_are_not_far_apart_are_doubted(
    quantities: dict[str, Finding], doubtful: bool
) -> None:
    assert Verdict("m", "e", "float32", quantities).doubtful == doubtful
