"""Stopped anywhere and taken up again, a training is the same to the last bit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.checkpoints import Keeper, record
from brain.errors import UserError
from brain.recipes import start, steps_of
from brain.store import Store
from brain.testing.arrays import assert_same, everything
from brain.testing.saved import begun, recipe, whole
from brain.training import Step

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

MOONS = data.load("moons")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def told(steps: Iterator[Step]) -> list[tuple[Any, ...]]:
    """All that the steps say, but for the time."""
    return [(s.step, s.steps, s.epoch, float(s.loss), s.metrics) for s in steps]


@pytest.mark.parametrize("stop", range(31))
def test_stopped_at_any_step_and_resumed_it_is_as_if_never_stopped(store: Store, stop: int) -> None:
    _, steps, net = begun(store, recipe())
    wanted = told(steps)
    assert len(wanted) == 30

    keeper, steps, _ = begun(store, recipe())
    before = told(itertools.islice(steps, stop))
    saved = store.open(keeper.stop())
    keeper, steps, again = begun(store, saved.run.recipe, saved=saved)
    assert before + told(steps) == wanted
    assert_same(everything(again), everything(net))
    assert again.step == 30
    assert [e.metrics for e in keeper.run.history] == [line[-1] for line in wanted if line[-1]]
    assert (keeper.run.step, keeper.run.resumed) == (30, "a/0001")


def test_early_stopping_remembers_what_came_before(store: Store) -> None:
    """It ends after the same epoch, wherever the training was stopped before."""
    optimizer = spec.SGD(0.4)
    given = replace(recipe(epochs=40), hold_out=0.1, patience=2, optimizer=optimizer)
    _, steps, net = begun(store, given)
    wanted = told(steps)
    assert 20 < len(wanted) < wanted[0][1]
    for stop in range(1, len(wanted) + 1, 7):
        keeper, steps, _ = begun(store, given)
        before = told(itertools.islice(steps, stop))
        saved = store.open(keeper.stop())
        _, steps, again = begun(store, given, saved=saved)
        assert before + told(steps) == wanted
        assert_same(everything(again), everything(net))
    keeper, steps, _ = begun(store, given)
    told(steps)
    saved = store.open(keeper.stop())  # stopped when it was over, but not yet marked as such
    assert told(begun(store, given, saved=saved)[1]) == []


def test_augmentation_goes_on_too(store: Store) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    digits = data.load("digits")
    layers = (spec.Flatten(), spec.Dropout(0.2), spec.Dense(10))
    model = spec.Model("m", digits.input_shape, layers, spec.SoftmaxCrossEntropy())
    varied = (spec.Crop(1), spec.Flip(), spec.Shift(1), spec.Cutout(2))
    given = replace(
        recipe(epochs=2), model=model, data="digits", batch_size=200, augmentation=varied
    )
    _, steps, net = begun(store, given, dataset=digits)
    wanted = told(steps)
    plain = told(begun(store, replace(given, augmentation=()), dataset=digits)[1])
    assert plain != wanted
    for stop in (1, 7, 8, 13):
        keeper, steps, _ = begun(store, given, dataset=digits)
        before = told(itertools.islice(steps, stop))
        saved = store.open(keeper.stop())
        _, steps, again = begun(store, given, saved=saved, dataset=digits)
        assert before + told(steps) == wanted
        assert_same(everything(again), everything(net))


def test_a_checkpoint_makes_way_for_the_next(store: Store) -> None:
    keeper, steps, _ = begun(store, recipe(), every=7)
    standing = []
    for step in steps:
        versions = store.versions("a") if store.names() else []
        standing.append((step.step, versions))
    assert [versions for step, versions in standing if step % 7 == 0] == [
        ["0001"], ["0002"], ["0003"], ["0004"],
    ]  # fmt: skip
    reference = keeper.finish({"loss": 0.5})
    assert store.versions("a") == ["0005"]
    run = store.open(reference).run
    assert (run.finished, run.step, run.test) == (True, 30, {"loss": 0.5})
    assert [epoch.epoch for epoch in run.history] == [1, 2, 3]


def test_the_interval_is_remembered(store: Store) -> None:
    keeper, steps, _ = begun(store, recipe(), every=8)
    told(itertools.islice(steps, 11))
    keeper, steps, _ = begun(store, recipe(), saved=store.open(keeper.stop()))
    assert keeper.every == 8
    told(itertools.islice(steps, 6))
    assert store.open("a").run.step == 16


def test_versions_of_others_are_never_removed(store: Store) -> None:
    keeper, steps, _ = begun(store, recipe())
    told(itertools.islice(steps, 4))
    mine = keeper.stop()
    before = whole(store)
    keeper, steps, _ = begun(store, recipe(), saved=store.open(mine), every=3)
    told(steps)
    keeper.finish({})
    now = whole(store)
    assert now.items() >= before.items()
    assert len(now) == 2


def test_a_checkpoint_that_somebody_removed_is_no_harm(store: Store) -> None:
    keeper, steps, _ = begun(store, recipe(), every=10)
    for step in steps:
        if step.step in (10, 20):
            store.remove("a/0001")
    assert store.names() == []
    assert store.open(keeper.finish({})).run.finished


def test_the_seconds_add_up(store: Store) -> None:
    keeper, steps, _ = begun(store, recipe())
    told(itertools.islice(steps, 20))
    spent = keeper.run.seconds
    assert spent > 0
    saved = store.open(keeper.stop())
    keeper, steps, _ = begun(store, recipe(), saved=saved)
    told(steps)
    assert keeper.run.seconds > spent
    keeper, steps, _ = begun(store, recipe(), saved=saved)
    assert next(steps).seconds > spent  # in a log, too, time goes on


def test_what_cannot_be_resumed_says_why(store: Store) -> None:
    keeper, steps, _ = begun(store, recipe())
    told(steps)
    finished = store.open(keeper.finish({}))
    with pytest.raises(UserError, match="a/0001 is finished"):
        begun(store, recipe(), saved=finished)
    keeper, steps, _ = begun(store, recipe())
    told(itertools.islice(steps, 3))
    saved = store.open(keeper.stop())
    for other in (data.load("moons", n=100), data.load("moons", noise=0.2)):
        with pytest.raises(UserError, match="a/0002 was trained on other data than moons is here"):
            begun(store, recipe(), saved=saved, dataset=other)


@pytest.mark.parametrize(("name", "every"), [("../a", None), ("a", 0), ("a", -3)])
def test_a_keeper_that_could_not_keep_says_so_at_once(
    store: Store, name: str, every: int | None
) -> None:
    net, _ = start(recipe(), "numpy", dataset=MOONS)
    with pytest.raises(UserError):
        Keeper(store, name, net, record(recipe(), "numpy", "cpu", MOONS), every)


def test_the_record_of_a_training_says_what_it_takes() -> None:
    given = replace(recipe(), hold_out=0.1)
    run = record(given, "numpy", "cpu", MOONS)
    assert run.steps == 27 == steps_of(given, MOONS.hold_out(0.1))
    assert run.classes == MOONS.classes
    assert run.versions == {"numpy": np.__version__}
