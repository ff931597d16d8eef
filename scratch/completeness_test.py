"""Whoever adds a layer, a loss or an optimizer is told here which place was forgotten."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

from brain import spec
from brain.compare import cases
from brain.spec import initializers, losses, nests, optimizers, schedules
from brain.testing import model_strategies, training_strategies
from scratch.activations import ACTIVATIONS
from scratch.layers import LAYERS
from scratch.losses import LOSSES
from scratch.optimizers import OPTIMIZERS
from scratch.testing.plain import PLAIN, WITHOUT


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
    "layers": (
        spec.Layer,
        nests.AnyLayer,
        {**model_strategies.LAYERS, **model_strategies.FIRST, **model_strategies.NESTS},
    ),
    "losses": (spec.Loss, losses.AnyLoss, model_strategies.LOSSES),
    "optimizers": (spec.Optimizer, optimizers.AnyOptimizer, training_strategies.OPTIMIZERS),
    "schedules": (spec.Schedule, schedules.AnySchedule, training_strategies.SCHEDULES),
    "initialisers": (
        initializers.Initializer,
        initializers.AnyInitializer,
        model_strategies.INITIALIZERS,
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
        assert not missing, f"{family} that the tables in brain.testing lack: {names(missing)}"


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


def test_every_layer_has_its_loops() -> None:
    missing = listed(nests.AnyLayer) - set(PLAIN) - set(WITHOUT)
    assert not missing, f"layers that scratch.testing.plain lacks: {names(missing)}"
    assert not set(PLAIN) & set(WITHOUT)


def test_every_layer_and_loss_has_several_cases() -> None:
    counted: Counter[type] = Counter(type(model.loss) for model in cases.CASES)
    for model in cases.CASES:
        counted.update({type(node.layer) for node in model.walk()})
    for family in ("layers", "losses"):
        few = {cls for cls in listed(FAMILIES[family][1]) if counted[cls] < 2}
        assert not few, f"{family} with less than two cases in brain.compare.cases: {names(few)}"


def test_every_optimizer_has_a_case() -> None:
    missing = listed(optimizers.AnyOptimizer) - {type(o) for o in cases.optimizers().values()}
    assert not missing, f"optimizers lacking in brain.compare.cases: {names(missing)}"
