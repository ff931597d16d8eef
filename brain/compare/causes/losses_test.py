"""A fault in the loss, or in a state that is carried, is led back to its place and its cause."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import optimizers
from brain.compare.causes.finder import INHERITED, UNKNOWN
from brain.compare.causes.loss_formulas import FORMULAS
from brain.compare.causes.loss_mistakes import GRADIENT, Judged, Summed
from brain.compare.causes.losses import diagnose, quantities
from brain.compare.examples import example
from brain.compare.findings import Verdict
from brain.compare.judge import compare_model
from brain.compare.tolerances import error
from brain.parameters import Arrays
from brain.testing.here import workers

planted = pytest.importorskip(
    "scratch.testing.planted", reason="the engine that these tests run is not on this branch"
)


def numbered(table: list[Any]) -> list[Any]:
    return [pytest.param(n, id=f"{n}-{fault.kind}") for n, fault in enumerate(table)]


def found(model: spec.Model, engine: str, dtype: str) -> Verdict:
    rule = optimizers(2)["sgd"]
    (verdict,), _ = compare_model(model, workers(engine), [dtype], rule, steps=2)
    return verdict


def judged(verdict: Verdict, fault: Any) -> None:
    """The cause is the one that was planted, and none where it is unknown."""
    assert verdict.answer == "differs"
    if fault.cause:
        assert fault.cause in verdict.cause
        assert UNKNOWN not in verdict.cause
    else:
        assert verdict.cause == UNKNOWN


@pytest.mark.parametrize("number", numbered(planted.LOSSES))
def test_a_fault_in_the_loss_is_led_back_to_its_cause(number: int) -> None:
    fault = planted.LOSSES[number]
    verdict = found(fault.model, f"scratch.testing.planted:Loss{number:02}", "float64")
    assert verdict.first == fault.layer
    judged(verdict, fault)


@pytest.mark.parametrize("number", numbered(planted.CARRIED))
def test_a_fault_in_a_carried_state_is_led_back_to_its_cause(number: int) -> None:
    fault = planted.CARRIED[number]
    verdict = found(fault.model, f"scratch.testing.planted:Carried{number:02}", "float64")
    assert verdict.first == f"{fault.layer}, forward, with a carried state"
    judged(verdict, fault)


@pytest.mark.parametrize(
    ("table", "kind"),
    [("LOSSES", "softmax twice"), ("LOSSES", "slope left in"), ("CARRIED", "exchanged")],
)
def test_a_fault_is_led_back_in_float32_too(table: str, kind: str) -> None:
    faults = getattr(planted, table)
    number, fault = next((n, f) for n, f in enumerate(faults) if f.kind == kind)
    name = {"LOSSES": "Loss", "CARRIED": "Carried"}[table]
    judged(found(fault.model, f"scratch.testing.planted:{name}{number:02}", "float32"), fault)


def test_there_are_faults_of_many_kinds() -> None:
    for table, most in ((planted.LOSSES, 16), (planted.CARRIED, 10)):
        assert sum(bool(fault.cause) for fault in table) >= most
        assert any(not fault.cause for fault in table)


LOSSES = [
    (spec.SoftmaxCrossEntropy(), (3, 4)),
    (spec.BinaryCrossEntropy(), (3,)),
    (spec.MeanSquaredError(), (2, 3)),
]


def given(loss: spec.Loss, shape: tuple[int, ...], samples: int = 5) -> Judged:
    drawn = example(spec.Model("drawn", shape, (spec.Identity(),), loss), samples)
    return Judged(loss, drawn.x, drawn.y)


def ask(one: Judged) -> Arrays:
    return quantities("numpy", one.loss, one.x, one.y)


@pytest.mark.parametrize(("loss", "shape"), LOSSES)
def test_without_a_mistake_a_formula_is_the_loss(loss: spec.Loss, shape: tuple[int, ...]) -> None:
    one = given(loss, shape)
    right, there = ask(one), Summed(one, FORMULAS[type(loss)][""]).mistake()
    gradient = there.gradient(one.x.size).reshape(one.x.shape)
    found = {**there.values(), GRADIENT: gradient}
    assert right.keys() == found.keys()
    for name, array in right.items():
        assert error(found[name], array) < 1e-14


@pytest.mark.parametrize(("loss", "shape"), LOSSES)
def test_a_right_loss_has_no_cause(loss: spec.Loss, shape: tuple[int, ...]) -> None:
    one = given(loss, shape)
    assert str(diagnose(one, ask(one), ask)) == INHERITED


def words(cause: str) -> str:
    return re.sub(r"[\d.e-]+$|[\d.]+e-\d+", "", cause)


@pytest.mark.parametrize(("loss", "shape"), LOSSES)
def test_every_formula_is_told_from_the_others(loss: spec.Loss, shape: tuple[int, ...]) -> None:
    """On outputs of which some are very sure; but logits are seldom near 0 or 1, so that at which
    eps they are clipped need not show."""
    one = given(loss, shape, samples=40)
    sure = np.repeat([1.0, 30.0], 20).reshape(-1, *[1] * len(shape))
    one, found = Judged(loss, one.x * sure, one.y), {}
    for cause, each in FORMULAS[type(loss)].items():
        there = Summed(one, each).mistake()
        numbers = [there.gradient(one.x.size).ravel(), there.values()["loss of each sample"]]
        found[cause] = np.nan_to_num(np.concatenate(numbers))
    assert len(found) >= 8
    for i, cause in enumerate(found):
        for other in list(found)[:i]:
            if not (cause.startswith("the logits are") and words(cause) == words(other)):
                assert error(found[cause], found[other]) > 0, (cause, other)


def test_one_number_that_is_a_multiple_says_nothing() -> None:
    one = given(spec.MeanSquaredError(), (3,))
    right = ask(one)
    wrong = {"loss": 1.25 * right["loss"], GRADIENT: right[GRADIENT]}
    assert str(diagnose(one, wrong, ask)) == UNKNOWN
    assert "1.25 times" in str(diagnose(one, {k: 1.25 * a for k, a in right.items()}, ask))
