"""What a recurrent network remembers is the same in PyTorch as in NumPy."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.testing.memory_suite import Memory


class TestMemory(Memory):
    engine = "torch"
