"""From names to a recipe: a model that fits a data set learns it, and one that does not is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import data, spec
from brain.data.augmentation import augment
from brain.engine import build
from brain.names import MODELS, installed
from brain.recipes import (
    AUGMENTATIONS,
    LEARNING_RATES,
    OPTIMIZERS,
    is_recipe_file,
    model_for,
    named_model,
    recipe_for,
    start,
)
from brain.testing.present import needs
from brain.testing.refusals import refusal
from brain.training import train

pytest.importorskip("scratch", reason="the models that these tests name are not on this branch")

MOONS = data.load("moons")
PERCEPTRONS = ["softmax-regression", "mlp", "mlp-tanh", "mlp-dropout", "mlp-residual"]
THEIRS = {
    "adding": ["mlp", "forecast-rnn", "memory-lstm", "memory-gru", "memory-bilstm"],
    "sine": ["mlp", "forecast-rnn", "forecast-lstm", "forecast-gru", "memory-rnn"],
    "copy": ["char-rnn-small", "char-rnn", "char-lstm-stacked", "memory-rnn", "memory-lstm"],
    "digits": ["mlp", "digits-cnn", "conv", "vgg-small", "resnet-8", "resnet-20"],
}
MODEL = spec.Model("mine", (2,), (spec.Dense(1),), spec.BinaryCrossEntropy())


@pytest.mark.parametrize("name", ["xor", "clusters", "moons", "surface"])
@pytest.mark.parametrize("model", PERCEPTRONS)
def test_a_perceptron_fits_every_data_set_of_numbers(model: str, name: str) -> None:
    dataset = data.load(name)
    recipe = recipe_for(model, dataset, epochs=1, batch_size=200)
    assert recipe.model.name == model
    assert recipe.model.input_shape == dataset.input_shape
    assert recipe.model.output_shape == (dataset.outputs,)
    assert recipe.data == name
    net = build(recipe.model, optimizer=recipe.optimizer)
    (*_, last) = train(net, dataset, batch_size=200)
    assert set(last.metrics) == {"loss", "r2" if name == "surface" else "accuracy"}


@pytest.mark.parametrize(("name", "fitting"), THEIRS.items(), ids=THEIRS)
def test_a_model_fits_the_data_that_it_is_for(name: str, fitting: list[str]) -> None:
    if not data.describe(name).available():
        pytest.skip(f"the data set {name} is not here")
    dataset = data.load(name)
    for model in fitting:
        if not installed(MODELS[model]):
            continue  # its folder is not on this branch
        recipe = recipe_for(model, dataset)
        assert recipe.model.input_shape == dataset.input_shape
        net = build(recipe.model, optimizer=recipe.optimizer)
        before = float(net.train_step(dataset.x_train[:8], dataset.y_train[:8]))
        for _ in range(10):
            after = float(net.train_step(dataset.x_train[:8], dataset.y_train[:8]))
        assert after < before, model


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        ("mlp", "copy", "mlp takes numbers, but the rows of copy are token ids."),
        ("char-rnn-small", "moons", "takes token ids, but the rows of moons are numbers."),
        ("char-rnn-small", "adding", "embedding1: Embedding takes token ids (T,), not (50, 2)."),
        ("digits-cnn", "moons", "cannot take the rows of moons: conv1: Conv2D takes images"),
        ("lenet", "moons", "lenet cannot take the rows of moons: conv1: Conv2D takes images"),
        ("forecast-lstm", "copy", "lstm1: LSTM takes sequences (T, D), not (50,)."),
    ],
)
def test_a_model_that_does_not_fit_is_told(model: str, name: str, words: str) -> None:
    needs(model, MODELS)
    text = refusal(lambda: recipe_for(model, data.load(name)))
    assert words in text
    assert "\n" not in text


def test_an_answer_for_each_step_is_not_one_for_the_row(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    layers = (spec.Embedding(10, 3), spec.RNN(4), spec.Dense(10))
    spec.Model("last", (50,), layers, spec.SoftmaxCrossEntropy()).save(path)
    text = refusal(lambda: recipe_for(str(path), data.load("copy")))
    assert "gives one answer for a whole row" in text
    assert "asks for one answer for each step" in text
    every = (spec.LSTM(4, return_sequences=True), spec.Dense(1))
    spec.Model("every", (50, 2), every, spec.MeanSquaredError()).save(path)
    text = refusal(lambda: recipe_for(str(path), data.load("adding")))
    assert "gives one answer for each step" in text
    assert "asks for one answer for a whole row" in text


def test_the_reason_is_the_loss(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    each = (spec.Embedding(10, 3), spec.RNN(4, return_sequences=True), spec.Dense(10))
    spec.Model("each", (50,), each, spec.MeanSquaredError()).save(path)
    text = refusal(lambda: recipe_for(str(path), data.load("copy")))
    assert "has the loss MeanSquaredError, for targets (50, 10)" in text
    assert text.endswith("those of copy are (50,), for SoftmaxCrossEntropy.")


def test_the_reason_is_a_missing_flatten(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    path = tmp_path / "m.json"
    layers = (spec.Conv2D(4), spec.Dense(10))
    spec.Model("flat", (8, 8, 1), layers, spec.SoftmaxCrossEntropy()).save(path)
    text = refusal(lambda: recipe_for(str(path), data.load("digits")))
    assert "ends in images, (6, 6, 10)" in text
    assert "put Flatten or GlobalAvgPool2D before the last layer" in text


def test_gradients_of_recurrent_layers_are_clipped() -> None:
    assert recipe_for("char-rnn-small", data.load("copy")).optimizer.clip_norm == 1.0


def test_the_defaults() -> None:
    recipe = recipe_for("mlp", MOONS)  # 300 rows: 10 steps an epoch
    assert recipe.optimizer == spec.SGD(spec.Cosine(0.05, 100), momentum=0.9)
    assert (recipe.epochs, recipe.batch_size, recipe.seed) == (10, 32, 0)
    assert recipe.dtype == "float32"


@pytest.mark.parametrize("name", ["surface", "sine", "mackey_glass"])
def test_the_defaults_learn_numbers_too(name: str) -> None:
    """Without clipping, the first steps on a series are so large that the training diverges."""
    dataset = data.load(name)
    recipe = recipe_for("mlp", dataset, epochs=10)
    assert recipe.optimizer.clip_norm == 1.0
    assert recipe_for("mlp", dataset, clip_norm=7).optimizer.clip_norm == 7.0
    assert recipe_for("mlp", MOONS).optimizer.clip_norm is None
    _, steps = start(recipe, "numpy", dataset=dataset)
    (*_, last) = steps
    assert last.metrics["r2"] > 0.9


def test_augmentation_by_name() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    recipe = recipe_for("mlp", data.load("digits"), augmentation=["flip", "crop"])
    assert recipe.augmentation == (spec.Flip(), spec.Crop(2))
    for side in (8, 28, 32, 224):
        for suited in AUGMENTATIONS.values():
            augment(np.zeros((2, side, side, 1), np.float32), [suited(side)], 0, 0)
    assert "moons holds none" in refusal(lambda: recipe_for("mlp", MOONS, augmentation=["flip"]))


@pytest.mark.parametrize("name", [*OPTIMIZERS])
def test_every_optimizer_by_name(name: str) -> None:
    recipe = recipe_for("mlp", MOONS, optimizer=name, epochs=2, weight_decay=0.1, clip_norm=2.0)
    assert type(recipe.optimizer) is OPTIMIZERS[name]
    assert recipe.optimizer.weight_decay == 0.1
    assert recipe.optimizer.clip_norm == 2.0
    assert recipe.optimizer.rate(0) == LEARNING_RATES[name]
    assert recipe.optimizer.rate(20) == pytest.approx(0.0, abs=1e-12)
    assert recipe_for("mlp", MOONS, optimizer=name, lr=0.5).optimizer.rate(0) == 0.5


def test_the_tables_of_optimizers_agree() -> None:
    assert set(LEARNING_RATES) == set(OPTIMIZERS)
    offered = {getattr(spec, name) for name in spec.__all__}
    assert set(OPTIMIZERS.values()) == {
        c for c in offered if isinstance(c, type) and issubclass(c, spec.Optimizer)
    } - {spec.Optimizer}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"optimizer": "adma"}, "did you mean 'adam'"),
        ({"model": "mpl"}, "did you mean 'mlp'"),
        ({"epochs": 0}, "Recipe.epochs"),
        ({"batch_size": 0}, "Recipe.batch_size"),
        ({"seed": -1}, "Recipe.seed"),
        ({"dtype": "float16"}, "Recipe.dtype"),
        ({"lr": -0.1}, "Cosine.lr"),
        ({"lr": 0}, "Cosine.lr"),
        ({"weight_decay": -1.0}, "weight_decay"),
        ({"clip_norm": 0.0}, "clip_norm"),
    ],
)
def test_what_cannot_be_is_one_sentence(options: dict[str, Any], words: str) -> None:
    assert words in refusal(lambda: recipe_for(**{"model": "mlp", "dataset": MOONS, **options}))


def test_a_model_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    MODEL.save(path)
    assert model_for(str(path), MOONS) == MODEL
    assert named_model(str(path)) == MODEL
    assert recipe_for(str(path), MOONS).model == MODEL


def test_a_model_from_a_file_must_take_the_data(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    spec.Model("wide", (3,), (spec.Dense(1),), spec.BinaryCrossEntropy()).save(path)
    text = refusal(lambda: model_for(str(path), MOONS))
    assert "takes (3,)" in text
    assert "moons is (2,)" in text


@pytest.mark.parametrize("separators", [None, (",", ":"), (" ,", " : ")])
def test_a_recipe_file_is_told_from_a_models(
    tmp_path: Path, separators: tuple[str, str] | None
) -> None:
    path = tmp_path / "some.json"
    for declared, wanted in ((recipe_for("mlp", MOONS), True), (MODEL, False)):
        text = json.dumps(json.loads(spec.to_json(declared)), separators=separators)
        path.write_text(text, encoding="utf-8")
        assert is_recipe_file(str(path)) is wanted


def test_what_is_no_json_file_is_no_recipe(tmp_path: Path) -> None:
    assert not is_recipe_file("mlp")
    absent = tmp_path / "absent.json"
    assert refusal(lambda: is_recipe_file(str(absent))).startswith(f"cannot read {absent}: ")
    assert "cannot read" in refusal(lambda: is_recipe_file(f"{absent}/a.json"))


def test_perceptrons_are_mnists_by_default() -> None:
    for name in PERCEPTRONS:
        assert named_model(name).input_shape == (28, 28, 1)
        assert named_model(name).output_shape == (10,)
    assert "did you mean" in refusal(lambda: named_model("mlp-tahn"))
