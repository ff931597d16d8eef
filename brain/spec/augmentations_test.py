"""What an augmentation may be, and how a recipe carries it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import get_args

import pytest

from brain import spec
from brain.spec.augmentations import AnyAugmentation
from brain.testing.refusals import refusal
from brain.testing.training_strategies import AUGMENTATIONS

MODEL = spec.Model("m", (8, 8, 3), (spec.Flatten(), spec.Dense(2)), spec.SoftmaxCrossEntropy())
PLAIN = spec.Recipe(MODEL, "cifar10", spec.SGD(0.1), epochs=1)


def test_the_defaults() -> None:
    assert spec.Shift() == spec.Shift(pixels=2)
    assert spec.Crop() == spec.Crop(padding=4)
    assert spec.Cutout() == spec.Cutout(size=8)
    assert PLAIN.augmentation == ()


@pytest.mark.parametrize(
    ("make", "path", "why"),
    [
        (lambda: spec.Shift(0), "Shift.pixels", "but it is 0"),
        (lambda: spec.Crop(-1), "Crop.padding", "but it is -1"),
        (lambda: spec.Crop(1.5), "Crop.padding", "but it is 1.5"),  # type: ignore[arg-type]
        (lambda: spec.Cutout(0), "Cutout.size", "but it is 0"),
        (lambda: spec.Cutout(sise=3), "Cutout.sise", "mean 'size'"),  # type: ignore[call-arg]
    ],
)
def test_a_bad_value_is_refused_by_name(make: Callable[[], object], path: str, why: str) -> None:
    text = refusal(make)
    assert text.startswith(f"{path}:")
    assert why in text


def test_every_one_can_stand_in_a_file_and_be_drawn() -> None:
    union = set(get_args(get_args(AnyAugmentation)[0]))
    assert set(spec.Augmentation.__subclasses__()) == union == set(AUGMENTATIONS)


def test_a_recipe_keeps_their_order() -> None:
    given = [spec.Crop(2), spec.Flip(), spec.Crop(4)]
    recipe = dataclasses.replace(PLAIN, augmentation=given)  # type: ignore[arg-type]  # a list will do
    assert recipe.augmentation == tuple(given)
    fields = json.loads(spec.to_json(recipe))
    assert fields["augmentation"][:2] == [{"kind": "Crop", "padding": 2}, {"kind": "Flip"}]
    assert spec.from_json(spec.Recipe, spec.to_json(recipe)) == recipe


def test_a_recipe_from_before_there_were_any_still_loads() -> None:
    fields = json.loads(spec.to_json(PLAIN))
    del fields["augmentation"]
    assert spec.from_json(spec.Recipe, json.dumps(fields)) == PLAIN


@pytest.mark.parametrize(
    ("entry", "path", "why"),
    [
        ({"kind": "Flipp"}, "augmentation[0]", "did you mean 'Flip'"),
        ({"kind": "Dense", "units": 1}, "augmentation[0]", "unknown kind"),
        ({"kind": "Crop", "padding": 0}, "augmentation[0].padding", "but it is 0"),
        ({"kind": "Crop", "size": 3}, "augmentation[0].size", "unknown key"),
        ("Flip", "augmentation[0]", "'Flip'"),
    ],
)
def test_a_fault_in_a_recipe_is_named_by_its_path(entry: object, path: str, why: str) -> None:
    fields = json.loads(spec.to_json(PLAIN)) | {"augmentation": [entry]}
    text = refusal(lambda: spec.from_json(spec.Recipe, json.dumps(fields), "r.json"))
    assert text.startswith(f"r.json: {path}:")
    assert why in text


def test_an_augmentation_without_its_list_is_refused() -> None:
    text = refusal(lambda: dataclasses.replace(PLAIN, augmentation=spec.Flip()))  # type: ignore[arg-type]
    assert text.startswith("Recipe.augmentation:")
