"""A language model in TensorFlow writes what NumPy's writes."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.testing.writing_suite import Writing


class TestWriting(Writing):
    engine = "tensorflow"
