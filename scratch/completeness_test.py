"""Whoever adds a layer, a loss or an optimizer is told here which place was forgotten."""

from __future__ import annotations

from typing import Any, get_args

from brain import spec
from brain.compare import cases
from brain.spec import initializers, losses, nests, optimizers, schedules
from brain.testing import strategies
from scratch.activations import ACTIVATIONS
from scratch.layers import LAYERS
from scratch.losses import LOSSES
from scratch.optimizers import OPTIMIZERS


def listed(union: Any) -> set[type]:
    """The classes that a file may name where `union` stands."""
    return set(get_args(get_args(union)[0]))


def names(classes: Any) -> str:
    return ", ".join(sorted(cls.__name__ for cls in classes))


def subclasses(base: type) -> set[type]:
    """Every class made from `base` that is a declaration, not itself a base."""
    found: set[type] = set()
    children: list[type] = base.__subclasses__()
    for cls in children:
        found |= subclasses(cls) | ({cls} if "kind" in cls.__dict__ else set())
    return {cls for cls in found if cls.__module__.startswith("brain.spec.")}


FAMILIES: dict[str, tuple[type, Any, Any]] = {
    "layers": (spec.Layer, nests.AnyLayer, {**strategies.LAYERS, **strategies.NESTS}),
    "losses": (spec.Loss, losses.AnyLoss, strategies.LOSSES),
    "optimizers": (spec.Optimizer, optimizers.AnyOptimizer, strategies.OPTIMIZERS),
    "schedules": (spec.Schedule, schedules.AnySchedule, strategies.SCHEDULES),
    "initialisers": (
        initializers.Initializer,
        initializers.AnyInitializer,
        strategies.INITIALIZERS,
    ),
}


def test_every_class_can_be_named_in_a_file() -> None:
    for family, (base, union, _) in FAMILIES.items():
        assert listed(union), family
        missing = subclasses(base) - listed(union)
        assert not missing, f"{family} that the union in brain.spec lacks: {names(missing)}"


def test_every_class_can_be_drawn() -> None:
    for family, (_, union, table) in FAMILIES.items():
        missing = listed(union) - set(table)
        assert not missing, f"{family} that brain.testing.strategies lacks: {names(missing)}"


def test_every_class_is_public() -> None:
    for family, (_, union, _) in FAMILIES.items():
        room = spec.init if family == "initialisers" else spec
        missing = {cls for cls in listed(union) if getattr(room, cls.__name__, None) is not cls}
        assert not missing, f"{family} that brain.spec does not export: {names(missing)}"


def test_scratch_has_every_one() -> None:
    tables: dict[str, Any] = {"layers": LAYERS, "losses": LOSSES, "optimizers": OPTIMIZERS}
    for family, table in tables.items():
        wanted = listed(FAMILIES[family][1])
        assert not wanted - set(table), f"{family} lacking in scratch: {names(wanted - set(table))}"
        assert not set(table) - wanted, f"unknown to brain.spec: {names(set(table) - wanted)}"
    assert set(ACTIVATIONS) <= set(LAYERS)
    for cls, pair in LAYERS.items():
        assert len(pair) >= 2, f"{cls.__name__} lacks its backward"
        assert all(callable(function) for function in pair)


def test_every_layer_and_loss_has_a_case() -> None:
    layers = {type(node.layer) for model in cases.CASES for node in model.walk()}
    missing = listed(nests.AnyLayer) - layers
    assert not missing, f"layers without a case in brain.compare.cases: {names(missing)}"
    missing = listed(losses.AnyLoss) - {type(model.loss) for model in cases.CASES}
    assert not missing, f"losses without a case in brain.compare.cases: {names(missing)}"


def test_every_optimizer_has_a_case() -> None:
    missing = listed(optimizers.AnyOptimizer) - {type(o) for o in cases.optimizers().values()}
    assert not missing, f"optimizers lacking in brain.compare.cases: {names(missing)}"


def test_cases_have_names_of_their_own_and_avoid_the_traps() -> None:
    names_of_cases = [model.name for model in cases.CASES]
    assert len(set(names_of_cases)) == len(names_of_cases)
    for model in cases.CASES:
        values = cases.example(model)
        assert len(values.x) > 1
        for name, array in values.parameters.items():
            assert array.any(), f"{model.name}: {name} is zero"
            square = array.ndim > 1 and len(set(array.shape)) == 1
            assert not square or "residual" in model.name, f"{model.name}: {name} is square"
        assert len({*values.dy.ravel()}) > 1, f"{model.name}: a cotangent of one number"
