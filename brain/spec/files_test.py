"""A declaration survives its file bit for bit, and no faulty file is read as anything else."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain import spec
from brain.testing.model_strategies import initializers, models
from brain.testing.refusals import refusal
from brain.testing.training_strategies import optimizers, recipes, schedules

MODEL = spec.Model(
    name="small",
    input_shape=(4,),
    layers=(
        spec.Dense(3),
        spec.Residual((spec.Dense(3), spec.ReLU()), (spec.Dense(3, bias=False),)),
        spec.Dense(2),
    ),
    loss=spec.MeanSquaredError(),
)


def edited(edit: Callable[[dict[str, Any]], object]) -> str:
    """The text of MODEL after `edit` has changed its fields."""
    fields = json.loads(spec.to_json(MODEL))
    edit(fields)
    return json.dumps(fields)


def complaint(edit: Callable[[dict[str, Any]], object]) -> str:
    return refusal(lambda: spec.from_json(spec.Model, edited(edit), "model.json"))


def assert_survives(declared: Any) -> None:
    text = spec.to_json(declared)
    read = spec.from_json(type(declared), text)
    assert read == declared
    assert hash(read) == hash(declared)
    assert spec.to_json(read) == text


@given(models())
def test_a_model_survives_its_text(model: spec.Model) -> None:
    assert_survives(model)


@given(optimizers() | schedules() | initializers())
def test_the_small_declarations_survive(declared: object) -> None:
    assert_survives(declared)


@settings(max_examples=40)
@given(recipes())
def test_a_recipe_survives(recipe: spec.Recipe) -> None:
    assert_survives(recipe)


def test_every_object_in_a_file_names_its_kind() -> None:
    fields = json.loads(spec.to_json(MODEL))
    assert next(iter(fields)) == "format"
    assert fields["format"] == spec.FORMAT
    assert fields["kind"] == "Model"
    assert fields["layers"][1]["shortcut"][0]["kind"] == "Dense"
    assert fields["layers"][0]["init"]["kind"] == "He"


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    MODEL.save(path)
    assert spec.load_model(path) == MODEL
    assert spec.load(spec.Model, str(path)) == MODEL
    changed = dataclasses.replace(MODEL, name="other")
    changed.save(path)
    assert spec.load_model(path) == changed
    assert [p.name for p in tmp_path.iterdir()] == ["small.json"]  # nothing partial is left


def test_a_save_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    assert f"cannot write {path}" in refusal(lambda: MODEL.save(path))
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
    below = tmp_path / "file" / "m.json"
    below.parent.write_text("")
    assert f"cannot write {below}" in refusal(lambda: MODEL.save(below))


def test_a_link_is_followed_and_a_pipe_refused(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link.json", tmp_path / "pipe"
    link.symlink_to(tmp_path / "target.json")
    MODEL.save(link)
    assert link.is_symlink()
    assert spec.load_model(tmp_path / "target.json") == MODEL
    os.mkfifo(pipe)
    assert "no ordinary file" in refusal(lambda: MODEL.save(pipe))
    assert pipe.is_fifo()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    assert refusal(lambda: spec.load_model(path)).startswith(f"cannot read {path}")


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "faulty.json"
    path.write_text(edited(lambda f: f["layers"][2].update(units=-1)))
    text = refusal(lambda: spec.load_model(path))
    assert text.startswith(f"{path}: layers[2].units: ")
    assert "greater than or equal to 1" in text
    assert "-1" in text


@pytest.mark.parametrize(
    ("edit", "path", "why"),
    [
        (lambda f: f["layers"][2].update(unit=3), "layers[2].unit", "unknown key"),
        (lambda f: f["layers"][2].pop("units"), "layers[2].units", "missing"),
        (lambda f: f["layers"][2].update(units=0), "layers[2].units", "but it is 0"),
        (lambda f: f["layers"][2].update(units="3"), "layers[2].units", "but it is '3'"),
        (lambda f: f["layers"][2].update(units=2.5), "layers[2].units", "but it is 2.5"),
        (lambda f: f["layers"][2].update(units=True), "layers[2].units", "but it is True"),
        (lambda f: f["layers"][2].update(bias=1), "layers[2].bias", "but it is 1"),
        (lambda f: f["layers"][2].update(kind="Dens"), "layers[2]", "did you mean 'Dense'"),
        (lambda f: f["layers"][2].update(kind=3), "layers[2]", "unknown kind"),
        (lambda f: f["layers"][2].pop("kind"), "layers[2]", "'kind'"),
        (lambda f: f["layers"].append(3), "layers[3]", "but it is 3"),
        (lambda f: f["layers"].clear(), "layers", "at least 1"),
        (lambda f: f["layers"][1]["body"][0].update(units=0), "layers[1].body[0].units", "is 0"),
        (lambda f: f["layers"][1]["shortcut"][0].pop("units"), "layers[1].shortcut[0].units", "is"),
        (lambda f: f["layers"][0]["init"].update(distribution="x"), "layers[0].init", "'normal'"),
        (lambda f: f.update(input_shape=[4, 0]), "input_shape[1]", "but it is 0"),
        (lambda f: f.update(input_shape=[]), "input_shape", "at least 1"),
        (lambda f: f.update(input_shape=4), "input_shape", "but it is 4"),
        (lambda f: f.update(name="a b"), "name", "'a b'"),
        (lambda f: f.update(name="a\n"), "name", "'a\\n'"),
        (lambda f: f.update(loss={"kind": "Dense"}), "loss", "unknown kind"),
        (lambda f: f.update(loss=None), "loss", "but it is None"),
        (lambda f: f.pop("loss"), "loss", "missing"),
        (lambda f: f.update(layer=[]), "layer", "did you mean 'layers'"),
        (lambda f: f.update(kind="Recipe"), "kind", "'Recipe'"),
        (lambda f: f.pop("kind"), "kind", "None"),
        (lambda f: f.update(format=spec.FORMAT + 1), "format", "pip install --upgrade"),
        (lambda f: f.update(format=0), "format", "not 0"),
        (lambda f: f.update(format=True), "format", "not True"),
        (lambda f: f.update(format="1"), "format", "not '1'"),
        (lambda f: f.pop("format"), "format", "not None"),
    ],
)
def test_a_fault_is_named_by_its_path(
    edit: Callable[[dict[str, Any]], object], path: str, why: str
) -> None:
    text = complaint(edit)
    assert text.startswith(f"model.json: {path}")
    assert why in text


def test_a_misspelt_key_is_told_before_the_missing_one() -> None:
    def rename(fields: dict[str, Any]) -> None:
        fields["layers"][2]["unit"] = fields["layers"][2].pop("units")

    assert complaint(rename) == ("model.json: layers[2].unit: unknown key; did you mean 'units'?")


def test_layers_that_do_not_fit_are_refused_from_a_file_too() -> None:
    text = complaint(lambda f: f["layers"][1]["body"][0].update(units=7))
    assert text.startswith("model.json: ")
    assert "residual1.body" in text
    assert "(7,)" in text


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "nul", b"\xff\xfe\xfa", "[" * 100_000])
def test_what_is_not_json(text: str | bytes) -> None:
    message = refusal(lambda: spec.from_json(spec.Model, text, "model.json"))
    assert message.startswith("model.json: this is not JSON")


@pytest.mark.parametrize("text", ["[]", "3", "null", '"Model"', "true"])
def test_what_is_no_object(text: str) -> None:
    message = refusal(lambda: spec.from_json(spec.Model, text, "model.json"))
    assert message.startswith("model.json: a Model is a JSON object")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_not_finite(number: str) -> None:
    text = f'{{"format": 1, "kind": "LeakyReLU", "slope": {number}}}'
    message = refusal(lambda: spec.from_json(spec.LeakyReLU, text, "f.json"))
    assert message.startswith("f.json: slope: ")
    assert "finite" in message


def test_a_schedule_inside_an_optimizer_is_named_too() -> None:
    fields = json.loads(spec.to_json(spec.SGD(spec.LinearWarmup(3, spec.Cosine(0.1, 10)))))
    fields["lr"]["after"]["steps"] = 0
    message = refusal(lambda: spec.from_json(spec.SGD, json.dumps(fields), "f.json"))
    assert message.startswith("f.json: lr.after.steps: ")


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("kindlayers"), inner),
    max_leaves=8,
))  # fmt: skip
def test_any_value_in_place_of_a_layer_is_refused_in_one_sentence(value: object) -> None:
    complaint(lambda f: f["layers"].__setitem__(0, value))


def test_an_unknown_key_with_a_capital_is_named() -> None:
    text = complaint(lambda f: f["layers"][2].update(Bias=True))
    assert text.startswith("model.json: layers[2].Bias: unknown key")


def test_the_nearest_key_is_offered_for_nested_objects() -> None:
    assert complaint(lambda f: f["layers"][2].update(nam=True)).endswith("remove it.")
    assert "did you mean 'bias'" in complaint(
        lambda f: (f["layers"][2].pop("bias"), f["layers"][2].update(bais=True))
    )


def test_a_key_with_a_line_break_is_still_one_sentence() -> None:
    complaint(lambda f: f["layers"][2].update({"a\nb": 1}))


def test_a_key_that_is_there_twice_is_refused() -> None:
    text = '{"format": 1, "kind": "Dense", "units": 3, "units": 4}'
    refusal(lambda: spec.from_json(spec.Dense, text))


def test_an_empty_path_is_refused() -> None:
    refusal(lambda: MODEL.save(""))
