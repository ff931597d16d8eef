"""Recipes in files: what they say is what is trained; every fault names the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.names import MODELS, RECIPES, here
from brain.recipe_files import (
    QUICK_EPOCHS,
    QUICK_ROWS,
    Constant,
    Cosine,
    OneCycle,
    make,
    path_of,
    read,
)
from brain.recipes import data_of, held_out, start, steps_of
from brain.testing.refusals import refusal

WHOLE = """
what = "a small one"
model = "mlp-tanh"
epochs = 5
batch_size = 20
seed = 7
dtype = "float64"
hold_out = 0.1
patience = 3
checkpoint_every = { epochs = 2 }

[data]
name = "moons"
n = 600
noise = 0.2

[optimizer]
kind = "SGD"
momentum = 0.9
clip_norm = 2.0

[schedule]
kind = "OneCycle"
lr = 0.1
rise = 0.2
"""

needs_scratch = pytest.mark.skipif(not here("scratch"), reason="scratch/ is not on this branch")


def written(folder: Path, text: str = WHOLE, *changes: str) -> str:
    """A file with the text, each pair of `changes` an old and a new part of it."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@needs_scratch
def test_everything_that_a_file_says_is_in_the_recipe(tmp_path: Path) -> None:
    made = make(written(tmp_path))
    recipe = made.recipe
    moons = data.load("moons", n=600, noise=0.2)
    judged = held_out(moons, 0.1, 7)
    steps = spec.steps_in(len(judged.x_train), 20, 5)
    assert recipe == spec.Recipe(
        model=recipe.model,
        data="moons",
        optimizer=spec.SGD(spec.OneCycle(0.1, steps, 0.2), momentum=0.9, clip_norm=2.0),
        epochs=5,
        batch_size=20,
        seed=7,
        dtype="float64",
        hold_out=0.1,
        patience=3,
        options={"n": 600, "noise": 0.2},
        name="mine",
    )
    assert (recipe.model.name, recipe.model.input_shape) == ("mlp-tanh", (2,))
    assert made.checkpoint_every == 2 * steps // 5
    np.testing.assert_array_equal(made.dataset.x_train, moons.x_train)


@needs_scratch
def test_the_least_that_a_file_may_say(tmp_path: Path) -> None:
    text = """
        what = "w"\nmodel = "mlp"\nepochs = 1\ndata = { name = "xor" }
        optimizer = { kind = "Adam" }\nschedule = { kind = "Constant", lr = 0.01 }
    """
    made = make(written(tmp_path, text))
    wanted = spec.Recipe(made.recipe.model, "xor", spec.Adam(spec.Constant(0.01)), 1, name="mine")
    assert made.recipe == wanted
    assert made.checkpoint_every == 1  # the steps of an epoch


