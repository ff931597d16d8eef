"""The exercises in TensorFlow are fit: see `brain/testing/exercise_suite.py`."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.testing.exercise_suite import ExerciseSuite


class TestExercises(ExerciseSuite):
    track = "tf_nn"
    least = 5
