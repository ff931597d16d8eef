"""What a network sees in PyTorch is what it sees in NumPy."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.testing.seeing_suite import Seeing


class TestSeeing(Seeing):
    engine = "torch"
