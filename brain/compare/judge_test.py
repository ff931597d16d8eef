"""A planted fault is found, and in the right layer; what has no fault is equal."""

from __future__ import annotations

import math
from typing import Any

import pytest

from brain import spec
from brain.compare.cases import CASES, optimizers
from brain.compare.findings import WORTHLESS, Verdict
from brain.compare.gather import Runs
from brain.compare.judge import MOST_NUDGES, NUDGES, compare_model
from brain.names import MODELS, look_up
from brain.testing.here import workers
from brain.testing.present import needs

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


NORM = spec.Model(
    "norm", (5,), (spec.Dense(6), spec.BatchNorm(), spec.Tanh(), spec.Dense(4)), MODEL.loss
)
STREAM = spec.Model(
    "stream",
    (5, 3),
    (
        spec.GRU(4, return_sequences=True),
        spec.Residual((spec.LSTM(4, return_sequences=True),)),
        spec.Dense(2),
    ),
    spec.MeanSquaredError(),
)
EVALUATION = {
    "BatchInEvaluation": (NORM, "batchnorm1, forward, in evaluation"),
    "NoCarry": (STREAM, "gru1, forward, with a carried state"),
    "LosesCarry": (STREAM, "gru1, forward, with a carried state"),
}


@pytest.mark.parametrize("fault", EVALUATION)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_fault_in_evaluation_alone_is_placed(fault: str, dtype: str) -> None:
    model, first = EVALUATION[fault]
    verdict = judged(fault, model, dtype)
    assert verdict.answer == "differs"
    assert over(verdict) == {"predictions"}
    assert verdict.first == first
    assert judged("Clean", model, dtype).equal


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
    assert verdict.first == "the optimizer"
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


@pytest.mark.parametrize(
    "name", ["softmax-regression", "mlp", "mlp-tanh", "mlp-dropout", "mlp-residual"]
)
def test_every_perceptron_can_be_judged(name: str) -> None:
    model = look_up("model", name, MODELS)((3, 4, 1), 5, None)
    assert judged("Clean", model, "float32", steps=2).equal
    if name not in ("softmax-regression", "mlp-residual"):  # whose dense2 is at another place
        assert judged("Tiny", model, steps=2).first == "dense2, forward"


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("digits-cnn", (6, 5, 1)),
        ("char-rnn-small", (7,)),
        ("conv", (7, 8, 1)),
        ("lenet", (14, 16, 1)),
        ("vgg-small", (5, 4, 2)),
        ("resnet-8", (8, 9, 3)),
        ("resnet-20", (8, 9, 3)),
        ("char-rnn", (7,)),
        ("char-lstm", (7,)),
        ("char-gru", (7,)),
        ("char-lstm-stacked", (7,)),
        ("forecast-rnn", (6, 2)),
        ("forecast-lstm", (6, 2)),
        ("forecast-gru", (6, 2)),
        ("memory-rnn", (6, 2)),
        ("memory-lstm", (6,)),
        ("memory-gru", (6, 2)),
        ("memory-bilstm", (6, 2)),
    ],
)
def test_every_architecture_can_be_judged(name: str, shape: spec.Shape) -> None:
    needs(name, MODELS)
    assert judged("Clean", look_up("model", name, MODELS)(shape, 5, None), steps=2).equal


def test_a_heavy_model_takes_smaller_batches() -> None:
    light, heavy = (
        spec.Model("m", (width,), (spec.Dense(100),), spec.MeanSquaredError())
        for width in (100, 20_000)
    )
    for model, wanted in ((light, (13, 58)), (heavy, (3, 14))):
        runs = Runs(model, {}, optimizers()["sgd"], 1, "cpu", lambda what: None)
        assert (runs.batch_size, runs.samples) == wanted
        assert runs.samples % runs.batch_size  # the last batch is a short one, and never of one


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
    assert set(noise.one_pass) == PASS
    assert all(1e-9 < distance < 1e-5 for distance in noise.one_pass.values())
    _, again = compare_model(MODEL, workers("scratch.testing.faulty:Clean"), ["float32"], rule, 30)
    assert noise == again
    assert noise.runs == NUDGES + 1


def test_an_engine_differs_by_its_steps_alone_only_after_a_second_hearing() -> None:
    engines, rule = workers("scratch.testing.faulty:MomentumForm"), optimizers(20)["nesterov"]
    (verdict,), noise = compare_model(MODEL, engines, ["float32"], rule, 20)
    assert verdict.answer == "differs"
    assert verdict.doubtful
    assert noise.runs == MOST_NUDGES + 1
    for runs, what in ((NUDGES + 1, "Clean"), (NUDGES + 1, "NoBias")):  # nothing to doubt
        engines = workers(f"scratch.testing.faulty:{what}")
        assert compare_model(MODEL, engines, ["float32"], rule, 20)[1].runs == runs


class Lucky(Runs):
    """Runs in which the reference stays together for ten runs, and an engine jumps as the tenth."""

    def trajectory(self, engine: str, dtype: str) -> Any:
        exact = super().trajectory("numpy", "float64")
        return self.moved(exact, 1e-3) if "Clean" in engine else exact

    def nudged_trajectory(self, number: int) -> Any:
        return self.moved(self.trajectory("numpy", "float64"), 1e-3 if number == 9 else 1e-7)

    @staticmethod
    def moved(run: Any, size: float) -> Any:
        return {
            "parameters": {
                step: {name: array * (1 + size) for name, array in arrays.items()}
                for step, arrays in run["parameters"].items()
            }
        }


def test_a_right_engine_that_rounding_leads_astray_is_equal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("brain.compare.judge.Runs", Lucky)
    engines, rule = workers("scratch.testing.faulty:Clean"), optimizers(3)["sgd"]
    (verdict,), noise = compare_model(MODEL, engines, ["float32"], rule, 3)
    assert verdict.equal
    assert noise.runs == 11
    assert noise.distances["3"] == pytest.approx(1e-3)


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
    # the example, and three runs of each engine in each dtype
    assert len(set(told)) == 1 + 3 * 2 * 4
    assert len(told) == 1 + 3 * 2 * 4 + NUDGES
    assert f"judged float32 {engines[1]}: traced" in told


WILD = spec.Model("wild", (5,), (spec.Dense(7), spec.Tanh(), spec.Dense(4)), MODEL.loss)


@pytest.mark.parametrize(("fault", "answer"), [("Clean", "undecided"), ("Runaway", "differs")])
def test_rounding_excuses_no_engine_that_runs_away(fault: str, answer: str) -> None:
    """A learning rate far too large: after 50 steps even two runs of one engine are far apart."""
    workers_ = workers(f"scratch.testing.faulty:{fault}")
    rule = spec.SGD(2.0, momentum=0.9)
    (verdict,), noise = compare_model(WILD, workers_, ["float32"], rule, 50)
    assert noise.runs == NUDGES + 1
    last = verdict.quantities["step 50"]
    assert WORTHLESS < last.budget < 100
    assert (verdict.answer, last.answer) == (answer, answer)
    assert "step 10" not in over(verdict)


def test_a_reference_that_diverges_itself_decides_nothing() -> None:
    model = spec.Model("away", (5,), (spec.Dense(7), spec.Dense(4)), spec.MeanSquaredError())
    given = workers("scratch.testing.faulty:Clean")
    (verdict,), noise = compare_model(model, given, ["float32"], spec.SGD(1e6), 50)
    assert noise.distances["50"] == math.inf
    assert verdict.answer == "undecided"
