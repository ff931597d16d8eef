"""The lines that a loss must pass are those of the best answer that needs no memory."""

from __future__ import annotations

import math

import pytest

from brain import data
from brain.testing.refusals import refusal
from rnn.tasks import copying, without_memory


def test_the_two_tasks() -> None:
    assert without_memory(data.load("adding", n=20, length=9)) == 1 / 6
    copy = data.load("copy", n=20, symbols=10, delay=30)
    assert without_memory(copy) == pytest.approx(10 * math.log(8) / 50)
    assert copying(10, 50) == pytest.approx(0.4159, abs=1e-4)


def test_another_data_set_is_refused() -> None:
    said = refusal(lambda: without_memory(data.load("moons")))
    assert said == "moons is no memory task; those are adding and copy."
