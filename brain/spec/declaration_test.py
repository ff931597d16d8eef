"""What Python refuses to make, in which words, and what a declaration is once it is made."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given

from brain import spec
from brain.testing.model_strategies import models
from brain.testing.refusals import refusal
from brain.testing.training_strategies import optimizers

DENSE = spec.Dense(3)
MSE = spec.MeanSquaredError()


@pytest.mark.parametrize(
    ("make", "path", "why"),
    [
        (lambda: spec.Dense(0), "Dense.units", "but it is 0"),
        (lambda: spec.Dense(-2), "Dense.units", "but it is -2"),
        (lambda: spec.Dense(2.5), "Dense.units", "but it is 2.5"),  # type: ignore[arg-type]
        (lambda: spec.Dense("3"), "Dense.units", "but it is '3'"),  # type: ignore[arg-type]
        (lambda: spec.Dense(True), "Dense.units", "but it is True"),
        (lambda: spec.Dense(3, bias=1), "Dense.bias", "but it is 1"),  # type: ignore[arg-type]
        (lambda: spec.Dense(3, 1), "Dense.bias", "but it is 1"),  # type: ignore[arg-type]
        (lambda: spec.Dense(), "Dense.units", "missing"),  # type: ignore[call-arg]
        (lambda: spec.Dense(3, unit=4), "Dense.unit", "mean 'units'"),  # type: ignore[call-arg]
        (lambda: spec.Dense(3, init="he"), "Dense.init", "'he'"),  # type: ignore[arg-type]
        (lambda: spec.Dense(3, init=spec.ReLU()), "Dense.init", "'ReLU'"),  # type: ignore[arg-type]
        (lambda: spec.Dropout(1.0), "Dropout.rate", "less than 1"),
        (lambda: spec.Dropout(-0.1), "Dropout.rate", "but it is -0.1"),
        (lambda: spec.Dropout(math.nan), "Dropout.rate", "but it is nan"),
        (lambda: spec.LeakyReLU(-1), "LeakyReLU.slope", "but it is -1"),
        (lambda: spec.LeakyReLU(math.inf), "LeakyReLU.slope", "finite"),
        (lambda: spec.ELU(0.0), "ELU.alpha", "greater than 0"),
        (lambda: spec.GELU("exact"), "GELU.form", "'erf' or 'tanh'"),  # type: ignore[arg-type]
        (lambda: spec.init.Uniform(1.0, 0.0), "Uniform", "low (1.0) must not be above high"),
        (lambda: spec.init.He("gauss"), "He.distribution", "'gauss'"),  # type: ignore[arg-type]
        (lambda: spec.init.Orthogonal(0.0), "Orthogonal.gain", "but it is 0.0"),
        (lambda: spec.init.Normal(-1.0), "Normal.std", "but it is -1.0"),
        (lambda: spec.SGD(0.0), "SGD.lr", "greater than 0"),
        (lambda: spec.SGD(-1), "SGD.lr", "but it is -1"),
        (lambda: spec.SGD(True), "SGD.lr", "but it is True"),
        (lambda: spec.SGD("0.1"), "SGD.lr", "but it is '0.1'"),  # type: ignore[arg-type]
        (lambda: spec.SGD(None), "SGD.lr", "but it is None"),  # type: ignore[arg-type]
        (lambda: spec.SGD(spec.ReLU()), "SGD.lr", "valid number"),  # type: ignore[arg-type]
        (lambda: spec.SGD(0.1, momentum=1.0), "SGD.momentum", "less than 1"),
        (lambda: spec.SGD(0.1, nesterov=True), "SGD", "nesterov needs a momentum"),
        (lambda: spec.SGD(0.1, weight_decay=-1), "SGD.weight_decay", "but it is -1"),
        (lambda: spec.SGD(0.1, clip_norm=0), "SGD.clip_norm", "greater than 0"),
        (lambda: spec.Adam(0.1, beta2=1.0), "Adam.beta2", "less than 1"),
        (lambda: spec.Adam(0.1, eps=0.0), "Adam.eps", "greater than 0"),
        (lambda: spec.RMSprop(0.1, rho=-0.5), "RMSprop.rho", "but it is -0.5"),
        (lambda: spec.Step(0.1, every=0), "Step.every", "but it is 0"),
        (lambda: spec.Exponential(0.1, rate=1.5), "Exponential.rate", "but it is 1.5"),
        (lambda: spec.Cosine(0.1, steps=0), "Cosine.steps", "but it is 0"),
        (lambda: spec.OneCycle(0.1, steps=1), "OneCycle.steps", "but it is 1"),
        (lambda: spec.OneCycle(0.1, steps=9, rise=1.0), "OneCycle.rise", "less than 1"),
        (lambda: spec.Model("a b", (4,), (DENSE,), MSE), "Model.name", "'a b'"),
        (lambda: spec.Model("", (4,), (DENSE,), MSE), "Model.name", "''"),
        (lambda: spec.Model("a\n", (4,), (DENSE,), MSE), "Model.name", "'a\\n'"),
        (lambda: spec.Model("m", (), (DENSE,), MSE), "Model.input_shape", "at least 1"),
        (lambda: spec.Model("m", (0,), (DENSE,), MSE), "Model.input_shape[0]", "but it is 0"),
        (lambda: spec.Model("m", 4, (DENSE,), MSE), "Model.input_shape", "4"),  # type: ignore[arg-type]
        (lambda: spec.Model("m", (4,), (), MSE), "Model.layers", "at least 1"),
        (lambda: spec.Model("m", (4,), (DENSE, 5), MSE), "Model.layers[1]", "5"),  # type: ignore[arg-type]
        (lambda: spec.Model("m", (4,), (DENSE, MSE), MSE), "Model.layers[1]", "unknown kind"),  # type: ignore[arg-type]
        (lambda: spec.Model("m", (4,), (DENSE,), DENSE), "Model.loss", "unknown kind"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_name(make: Callable[[], object], path: str, why: str) -> None:
    text = refusal(make)
    assert text.startswith(f"{path}:")
    assert why in text


def test_recipes_are_checked_too() -> None:
    model = spec.Model("m", (4,), (DENSE,), MSE)

    def recipe(**changes: object) -> spec.Recipe:
        values: dict[str, object] = {"optimizer": spec.SGD(0.1), "epochs": 1}
        return spec.Recipe(model, "moons", **(values | changes))  # type: ignore[arg-type]

    assert recipe().batch_size == 32
    assert refusal(lambda: recipe(epochs=0)).startswith("Recipe.epochs:")
    assert refusal(lambda: recipe(optimizer=0.1)).startswith("Recipe.optimizer:")
    assert refusal(lambda: recipe(seed=-1)).startswith("Recipe.seed:")
    assert refusal(lambda: recipe(seed=2**63)).startswith("Recipe.seed:")
    assert refusal(lambda: recipe(dtype="float16")).startswith("Recipe.dtype:")


@pytest.mark.parametrize(
    ("samples", "batch_size", "epochs", "steps"),
    [(10, 5, 1, 2), (11, 5, 1, 3), (11, 5, 4, 12), (3, 32, 2, 2), (1, 1, 1, 1)],
)
def test_steps_count_the_last_short_batch(
    samples: int, batch_size: int, epochs: int, steps: int
) -> None:
    assert spec.steps_in(samples, batch_size, epochs) == steps


@given(models(depth=1), optimizers())
def test_declarations_are_frozen_hashable_and_comparable(
    model: spec.Model, optimizer: spec.Optimizer
) -> None:
    for declared in (model, model.layers[0], model.loss, optimizer):
        field = dataclasses.fields(declared)[0].name  # type: ignore[arg-type]
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(declared, field, None)
        for twin in (copy.deepcopy(declared), pickle.loads(pickle.dumps(declared))):
            assert twin == declared
            assert hash(twin) == hash(declared)
            assert {declared: 1}[twin] == 1


def test_a_list_is_kept_as_a_tuple() -> None:
    made = spec.Model("m", [4], [spec.Sequential([DENSE])], MSE)  # type: ignore[arg-type]
    assert made == spec.Model("m", (4,), (spec.Sequential((DENSE,)),), MSE)
    assert isinstance(made.layers, tuple)
    assert hash(made)


def test_equal_fields_of_two_classes_do_not_make_them_equal() -> None:
    pairs: list[tuple[object, object]] = [
        (spec.init.He("normal"), spec.init.Glorot("normal")),
        (spec.Identity(), spec.ReLU()),
        (spec.Adam(0.1), spec.AdamW(0.1, weight_decay=0.0)),
    ]
    for one, other in pairs:
        assert one != other
    assert spec.LeakyReLU(0.1) != spec.LeakyReLU(0.2)


def test_replace_checks_again() -> None:
    assert dataclasses.replace(DENSE, units=9).units == 9
    assert refusal(lambda: dataclasses.replace(DENSE, units=0)).startswith("Dense.units:")


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: spec.Sequential((DENSE, 5)), "Sequential.layers[1]:"),  # type: ignore[arg-type]
        (lambda: spec.Residual((DENSE,), (5,)), "Residual.shortcut[0]:"),  # type: ignore[arg-type]
        (lambda: spec.Residual(body=5), "Residual.body:"),  # type: ignore[arg-type]
        (lambda: spec.Sequential(), "Sequential.layers:"),  # type: ignore[call-arg]
        (lambda: spec.LinearWarmup(0, spec.Constant(0.1)), "LinearWarmup.steps:"),
        (lambda: spec.LinearWarmup(5, 0.1), "LinearWarmup.after:"),  # type: ignore[arg-type]
    ],
)
def test_what_holds_its_own_kind_refuses_in_a_sentence_too(
    make: Callable[[], object], path: str
) -> None:
    spec.Sequential(()), spec.Residual(()), spec.LinearWarmup(1, spec.Constant(1.0))
    assert refusal(make).startswith(path)
