"""What a network sees in TensorFlow is what it sees in NumPy."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.testing.seeing_suite import Seeing


class TestSeeing(Seeing):
    engine = "tensorflow"
