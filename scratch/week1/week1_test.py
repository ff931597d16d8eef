"""The exercises of the first week are fit: see `brain/testing/exercise_suite.py`."""

from __future__ import annotations

from brain.testing.exercise_suite import ExerciseSuite


class TestExercises(ExerciseSuite):
    track = "scratch"
    least = 25
