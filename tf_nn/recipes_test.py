"""Every recipe, in its quick mode, in TensorFlow: it runs, goes on, and begins as NumPy does."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed")

from brain.testing.recipe_suite import Recipes


class TestRecipes(Recipes):
    engine = "tensorflow"
