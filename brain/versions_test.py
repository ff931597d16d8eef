"""The versions in a record are those that are installed."""

from __future__ import annotations

import numpy as np

from brain.versions import versions


def test_versions_are_those_that_are_installed() -> None:
    assert versions("numpy") == {"numpy": np.__version__}
    assert versions("scratch.testing.faulty:Clean") == {"numpy": np.__version__}
    assert set(versions("torch")) <= {"numpy", "torch"}
