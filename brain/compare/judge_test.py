"""A planted fault is found, and in the right layer; what has no fault is equal."""

from __future__ import annotations

import math

import pytest

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.judge import NUDGES, Finding, Noise, Verdict, compare_model, largest
from brain.names import MODELS, look_up
from brain.testing.here import workers

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

LAYERS = (spec.Dense(7), spec.LeakyReLU(), spec.Dense(6), spec.Tanh(), spec.Dense(4))
MODEL = spec.Model("judged", (5,), LAYERS, spec.SoftmaxCrossEntropy())
STEPS = 20


def judged(
    fault: str,
    model: spec.Model = MODEL,
    dtype: str = "float64",
    optimizer: str = "nesterov",
    steps: int = STEPS,
) -> Verdict:
    engine, rule = f"scratch.testing.faulty:{fault}", optimizers(steps)[optimizer]
    verdicts, _ = compare_model(model, workers(engine), [dtype], rule, steps)
    (verdict,) = verdicts
    assert (verdict.engine, verdict.dtype, verdict.model) == (engine, dtype, model.name)
    return verdict


def over(verdict: Verdict) -> set[str]:
    """The quantities that are over their budget."""
    return {name for name, finding in verdict.quantities.items() if not finding.within}


PASS = {"outputs", "predictions", "loss", "gradients"}
WALK = {"step 1", "step 10", f"step {STEPS}"}

ONE_PASS = {
    "NoBias": ("dense2, forward", PASS | WALK),
    "Slope": ("leakyrelu1, forward", PASS | WALK),
    "Tiny": ("dense2, forward", PASS),
    "NotANumber": ("dense2, forward", PASS | WALK),
    "BackwardSlope": ("leakyrelu1, backward", {"gradients"}),
    "WrongSign": ("dense2, backward", {"gradients"} | WALK),
    "TinyGradient": ("dense2, backward", {"gradients"}),
    "NotDivided": ("the loss, backward", {"gradients"}),
    "WrongLoss": ("the loss", {"loss"}),
    "Predicts": ("", {"predictions"}),
}


@pytest.mark.parametrize("fault", ONE_PASS)
def test_a_fault_in_one_pass_is_found_and_placed(fault: str) -> None:
    verdict = judged(fault)
    first, quantities = ONE_PASS[fault]
    assert not verdict.equal
    assert verdict.first == first
    assert quantities <= over(verdict)
    if not quantities & WALK:  # a small fault may stay below what training makes of rounding
        assert over(verdict) - WALK == quantities


STEP = {
    "MomentumForm": "nesterov",
    "EpsInside": "adam",
    "DecayBeforeClip": "sgd",
    "ClipsEachAlone": "rmsprop",
}


@pytest.mark.parametrize("fault", STEP)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_fault_in_the_step_is_found_and_no_layer_is_blamed(fault: str, dtype: str) -> None:
    verdict = judged(fault, dtype=dtype, optimizer=STEP[fault])
    assert not verdict.equal
    assert verdict.first == ""
    assert f"step {STEPS}" in over(verdict) <= WALK  # clipping sets in late on this model
    assert verdict.quantities[f"step {STEPS}"].worst in MODEL.parameters()


def test_a_momentum_that_differs_only_when_the_rate_changes_is_found_at_step_10() -> None:
    assert over(judged("MomentumForm")) == {"step 10", f"step {STEPS}"}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", [*optimizers()])
def test_what_has_no_fault_is_equal_to_the_last_bit(dtype: str, optimizer: str) -> None:
    verdict = judged("Clean", dtype=dtype, optimizer=optimizer)
    assert verdict.equal
    assert verdict.first == ""
    assert {finding.error for finding in verdict.quantities.values()} == {0.0}
    assert all(0 < finding.budget < 1 for finding in verdict.quantities.values())
    assert set(verdict.quantities) == PASS | WALK


@pytest.mark.parametrize("model", CASES, ids=lambda model: model.name)
def test_every_case_can_be_judged(model: spec.Model) -> None:
    assert judged("Clean", model, steps=2).equal


@pytest.mark.parametrize("name", [*MODELS])
def test_every_named_model_can_be_judged(name: str) -> None:
    model = look_up("model", name, MODELS)((3, 4, 1), 5, None)
    assert judged("Clean", model, "float32", steps=2).equal
    if name not in ("softmax-regression", "mlp-residual"):  # whose dense2 is at another place
        assert judged("Tiny", model, steps=2).first == "dense2, forward"