@needs_scratch
def test_augmentation_and_steps_between_checkpoints(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    pictures = 'augmentation = [{ kind = "Crop", padding = 1 }, { kind = "Flip" }]'
    changes = ("checkpoint_every = { epochs = 2 }", f"{pictures}\ncheckpoint_every.steps = 17")
    set_ = ('name = "moons"\nn = 600\nnoise = 0.2', 'name = "digits"')
    made = make(written(tmp_path, WHOLE, *changes, *set_))
    assert made.recipe.augmentation == (spec.Crop(1), spec.Flip())
    assert made.checkpoint_every == 17


def test_a_schedule_is_told_in_shares_of_the_training() -> None:
    for steps in (10, 1000):
        assert OneCycle(0.1, rise=0.4).over(steps) == spec.OneCycle(0.1, steps, 0.4)
        assert Constant(0.2).over(steps) == spec.Constant(0.2)
        assert Cosine(0.2, 0.01).over(steps) == spec.Cosine(0.2, steps, 0.01)
        tenth = steps // 10
        warmed = Cosine(0.2, warmup=0.1).over(steps)
        assert warmed == spec.LinearWarmup(tenth, spec.Cosine(0.2, steps - tenth))
        assert warmed(tenth) == 0.2
        assert warmed(steps - 1) < 0.02
        warmed = Constant(0.2, warmup=0.5).over(steps)
        assert warmed == spec.LinearWarmup(steps // 2, spec.Constant(0.2))


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_training_has_a_schedule(steps: int) -> None:
    for course in (OneCycle(0.1), Cosine(0.1, warmup=0.9), Constant(0.1, warmup=0.9)):
        rates = [course.over(steps)(step) for step in range(steps)]
        assert all(0 < rate < 0.1 * (1 + 1e-9) for rate in rates)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("batch_size", "batchsize", "batchsize: unknown key; did you mean 'batch_size'?"),
        ("momentum = 0.9", "momentun = 0.9", "optimizer.momentun: unknown key; did you mean 'm"),
        ("rise = 0.2", "steps = 9", "schedule.steps: unknown key; remove it."),
        ("rise = 0.2", "warmup = 0.2", "schedule.warmup: unknown key"),
        ("rise = 0.2", "rise = 1.5", "schedule.rise: it should be less than 1, but it is 1.5"),
        ("momentum = 0.9", "momentum = 0.9\nlr = 1", "optimizer.lr: the schedule says it"),
        ('what = "a small one"', "", "what: this value is missing"),
        ("epochs = 5", "epochs = 0", "epochs: it should be greater than or equal to 1"),
        ("epochs = 5", "epochs = 2.5", "epochs: it should be a valid integer"),
        ("epochs = 5", 'epochs = "5"', "epochs: it should be a valid integer"),
        ("epochs = 5", "epochs = 2020-01-01", "epochs: it should be a valid integer"),
        ("lr = 0.1", "lr = nan", "schedule.lr: it should be"),
        ("lr = 0.1", "lr = -1", "schedule.lr: it should be greater than 0"),
        ("seed = 7", "seed = -1", "seed: it should be greater than or equal to 0"),
        ("float64", "float16", "dtype: it should be 'float32' or 'float64'"),
        ("hold_out = 0.1", "hold_out = 1", "hold_out: it should be less than 1"),
        ("{ epochs = 2 }", "{}", "checkpoint_every: give epochs or steps"),
        ("{ epochs = 2 }", "{ epochs = 2, steps = 2 }", "checkpoint_every: give epochs or steps"),
        ("{ epochs = 2 }", "{ epoch = 2 }", "checkpoint_every.epoch: unknown key; did you mean"),
        ('"SGD"', '"SDG"', "optimizer: unknown kind 'SDG'; did you mean 'SGD'?"),
        ('"OneCycle"', '"Onecycle"', "did you mean 'OneCycle'?"),
        ('kind = "OneCycle"', "", "schedule: the key 'kind', which names the class, is missing"),
        ('"mlp-tanh"', '"mlp-tan"', "model: unknown model 'mlp-tan'; did you mean 'mlp-tanh'?"),
        ('"moons"', '"mons"', "data: unknown data set 'mons'; did you mean 'moons'?"),
        ('name = "moons"', "", "data.name: the name of a data set is missing"),
        ("noise = 0.2", "nois = 0.2", "data: unknown option of moons 'nois'; did you mean 'noise'"),
        ("noise = 0.2", "noise = [1]", "data.noise: it should be a number, a text, true or false"),
        ("noise = 0.2", "noise = -1", "data.noise must be a number from"),
        ("[data]", 'kind = "Recipe"\n[data]', "kind: unknown key; remove it."),
        ("[data]", "format = 1\n[data]", "format: unknown key; remove it."),
        ("epochs = 5", "epochs = 5\nepochs = 6", "this is not TOML"),
        ("epochs = 5", "epochs", "this is not TOML"),
        ("epochs = 5", 'epochs = 5\naugmentation = ["Flip"]', "augmentation[0]"),
        (
            "epochs = 5",
            'epochs = 5\naugmentation = [{ kind = "Crop", pad = 1 }]',
            "augmentation[0].pad: unknown key; did you mean 'padding'?",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence_that_names_file_and_key(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = written(tmp_path, WHOLE, old, new)
    text = refusal(lambda: make(path))
    assert text.startswith(f"{path}: ")
    assert words in text


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = " + b"[" * 5000, b"\x00"])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert refusal(lambda: read(str(path))).startswith(f"{path}: this is not TOML")


def test_a_file_or_a_name_that_is_not_there() -> None:
    assert refusal(lambda: read("/no/such.toml")).startswith("cannot read /no/such.toml: ")
    name = next(iter(RECIPES))
    assert f"did you mean '{name}'?" in refusal(lambda: read(name[:-1]))


def test_a_name_is_a_recipe_or_a_model_and_never_both() -> None:
    assert not RECIPES.keys() & MODELS.keys()


def test_the_table_has_every_recipe_that_is_here() -> None:
    for folder in set(RECIPES.values()):
        if here(folder):
            named = {name for name, where in RECIPES.items() if where == folder}
            found = {path.stem for path in path_of(min(named)).parent.glob("*.toml")}
            assert found == named


def test_a_folder_that_is_not_on_this_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, "gone", "cnn")
    monkeypatch.setattr("brain.recipe_files.here", lambda folder: False)
    assert refusal(lambda: read("gone")).startswith("the folder cnn/ is not on this branch")


@needs_scratch
def test_quick_is_the_same_recipe_with_fewer_rows_and_epochs(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole, quick = make(path), make(path, quick=True)
    recipe = quick.recipe
    assert (recipe.rows, recipe.epochs, recipe.name) == (QUICK_ROWS, QUICK_EPOCHS, "mine-quick")
    assert (len(quick.dataset.x_train), len(quick.dataset.x_test)) == (QUICK_ROWS, 150)
    np.testing.assert_array_equal(quick.dataset.x_train, whole.dataset.x_train[:QUICK_ROWS])
    steps = steps_of(recipe, held_out(quick.dataset, 0.1, 7))
    assert recipe.optimizer.lr == spec.OneCycle(0.1, steps, 0.2)
    assert quick.checkpoint_every == steps // QUICK_EPOCHS
    _, steps_ = start(recipe, "numpy")  # loads its data itself
    assert len(list(steps_)) == steps


@needs_scratch
def test_few_rows_are_copies_so_that_the_rest_can_go() -> None:
    whole = data.load("moons")
    recipe = spec.Recipe(
        spec.Model("m", (2,), (spec.Dense(1),), spec.BinaryCrossEntropy()), "moons", spec.SGD(0.1),
        1, rows=50,
    )  # fmt: skip
    few = data_of(recipe, whole)
    for part in ("x_train", "y_train", "x_test", "y_test"):
        array, rest = getattr(few, part), getattr(whole, part)
        assert len(array) == 50
        assert not np.shares_memory(array, rest)
        np.testing.assert_array_equal(array, rest[:50])
    assert data_of(recipe).x_train.tobytes() == few.x_train.tobytes()


@needs_scratch
@pytest.mark.parametrize(
    ("changes", "seed", "dtype"), [({}, 7, "float64"), ({"seed": 3}, 3, "float64"),
                                   ({"dtype": "float32"}, 7, "float32")],
)  # fmt: skip
def test_seed_and_dtype_may_be_others(
    tmp_path: Path, changes: dict[str, Any], seed: int, dtype: str
) -> None:
    recipe = make(written(tmp_path), **changes).recipe
    assert (recipe.seed, recipe.dtype) == (seed, dtype)


def test_an_old_recipe_without_the_newer_keys_still_opens() -> None:
    model = spec.Model("m", (2,), (spec.Dense(1),), spec.BinaryCrossEntropy())
    recipe = spec.Recipe(model, "moons", spec.SGD(0.1), 1)
    text = spec.to_json(recipe)
    import json

    fields = json.loads(text)
    for key in ("options", "rows", "name"):
        del fields[key]
    assert spec.from_json(spec.Recipe, json.dumps(fields)) == recipe


def test_the_options_travel_with_the_recipe() -> None:
    model = spec.Model("m", (100, 2), (spec.LSTM(3), spec.Dense(1)), spec.MeanSquaredError())
    options: dict[str, bool | int | float | str] = {"length": 100, "n": 40, "test_fraction": 0.5}
    recipe = spec.Recipe(model, "adding", spec.SGD(0.1), 1, options=options)
    again = spec.from_json(spec.Recipe, spec.to_json(recipe))
    assert again == recipe
    assert hash(again) == hash(recipe)
    assert data_of(again).x_train.shape == (20, 100, 2)
    mixed: dict[str, bool | int | float | str] = {"a": True, "b": 1, "c": 1.5, "d": "every"}
    kept = spec.from_json(
        spec.Recipe, spec.to_json(spec.Recipe(model, "x", spec.SGD(1.0), 1, options=mixed))
    )
    assert [(k, type(v)) for k, v in kept.options.items()] == [
        (k, type(v)) for k, v in mixed.items()
    ]
