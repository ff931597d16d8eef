"""What a recurrent network remembers is the same in TensorFlow as in NumPy."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.testing.memory_suite import Memory


class TestMemory(Memory):
    engine = "tensorflow"