def test_a_relative_fault_of_a_billionth_is_below_float32() -> None:
    assert judged("Tiny", dtype="float32").equal
    assert judged("WrongSign", dtype="float32").first == "dense2, backward"
    assert judged("NoBias", dtype="float32").first == "dense2, forward"


NESTED = spec.Model(
    "nested",
    (5,),
    (
        spec.Dense(6),
        spec.Residual(
            (spec.Dense(6), spec.Sequential((spec.Tanh(), spec.Dense(4))), spec.Dense(3)),
            (spec.Tanh(), spec.Dense(3)),
        ),
        spec.Dense(4),
    ),
    spec.SoftmaxCrossEntropy(),
)


def test_a_fault_is_placed_inside_a_nest() -> None:
    assert judged("NoBias", NESTED).first == "residual1.body.dense2, forward"
    assert judged("WrongSign", NESTED).first == "dense2, backward"  # the last of all comes first
    assert judged("Tiny", NESTED).first == "residual1.body.dense2, forward"


def test_a_nest_that_is_wrong_itself_is_named() -> None:
    layers = (spec.Dense(6), spec.Residual((spec.Dense(6),), (spec.Tanh(),)), spec.Dense(4))
    model = spec.Model("ways", (5,), layers, spec.SoftmaxCrossEntropy())
    verdict = judged("NoSecondWay", model)
    assert not verdict.equal
    assert verdict.first.endswith("backward")


def test_a_gradient_that_several_ways_add_up_to_is_laid_to_their_nest() -> None:
    shortcut = (spec.Dense(4), spec.Dense(6))
    residual = spec.Residual((spec.Tanh(), spec.Dense(6)), (spec.LeakyReLU(), *shortcut))
    model = spec.Model("ways", (5,), (spec.Dense(6), residual), spec.SoftmaxCrossEntropy())
    assert judged("BackwardSlope", model).first == "residual1, backward"


def test_the_noise_is_the_references_own() -> None:
    rule = optimizers(30)["adam"]
    _, noise = compare_model(MODEL, workers("scratch.testing.faulty:NoBias"), ["float64"], rule, 30)
    assert noise.model == "judged"
    assert list(noise.distances) == ["1", "10", "30"]
    assert all(1e-9 < distance < 1e-4 for distance in noise.distances.values())
    _, again = compare_model(MODEL, workers("scratch.testing.faulty:Clean"), ["float32"], rule, 30)
    assert noise == again


def test_every_engine_and_dtype_is_judged_and_told() -> None:
    told: list[str] = []
    engines = [f"scratch.testing.faulty:{name}" for name in ("Clean", "NoBias", "WrongSign")]
    rule = optimizers(2)["sgd"]
    verdicts, _ = compare_model(
        MODEL, workers(*engines), ["float64", "float32"], rule, 2, on_run=told.append
    )
    assert [(v.dtype, v.engine, v.equal) for v in verdicts] == [
        (dtype, engine, engine.endswith("Clean"))
        for dtype in ("float64", "float32")
        for engine in engines
    ]
    assert len(set(told)) == 3 * 2 * 4  # three runs of each engine in each dtype
    assert len(told) == 3 * 2 * 4 + NUDGES
    assert f"judged float32 {engines[1]}: traced" in told


def test_findings() -> None:
    assert Finding(1e-16, 1e-15).within
    assert Finding(1e-15, 1e-15).within
    assert not Finding(2e-15, 1e-15).within
    assert not Finding(math.inf, 1.0).within
    assert not Finding(math.nan, 1.0).within
    assert Finding(1.0, 4.0).share == 0.25
    assert Finding(0.0, 0.0).share == 0.0
    assert Finding(1.0, 0.0).share == math.inf
    small, used_up = Finding(1e-3, 1.0), Finding(1e-9, 1e-9)
    assert largest([small, used_up]) is used_up


def test_a_verdict_is_equal_if_all_of_it_is() -> None:
    fine, bad, loose = Finding(0.0, 1e-3), Finding(2e-3, 1e-3), Finding(0.0, 1.0)
    endless = Finding(math.inf, math.inf)
    assert Verdict("m", "e", "float64", {"a": fine, "b": fine}).answer == "equal"
    assert Verdict("m", "e", "float64", {"a": fine, "b": bad}).answer == "differs"
    assert Verdict("m", "e", "float64", {"a": loose, "b": bad}).answer == "differs"
    for worthless in (loose, endless):  # the reference itself diverged
        verdict = Verdict("m", "e", "float64", {"a": fine, "b": worthless})
        assert verdict.answer == "undecided"
        assert not verdict.equal
    assert Noise("m").distances == {}
