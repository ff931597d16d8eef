"""`brain recipes` and `brain train RECIPE`: by name or file, quickly, stopped, and diverged."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brain import spec
from brain.divergence import DivergenceError
from brain.names import MODELS, RECIPES, here
from brain.recipe_files import path_of, read
from brain.recipes import data_of
from brain.store import Store
from brain.testing.invoked import brain, done, sentence
from brain.testing.present import needs
from brain.testing.saved import begun

SMALL = """
what = "a small one"
model = "mlp-tanh"
epochs = 4

[data]
name = "moons"
n = 500

[optimizer]
kind = "Adam"

[schedule]
kind = "OneCycle"
lr = 0.02
"""

LOST = """
what = "one that diverges after some epochs"
model = "mlp"
epochs = 12
batch_size = 2

[data]
name = "surface"

[optimizer]
kind = "SGD"

[schedule]
kind = "OneCycle"
lr = 4.0
rise = 0.9
start_divisor = 1000.0
"""

needs_scratch = pytest.mark.skipif(not here("scratch"), reason="scratch/ is not on this branch")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def file(folder: Path, text: str = SMALL) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def untimed(text: str) -> str:
    return re.sub(r"\s+\d+\.\d s\b", "", text)


def test_the_recipes_are_listed() -> None:
    lines = done("recipes").splitlines()
    assert [line.split()[0] for line in lines] == list(RECIPES)
    for line, (name, folder) in zip(lines, RECIPES.items(), strict=True):
        assert len(line) <= 130
        if not here(folder):
            assert "not on this branch" in line
            continue
        recipe = read(name)
        words = (recipe.model, recipe.data_name, f"{recipe.epochs} epochs", recipe.what)
        assert all(word in line for word in words)


def test_a_recipe_is_shown_as_it_stands(tmp_path: Path) -> None:
    path = file(tmp_path)
    assert done("recipes", path) == f"# {path}\n{SMALL.rstrip()}\n"
    name = next(iter(RECIPES))
    if here(RECIPES[name]):
        assert done("recipes", name).startswith(f"# {path_of(name)}\nwhat = ")
    assert "did you mean" in sentence("recipes", name[:-1])
    path.write_text(SMALL.replace("epochs", "epoch"))
    assert "did you mean 'epochs'?" in sentence("recipes", path)


@needs_scratch
def test_a_recipe_is_trained_and_kept_under_its_name(tmp_path: Path, models: Path) -> None:
    out = done("train", file(tmp_path), "--models", models)
    assert out.count("epoch ") == 4
    assert re.fullmatch(rf"saved mine/\d+ in {models}/", out.splitlines()[-1])
    assert len(Store(models).versions("mine")) == 1  # the checkpoints made way
    run = Store(models).open("mine").run
    assert (run.recipe.name, run.finished, run.checkpoint_every) == ("mine", True, 12)
    assert len(data_of(run.recipe).x_train) == 375
    score = f"{run.test['accuracy']:.4f}"
    assert f"accuracy {score}" in done("evaluate", "mine", "--models", models)
    shown = done("runs", "--models", models, "show", "mine")
    assert re.search(r"^data +moons, n 500$", shown, re.MULTILINE)
    assert re.search(r"^recipe +mine$", shown, re.MULTILINE)


@needs_scratch
def test_seed_and_dtype_may_be_given_and_nothing_else(tmp_path: Path, models: Path) -> None:
    path, where = file(tmp_path), ("--models", models)
    plain = untimed(done("train", path, "--quick", *where))
    assert untimed(done("train", path, "--quick", "--seed", 1, *where)) != plain
    done("train", path, "--quick", "--dtype", "float64", "--seed", 5, *where)
    recipe = Store(models).open("mine-quick").run.recipe
    assert (recipe.dtype, recipe.seed) == ("float64", 5)
    for option in (("--epochs", 2), ("--lr", 0.1), ("--data", "xor"), ("--batch-size", 9)):
        assert f"{path} is a whole recipe: change the file" in sentence("train", path, *option)


@needs_scratch
def test_quick_is_quick_and_saved_apart(tmp_path: Path, models: Path) -> None:
    out = done("train", file(tmp_path), "--quick", "--models", models)
    assert out.count("epoch ") == 2
    assert out.splitlines()[-1].startswith("saved mine-quick/")
    run = Store(models).open("mine-quick").run
    assert (run.steps, run.recipe.rows) == (2 * 5, 160)
    assert "--quick is for a recipe by its name" in sentence("train", "mlp", "--quick")


@needs_scratch
def test_a_recipe_that_was_written_down_is_the_same_again(tmp_path: Path, models: Path) -> None:
    where, kept = ("--models", models), tmp_path / "kept.json"
    first = done("train", file(tmp_path), "--save-recipe", kept, *where)
    again = done("train", kept, "--save", *where)
    assert untimed(again).splitlines()[:4] == untimed(first).splitlines()[1:5]
    one, other = (Store(models).open(f"mine/{v}") for v in Store(models).versions("mine"))
    assert one.run.recipe == other.run.recipe
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, other.weights[name])


@needs_scratch
def test_a_recipe_that_was_stopped_goes_on_to_the_same_bits(tmp_path: Path, models: Path) -> None:
    where = ("--models", models)
    done("train", file(tmp_path), *where)
    whole = Store(models).open("mine")
    keeper, steps, _ = begun(Store(tmp_path / "other"), whole.run.recipe, every=12)
    for step in steps:
        if step.step == 30:
            break  # its last checkpoint is that of step 24
    assert Store(tmp_path / "other").open("a").run.step == 24
    out = done("train", "--resume", "a", "--models", tmp_path / "other")
    assert out.count("epoch ") == 2
    again = Store(tmp_path / "other").open("a")
    assert again.run.history == whole.run.history
    for name, array in whole.weights.items():
        np.testing.assert_array_equal(array, again.weights[name])
    assert keeper.every == 12


@needs_scratch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_that_diverges_keeps_its_last_good_checkpoint_and_says_how_to_go_on(
    tmp_path: Path, models: Path, dtype: str
) -> None:
    text = sentence("train", file(tmp_path, LOST), "--models", models, "--dtype", dtype)
    pattern = (
        r"the (loss is (nan|inf) at|parameter \S+ is not finite after) step (\d+), in epoch (\d+): "
        r"the training diverged; the first that is not finite is (the output of \w+ \(\w+\)|"
        r"the loss, behind outputs that are finite|the gradient .+), in step (\d+); a smaller "
        r"learning rate, or a clip_norm, usually mends it; (mine/\d+), of step (\d+), is kept: "
        rf"go on from there with: brain train --resume \7 --models {models} --clip-norm 1"
    )
    said = re.fullmatch(pattern, text)
    assert said, text
    seen, first, reference, kept = int(said[3]), int(said[6]), said[7], int(said[8])
    assert 100 < kept < first <= seen
    saved = Store(models).open(reference)
    assert saved.run.step == kept
    assert len(Store(models).versions("mine")) == 1
    assert all(np.isfinite(array).all() for array in saved.weights.values())
    out = done("train", "--resume", reference, "--models", models, "--clip-norm", 1)
    run = Store(models).open("mine").run
    assert run.finished
    assert run.recipe.optimizer.clip_norm == 1
    assert replace(run.recipe, optimizer=saved.run.recipe.optimizer) == saved.run.recipe
    assert out.splitlines()[-1].startswith("saved mine/")


@needs_scratch
def test_one_that_diverges_says_that_it_looks_for_the_step(tmp_path: Path, models: Path) -> None:
    answer = brain("train", file(tmp_path, LOST), "--models", models)
    assert answer.code == 2
    lines = answer.out.splitlines()
    pattern = "the numbers are no longer finite: looking for the first step that failed, from "
    assert lines[-1].startswith(pattern)
    assert answer.out.count(pattern) == 1


@needs_scratch
@pytest.mark.parametrize(
    ("model", "data", "words"),
    [
        (
            "lenet",
            '{ name = "digits" }',
            "lenet cannot take the rows of digits: conv2: Conv2D cannot take images (4, 4, 6): a "
            "window of 5 does not fit on 4 cells.",
        ),
        (
            "lenet",
            '{ name = "moons" }',
            "lenet cannot take the rows of moons: conv1: Conv2D takes images (H, W, C), not (2,).",
        ),
        (
            "forecast-gru",
            '{ name = "sine", n = 30, length = 40 }',
            "sine: 40 values and the next 1 do not fit into a training part of 24 and a test part "
            "of 6; choose a smaller length or horizon, or a test part of another size "
            "(test_fraction).",
        ),
        (
            "char-gru",
            '{ name = "sine" }',
            "char-gru cannot take the rows of sine: embedding1: Embedding takes token ids (T,), "
            "not (25, 1).",
        ),
    ],
)
def test_data_that_do_not_fit_are_one_sentence(
    tmp_path: Path, models: Path, model: str, data: str, words: str
) -> None:
    needs(model, MODELS)
    if "digits" in data:
        pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    text = SMALL.replace('"mlp-tanh"', f'"{model}"').replace("[data]", f"data = {data}")
    path = file(tmp_path, text.replace('name = "moons"\nn = 500\n', ""))
    assert sentence("train", path, "--models", models).removeprefix(f"{path}: ") == words
    assert not models.exists()


@needs_scratch
def test_one_that_diverges_and_was_not_kept_says_so(tmp_path: Path, models: Path) -> None:
    command = ("train", "mlp", "--data", "surface", "--lr", 1e9, "--models", models)
    assert sentence(*command).endswith("usually mends it; nothing was saved.")
    assert sentence(*command, "--save").endswith("usually mends it; nothing was saved.")
    assert not Store(models).names()


@needs_scratch
def test_numbers_that_are_not_finite_are_never_saved(tmp_path: Path) -> None:
    """A checkpoint at every step: those after the fault are left out, the last good one stays."""
    layers = (spec.Dense(8), spec.ReLU(), spec.Dense(1))
    model = spec.Model("small", (2,), layers, spec.MeanSquaredError())
    recipe = spec.Recipe(model, "surface", spec.SGD(1e3), 3, batch_size=4)
    store = Store(tmp_path)
    keeper, steps, net = begun(store, recipe, every=1)
    with pytest.raises(DivergenceError, match="diverged"):
        for _ in steps:
            pass
    assert keeper.last
    reference, step = keeper.last
    assert [f"a/{version}" for version in store.versions("a")] == [reference]
    saved = store.open(reference)
    assert saved.run.step == step
    assert all(np.isfinite(array).all() for array in saved.weights.values())
    assert step >= net.step  # left as it was before the step that was lost


@needs_scratch
def test_resume_takes_no_other_option(models: Path) -> None:
    for option in (("--quick",), ("--lr", 1), ("mlp",)):
        assert "--resume goes on with the recipe of the run" in sentence(
            "train", "--resume", "a", "--models", models, *option
        )


@pytest.mark.parametrize("name", [*RECIPES][:1])
def test_a_name_that_is_nearly_one(name: str) -> None:
    assert f"did you mean '{name}'?" in sentence("train", name[:-1], "--quick")
