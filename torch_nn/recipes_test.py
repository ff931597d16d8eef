"""Every recipe, in its quick mode, in PyTorch: it runs, goes on, and begins as NumPy does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from brain.testing.recipe_suite import Recipes  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small batches: with more threads, most of the time would go into waiting."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestRecipes(Recipes):
    engine = "torch"
