"""What a trap has measured can be had as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from brain.testing.trap_suite import assert_trap


def test_what_is_measured_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By test, each time it was asked; without BRAIN_TRAPS nowhere."""
    path, right = tmp_path / "traps.json", np.ones(4)
    monkeypatch.delenv("BRAIN_TRAPS", raising=False)
    assert_trap(right + 2, right, right, off_by=1.0)
    monkeypatch.setenv("BRAIN_TRAPS", str(path))
    for size in (0.5, 0.25):
        assert_trap(right + size, right, right, off_by=0.1)
    with pytest.raises(AssertionError, match="the trap is gone"):
        assert_trap(right, right, right, off_by=0.1)
    ((test, measured),) = json.loads(path.read_text(encoding="utf-8")).items()
    assert test == "brain/testing/trap_suite_test.py::test_what_is_measured_is_noted"
    assert measured == [{"naive": size, "ours": 0.0} for size in (0.5, 0.25, 0.0)]
