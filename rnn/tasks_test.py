"""The lines that a loss must pass are those of the best answer that needs no memory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brain import data
from brain.data.sequences import BLANK, LETTERS
from brain.testing.refusals import refusal
from rnn.tasks import copying, level, without_memory


def test_the_two_tasks() -> None:
    assert without_memory(data.load("adding", n=20, length=9)) == 1 / 6
    copy = data.load("copy", n=20, symbols=10, delay=30)
    assert without_memory(copy) == pytest.approx(10 * math.log(8) / 50)
    assert copying(10, 50) == pytest.approx(0.4159, abs=1e-4)


@pytest.mark.parametrize("options", [{}, {"symbols": 5, "delay": 20}, {"symbols": 3}])
def test_by_the_options_it_is_as_by_the_data(options: dict[str, int]) -> None:
    found, how = level("copy", options)
    assert found == without_memory(data.load("copy", n=20, **options))
    symbols, steps = how.split(" log 8 / ")
    assert found == copying(int(symbols), int(steps))
    assert level("adding", {}) == (1 / 6, "1/6")


def test_the_level_is_what_a_guess_without_a_memory_pays() -> None:
    """Sure of the blanks, and an eighth for each letter: the cross-entropy of that answer."""
    copy = data.load("copy", n=200, symbols=5, delay=20)
    p = np.zeros((30, 10))
    p[:25, BLANK], p[25:, : len(LETTERS)] = 1, 1 / 8
    nats = -np.log(p[np.arange(30), copy.y_test]).mean()
    assert without_memory(copy) == pytest.approx(nats) == pytest.approx(0.3466, abs=1e-4)


def test_another_data_set_is_refused() -> None:
    said = refusal(lambda: without_memory(data.load("moons")))
    assert said == "moons is no memory task; those are adding and copy."
