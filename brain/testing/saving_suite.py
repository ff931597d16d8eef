"""What every engine must pass with the store; its tests subclass `Saving`.

class TestSaving(Saving):
    engine = "torch"
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from brain import data, spec
from brain.checkpoints import record
from brain.compare.cases import CASES, optimizers
from brain.compare.examples import example
from brain.compare.gather import nudged
from brain.compare.tolerances import error, forward_budget, steps_budget
from brain.engine import Network, build
from brain.recipes import start
from brain.store import Store
from brain.testing.arrays import Array, assert_close, assert_same, everything
from brain.testing.saved import begun, recipe

MOONS = data.load("moons")
EVERY_OPTIMIZER = pytest.mark.parametrize("optimizer", optimizers(30).values(), ids=optimizers())


def handed_over(
    store: Store, given: spec.Recipe, first: str, second: str, stop: int
) -> tuple[list[float], Network]:
    """A training that one engine begins and another ends: its losses, and the network."""
    keeper, steps, _ = begun(store, given, first)
    losses = [float(step.loss) for step in itertools.islice(steps, stop)]
    _, steps, net = begun(store, given, second, saved=store.open(keeper.stop()))
    return losses + [float(step.loss) for step in steps], net


def flat(net: Network) -> Array:
    return np.concatenate([array.ravel() for array in net.parameters().values()])


class Saving:
    """Runs are opened by any engine, and gone on with as if they had never stopped."""

    engine: ClassVar[str]

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path / "models")

    @pytest.mark.parametrize("dtype", ["float64", "float32"])
    @pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
    def test_what_one_saved_another_opens(
        self, store: Store, model: spec.Model, dtype: str
    ) -> None:
        given = example(model)
        written = replace(recipe(), model=model, dtype=dtype)  # type: ignore[arg-type]
        for ours, theirs in ((self.engine, "numpy"), ("numpy", self.engine)):
            net = build(model, ours, dtype=dtype, optimizer=written.optimizer)
            net.load_parameters(given.parameters)
            net.load_state(given.state)
            if model.parameters():
                net.train_step(given.x, given.y)
            run = replace(record(written, ours, "cpu", MOONS), step=net.step)
            saved = store.open(store.save("a", run, net))
            opened = saved.network(theirs)
            assert_same(everything(opened), everything(net))
            budget = forward_budget(model.walk(), dtype)
            assert error(opened.predict(given.x), net.predict(given.x)) <= budget
            again = saved.network()
            np.testing.assert_array_equal(again.predict(given.x), net.predict(given.x))

    @EVERY_OPTIMIZER
    def test_resumed_it_is_the_same_to_the_bit(
        self, store: Store, optimizer: spec.Optimizer
    ) -> None:
        given = replace(recipe(), optimizer=optimizer)
        _, steps, whole = begun(store, given, self.engine)
        wanted = [float(step.loss) for step in steps]
        for stop in (0, 1, 10, 17):
            losses, net = handed_over(store, given, self.engine, self.engine, stop)
            assert losses == wanted
            assert_same(everything(net), everything(whole))

    @EVERY_OPTIMIZER
    def test_resumed_by_another_engine_it_agrees(
        self, store: Store, optimizer: spec.Optimizer
    ) -> None:
        """In float64 to rounding; in float32 within four times what rounding does to NumPy."""
        given = replace(recipe(), optimizer=optimizer)
        precise = replace(given, dtype="float64")
        wholes = {r.dtype: begun(store, r, "numpy")[1:] for r in (given, precise)}
        for steps, _ in wholes.values():
            assert len(list(steps)) == 30
        reference, exact = (flat(wholes[dtype][1]) for dtype in ("float32", "float64"))
        distance = max(error(reference, exact), *(moved(given, exact, n) for n in (1, 2)))
        for ours, theirs in ((self.engine, "numpy"), ("numpy", self.engine)):
            _, net = handed_over(store, precise, ours, theirs, 17)
            assert_close(everything(net), everything(wholes["float64"][1]), 1e-9)
            _, net = handed_over(store, given, ours, theirs, 17)
            assert error(flat(net), reference) <= steps_budget(distance, "float32")


def moved(given: spec.Recipe, exact: Array, number: int) -> float:
    """How far NumPy ends from float64 when its start is moved by about one rounding."""
    net, steps = start(given, "numpy", dataset=MOONS)
    net.load_parameters(nudged(net.parameters(), number))
    list(steps)
    return error(flat(net), exact)
