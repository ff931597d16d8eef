"""Whole trainings are held together: equal engines are equal, others differ, a plot is drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from brain import data, spec
from brain.compare.learning import compare_training
from brain.compare.report import Training
from brain.recipes import recipe_for
from brain.testing.here import workers

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

RECIPE = recipe_for("mlp-tanh", data.load("moons"), epochs=3)  # 30 steps
SURFACE = recipe_for("mlp-tanh", data.load("surface"), epochs=2, optimizer="adam")


def compared(
    *faults: str,
    recipe: spec.Recipe = RECIPE,
    plot: Path | None = None,
    events: list[tuple[str, Mapping[str, Any]]] | None = None,
) -> Training:
    engines = workers(*(f"scratch.testing.faulty:{fault}" for fault in faults))
    heard = [] if events is None else events
    return compare_training(recipe, engines, "cpu", plot, lambda *event: heard.append(event))


@pytest.mark.parametrize("recipe", [RECIPE, SURFACE], ids=["labels", "numbers"])
def test_engines_that_are_the_same_are_equal(recipe: spec.Recipe) -> None:
    training = compared("Clean", recipe=recipe)
    assert training.equal
    found = training.findings["scratch.testing.faulty:Clean"]
    assert found["loss"].error == found["score"].error == 0.0
    assert 1e-9 < found["loss"].budget < 1e-3
    assert found["score"].budget == 0.01  # one of the 100 test rows
    assert (training.data, training.model, training.dtype) == (recipe.data, "mlp-tanh", "float32")
    assert training.metric == recipe.model.loss.metric
    assert (
        set(training.scores) == set(training.seconds) == {"numpy", "scratch.testing.faulty:Clean"}
    )
    assert set(training.findings) == {"scratch.testing.faulty:Clean"}
    assert min(training.seconds.values()) > 0


@pytest.mark.parametrize("fault", ["WrongSign", "MomentumForm", "NoBias"])
def test_an_engine_with_a_fault_differs(fault: str) -> None:
    training = compared(fault)
    assert not training.equal
    assert not training.findings[f"scratch.testing.faulty:{fault}"]["loss"].within


def test_one_fault_is_not_laid_to_another_engine() -> None:
    training = compared("Clean", "MomentumForm")
    assert not training.equal
    assert all(f.within for f in training.findings["scratch.testing.faulty:Clean"].values())


def test_every_training_tells_how_far_it_is(tmp_path: Path) -> None:
    events: list[tuple[str, Mapping[str, Any]]] = []
    compared("Clean", events=events)
    labels = list(dict.fromkeys(label for label, _ in events))
    assert labels == [
        "moons: numpy in float64",
        "moons: numpy",
        "moons: scratch.testing.faulty:Clean",
    ]
    assert all(0 < event["step"] <= event["steps"] == 30 for _, event in events)


def test_the_curves_are_drawn(tmp_path: Path) -> None:
    plot = tmp_path / "new" / "curves.png"
    compared("Clean", "WrongSign", plot=plot)
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert plot.stat().st_size > 10_000
    assert [path.name for path in plot.parent.iterdir()] == ["curves.png"]


def test_a_training_in_float64_has_a_budget_too() -> None:
    training = compared("Clean", recipe=dataclasses.replace(RECIPE, dtype="float64"))
    assert 0 < training.findings["scratch.testing.faulty:Clean"]["loss"].budget < 1e-9


def test_an_engine_that_diverges_differs() -> None:
    assert not compared("NotANumber").equal
