"""Too small, right and too large part as they should, and the same bits are drawn twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from brain.training import DivergenceError, Step
from scratch.experiments.learning_rate import EVERY, RATES, run, told
from scratch.testing.staged import repeats


def test_one_rate_learns_and_the_same_is_drawn_twice(tmp_path: Path) -> None:
    said = repeats(run, tmp_path, "learning_rate-loss.png")
    lines = re.findall(r"^(too small|right|too large) .*: test loss ([\d.]+)", said, flags=re.M)
    losses = {name: float(loss) for name, loss in lines}
    assert list(losses) == list(RATES)
    assert losses["right"] < losses["too small"] < losses["too large"]
    found = re.search(r"the best is ([\d.]+)", said)
    assert found
    assert min(EVERY) < float(found[1]) < max(EVERY)


def test_a_training_that_diverges_has_no_result() -> None:
    def diverging() -> Iterator[Step]:
        yield Step(1, 9, 1, 0.5, 0.0, {"loss": 0.4, "accuracy": 0.5})
        raise DivergenceError("it did")

    assert told(diverging()) == ([0.5], {})


@pytest.mark.parametrize("wanted", RATES.values())
def test_the_three_are_among_the_nineteen(wanted: float) -> None:
    assert any(rate == pytest.approx(wanted) for rate in EVERY)
