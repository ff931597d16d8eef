"""A language model in PyTorch writes what NumPy's writes."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.testing.writing_suite import Writing


class TestWriting(Writing):
    engine = "torch"
