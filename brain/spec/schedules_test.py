"""Learning rates at chosen steps, worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain import spec
from brain.spec.schedules import learning_rate
from brain.testing.refusals import refusal
from brain.testing.training_strategies import schedules

# Each value is a handful of operations away from the number by hand: a few units of rounding.
close = pytest.approx
RELATIVE = 1e-14


def check(schedule: spec.Schedule, wanted: dict[int, float]) -> None:
    for step, rate in wanted.items():
        assert schedule(step) == close(rate, rel=RELATIVE, abs=1e-18), f"step {step}"


def test_constant() -> None:
    check(spec.Constant(0.3), {0: 0.3, 1: 0.3, 10**9: 0.3})


def test_step_falls_after_every_so_many_steps() -> None:
    wanted = {0: 0.8, 9: 0.8, 10: 0.2, 19: 0.2, 20: 0.05, 29: 0.05, 30: 0.0125}
    check(spec.Step(0.8, every=10, factor=0.25), wanted)
    check(spec.Step(1.0, every=1), {0: 1.0, 1: 0.1, 3: 0.001})


def test_exponential() -> None:
    check(spec.Exponential(0.5, rate=0.5), {0: 0.5, 1: 0.25, 2: 0.125, 10: 2.0**-11})
    check(spec.Exponential(0.5, rate=1.0), {0: 0.5, 1000: 0.5})


def test_cosine_ends_and_middle() -> None:
    schedule = spec.Cosine(0.9, steps=12, final_lr=0.1)
    # (1 + cos(pi / 3)) / 2 = 3/4, at a third of the way.
    check(schedule, {0: 0.9, 4: 0.7, 6: 0.5, 8: 0.3, 12: 0.1, 13: 0.1, 10**6: 0.1})
    check(spec.Cosine(0.9, steps=1), {0: 0.9, 1: 0.0, 2: 0.0})


def test_warm_up_is_linear_and_then_follows() -> None:
    wanted = {0: 0.2, 1: 0.4, 2: 0.6, 3: 0.8, 4: 0.8, 5: 0.6, 6: 0.4, 7: 0.2, 8: 0.0, 99: 0.0}
    linear = {4: 0.8, 6: 0.4, 8: 0.0, 99: 0.0}  # where half a cosine and a line meet
    schedule = spec.LinearWarmup(4, spec.Cosine(0.8, steps=4))
    check(schedule, {step: wanted[step] for step in range(4)} | linear)
    check(spec.LinearWarmup(1, spec.Step(0.8, every=2)), {0: 0.8, 1: 0.8, 2: 0.8, 3: 0.08})


def test_a_warm_up_within_a_warm_up() -> None:
    inner = spec.LinearWarmup(2, spec.Constant(1.0))  # 1/2, 1, 1, ...
    check(spec.LinearWarmup(2, inner), {0: 0.25, 1: 0.5, 2: 0.5, 3: 1.0, 4: 1.0})


def test_one_cycle_rises_peaks_and_falls() -> None:
    schedule = spec.OneCycle(1.0, steps=20, rise=0.25, start_divisor=10, end_divisor=100)
    check(schedule, {0: 0.1, 5: 1.0, 20: 0.01, 21: 0.01, 10**6: 0.01})
    down = 0.01 + 0.99 * (1 + math.cos(math.pi * 5 / 15)) / 2  # a third of the way down: 3/4
    assert down == close(0.01 + 0.99 * 0.75)
    up = 1.0 - 0.9 * (1 + math.cos(math.pi * 2 / 5)) / 2
    check(schedule, {2: up, 10: down})
    rates = [schedule(step) for step in range(25)]
    assert max(rates) == rates[5]
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)


def test_an_optimizer_gives_its_rate() -> None:
    assert spec.SGD(0.3).rate(17) == 0.3
    assert spec.Adam(spec.Exponential(0.5, 0.5)).rate(2) == 0.125
    assert learning_rate(2, 5) == 2


@given(schedules(), st.integers(0, 100_000))
def test_every_rate_can_be_used(schedule: spec.Schedule, step: int) -> None:
    rate = learning_rate(schedule, step)
    assert isinstance(rate, float)
    assert math.isfinite(rate)
    assert rate >= 0


def test_a_rate_that_cannot_be_used_is_refused() -> None:
    schedule = spec.LinearWarmup(10, spec.Constant(1e308))
    text = refusal(lambda: spec.SGD(schedule).rate(9))  # 1e308 * 10 before the division
    assert "LinearWarmup" in text
    assert "step 9" in text


def test_a_rate_that_grows_without_bound_is_refused() -> None:
    assert "step 2000" in refusal(lambda: spec.SGD(spec.Step(1.0, 1, factor=2.0)).rate(2000))
