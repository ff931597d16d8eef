"""Every recipe of the sequence track, in its quick mode, in NumPy."""

from __future__ import annotations

import pytest

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

from brain.testing.recipe_suite import Recipes


class TestRecipes(Recipes):
    engine = "numpy"
    only = "rnn"
