"""Without a mistake the rules are the engine's; with one, each is told from all others."""

from __future__ import annotations

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import optimizers
from brain.compare.causes.rules import rules, trained
from brain.compare.examples import example
from brain.compare.runs import trajectory
from brain.compare.tolerances import error
from brain.parameters import Arrays

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

MODEL = spec.Model(
    "steps", (4,), (spec.Dense(5), spec.Tanh(), spec.Dense(2)), spec.MeanSquaredError()
)


def after(optimizer: spec.Optimizer, steps: int = 10) -> dict[str, Arrays]:
    given = example(MODEL, 20, seed=1)
    arguments = (given.parameters, given.state, given.x, given.y, steps, 13)
    return trained("numpy", MODEL, optimizer, *arguments)


@pytest.mark.parametrize("name", optimizers())
def test_without_a_mistake_it_is_the_engines_own_step(name: str) -> None:
    rule, given = optimizers(10)[name], example(MODEL, 20, seed=1)
    own = trajectory(
        *("numpy", MODEL, "float64", "cpu", given.parameters),
        *(given.x, given.y, rule, 10),
    )["parameters"]["10"]
    found = after(rule)[""]
    assert max(error(found[key], own[key]) for key in own) < 1e-12


@pytest.mark.parametrize("name", optimizers())
def test_every_mistake_is_told_from_the_others(name: str) -> None:
    found = after(optimizers(10)[name])
    causes = [rule.cause for rule in rules(optimizers(10)[name])]
    assert len(causes) == len(set(causes)) >= 8
    whole = {k: np.concatenate([a.ravel() for a in arrays.values()]) for k, arrays in found.items()}
    for i, one in enumerate(whole):
        for other in list(whole)[:i]:
            assert error(whole[one], whole[other]) > 1e-11, (one, other)
