"""What every recipe must do in every engine, in its quick mode; tests subclass `Recipes`.

class TestRecipes(Recipes):
    engine = "torch"
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from brain import data, spec
from brain.divergence import DivergenceError
from brain.engine import Network, build
from brain.names import RECIPES, here
from brain.recipe_files import Made, make, read
from brain.recipes import start
from brain.store import Store
from brain.testing.arrays import assert_close, assert_same, everything
from brain.testing.saved import begun
from brain.training import train

FIRST = 3
"""Steps after which two engines are held against each other."""

CLOSE = 1e-9
"""A step rounds by 1e-16 and training may amplify that (brain/testing/trajectory_suite.py)."""


def names(folder: str | None = None) -> list[str]:
    """The recipes of a folder, or of all of them."""
    return [name for name, where in RECIPES.items() if folder in (None, where)]


@lru_cache(maxsize=2)
def quick(name: str) -> Made:
    """A recipe in its quick mode; a skip where its folder or its data are missing."""
    if not here(RECIPES[name]):
        pytest.skip(f"the folder {RECIPES[name]}/ is not on this branch")
    wanted = read(name).data_name
    if not data.describe(wanted).available():
        pytest.skip(f"the data set {wanted} is not here: brain data get {wanted}")
    return make(name, quick=True)


def first_steps(made: Made, engine: str) -> tuple[list[float], Network]:
    """The losses of a recipe's first steps in float64, and the network after them."""
    net, steps = start(replace(made.recipe, dtype="float64"), engine, dataset=made.dataset)
    return [float(step.loss) for step in itertools.islice(steps, FIRST)], net


class Recipes:
    """Every recipe of `only`, a folder, or of all."""

    engine: ClassVar[str]
    only: ClassVar[str | None] = None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "name" in metafunc.fixturenames:
            metafunc.parametrize("name", names(self.only), scope="class")

    def test_one_that_diverges_ends_soon_and_names_the_layer(self) -> None:
        """A rate that is far too large; float64, so that each engine fails in the same step."""
        surface = data.load("surface", n=1000)
        layers = (spec.Dense(8), spec.ReLU(), spec.Dense(1))
        model = spec.Model("small", (2,), layers, spec.MeanSquaredError())
        said = []
        for engine in (self.engine, "numpy"):
            net = build(model, engine, dtype="float64", optimizer=spec.SGD(1e3))
            with pytest.raises(DivergenceError) as caught:
                list(train(net, surface, batch_size=2, epochs=2))
            found = re.search(
                r"the first that is not finite is (.+?), in step \d+", str(caught.value)
            )
            assert found, str(caught.value)
            said.append((found[0], net.step))
            assert all(np.isfinite(array).all() for array in everything(net).values())
        assert said[0] == said[1]
        assert 0 < said[0][1] < 100

    def test_it_ends_and_is_saved_and_goes_on_where_it_was_stopped(
        self, name: str, tmp_path: Path
    ) -> None:
        made, store = quick(name), Store(tmp_path)
        keeper, steps, net = begun(store, made.recipe, self.engine, dataset=made.dataset)
        told = [(s.step, float(s.loss), s.metrics) for s in steps]
        assert len(told) == told[-1][0] == keeper.run.steps
        assert all(np.isfinite(v) for _, loss, metrics in told for v in (loss, *metrics.values()))
        whole = store.open(keeper.finish(told[-1][2]))
        assert whole.run.recipe == made.recipe
        assert (whole.run.recipe.name, whole.run.finished) == (f"{name}-quick", True)

        stop = made.checkpoint_every + 3
        keeper, steps, _ = begun(store, made.recipe, self.engine, dataset=made.dataset)
        for _ in itertools.islice(steps, stop):
            pass
        saved = store.open(keeper.stop())
        rest = begun(store, saved.run.recipe, self.engine, saved=saved, dataset=made.dataset)
        again = [(s.step, float(s.loss), s.metrics) for s in rest[1]]
        self.same(again, told[stop:], everything(rest[2]), everything(net))

    def same(self, again: Any, told: Any, got: Any, wanted: Any) -> None:
        """Taken up again it is the same training, to the last bit."""
        assert again == told
        assert_same(got, wanted)

    def test_its_first_steps_are_numpys(self, name: str) -> None:
        if self.engine == "numpy":
            pytest.skip("it is the reference")
        made = quick(name)
        losses, net = first_steps(made, self.engine)
        reference, numpy = first_steps(made, "numpy")
        assert losses[0] > 0
        np.testing.assert_allclose(losses, reference, rtol=CLOSE)
        assert_close(everything(net), everything(numpy), CLOSE)
