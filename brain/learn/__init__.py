"""Exercises: stubs made from solutions, checks that say what went wrong, progress, reports."""

from brain.learn.exercise import Answer, Ask, Exercise, Mistake

__all__ = ["Answer", "Ask", "Exercise", "Mistake"]
