"""The exercises in PyTorch are fit: see `brain/testing/exercise_suite.py`."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.testing.exercise_suite import ExerciseSuite


class TestExercises(ExerciseSuite):
    track = "torch_nn"
    least = 5
