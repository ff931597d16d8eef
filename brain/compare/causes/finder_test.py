"""Every planted fault is led back to its layer and its cause; what is none is not called one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.causes.alone import Alone, quantities
from brain.compare.causes.finder import INHERITED, UNKNOWN, diagnose
from brain.compare.findings import Verdict
from brain.compare.judge import compare_model
from brain.compare.report import differences
from brain.names import MODELS, look_up
from brain.testing.here import workers

planted = pytest.importorskip(
    "scratch.testing.planted", reason="the engine that these tests run is not on this branch"
)
mlp_residual = look_up("model", "mlp-residual", MODELS)
FAULTS, OTHERS = planted.FAULTS, planted.OTHERS
numbered = [pytest.param(n, id=f"{n}-{fault.kind}") for n, fault in enumerate(FAULTS)]
others = [pytest.param(n, id=f"{n}-{fault.kind}") for n, fault in enumerate(OTHERS)]


def found(model: spec.Model, engine: str, steps: int = 3) -> Verdict:
    """The verdict on one engine: a pass in float64 and a few steps."""
    rule = optimizers(3)["nesterov"]
    (verdict,), _ = compare_model(model, workers(engine), ["float64"], rule, steps)
    return verdict


@pytest.mark.parametrize("number", numbered)
def test_a_fault_is_led_back_to_its_layer_and_its_cause(number: int) -> None:
    fault = FAULTS[number]
    verdict = found(fault.model, f"scratch.testing.planted:Fault{number:02}")
    assert verdict.answer == "differs"
    assert verdict.first.partition(",")[0] == fault.layer
    assert fault.cause in verdict.cause
    assert verdict.cause != UNKNOWN


@pytest.mark.parametrize("number", others)
def test_a_fault_that_is_none_of_the_known_ones_has_its_layer_and_no_cause(number: int) -> None:
    fault = OTHERS[number]
    verdict = found(fault.model, f"scratch.testing.planted:Other{number:02}")
    assert verdict.answer == "differs"
    assert verdict.first.partition(",")[0] == fault.layer
    assert verdict.cause == UNKNOWN


def test_there_are_faults_of_many_kinds_in_many_layers() -> None:
    kinds = {fault.kind for fault in FAULTS}
    layers = {
        type(node.layer)
        for fault in FAULTS
        for node in fault.model.walk()
        if node.name == fault.layer
    }
    assert (len(FAULTS), len(OTHERS)) >= (40, 10)
    assert len(kinds) >= 15
    assert len(layers) >= 10


def test_clean_pairs_have_no_cause() -> None:
    for model in {fault.model.layers: fault.model for fault in FAULTS}.values():
        verdict = found(model, "scratch.testing.faulty:Clean")
        assert verdict.equal
        assert (verdict.first, verdict.cause) == ("", "")


def test_nothing_is_reported_of_an_engine_that_computes_the_same_by_another_way() -> None:
    clean, bits = [], 0
    for case in CASES:
        verdict = found(case, "scratch.testing.looped:Looped", steps=1)
        if (verdict.answer, verdict.first, verdict.cause, verdict.map) == ("equal", "", "", []):
            clean.append(case.name)
        assert differences([verdict]) == []
        bits += any(finding.error > 0 for finding in verdict.quantities.values())
    assert clean == [case.name for case in CASES]
    assert len(clean) >= 50
    assert bits >= 50  # not the reference against itself


def test_a_way_that_is_missing_in_a_residual_with_layers_in_both_is_named() -> None:
    model = mlp_residual((3, 4, 1), 5)
    verdict = found(model, "scratch.testing.faulty:NoSecondWay")
    assert verdict.answer == "differs"
    assert verdict.first == "residual2, backward"
    assert verdict.cause == "on the way back, the shortcut is left out"


@pytest.mark.parametrize(
    ("engine", "rule", "cause"),
    [
        ("MomentumForm", "nesterov", "the learning rate is inside of the velocity"),
        ("MomentumForm", "momentum", "the learning rate is inside of the velocity"),
        ("DecayBeforeClip", "adam", "the weight decay is added before the gradient is clipped"),
        ("ClipsEachAlone", "sgd", "each gradient is clipped by its own norm"),
    ],
)
def test_a_fault_in_the_optimizer_is_named(engine: str, rule: str, cause: str) -> None:
    model = next(fault.model for fault in FAULTS if fault.layer == "dense2")
    of, name = optimizers(10)[rule], f"scratch.testing.faulty:{engine}"
    (verdict,), _ = compare_model(model, workers(name), ["float64"], of, steps=10)
    assert (verdict.first, verdict.cause) == ("the optimizer", cause)


def test_a_layer_that_was_given_something_wrong_is_right_alone() -> None:
    given: dict[str, Any] = {"layer": spec.Dense(3), "shape": (4,)}
    draws = np.random.default_rng(0).standard_normal
    arrays: Any = {"weight": draws((4, 3)), "bias": draws(3)}
    alone = Alone(x=draws((5, 4)), dy=draws((5, 3)), parameters=arrays, **given)

    def ask(one: Alone) -> Any:
        return quantities("numpy", one.layer, one.shape, one.x, one.dy, one.parameters, {})

    assert str(diagnose(alone, ask(alone), ask)) == INHERITED
