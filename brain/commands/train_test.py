"""`brain train`: it trains, it can be repeated from its recipe, and it refuses in one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from brain import spec
from brain.names import ENGINES
from brain.testing.invoked import done, sentence
from brain.testing.present import absence

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")


def untimed(text: str) -> str:
    return re.sub(r"\s+\d+\.\d s\b", "", text)


@pytest.mark.parametrize("name", ["xor", "moons", "clusters", "surface", "spirals", "digits"])
def test_it_trains_on(name: str) -> None:
    if name == "digits":
        pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    lines = done("train", "mlp-tanh", "--data", name, "--epochs", 2).splitlines()
    metric = "r2" if name == "surface" else "accuracy"
    assert len(lines) == 2
    for epoch, line in enumerate(lines, 1):
        pattern = rf"epoch +{epoch}  test: loss \d+\.\d{{4}}  {metric} -?\d+\.\d{{4}} +\d+\.\d s"
        assert re.fullmatch(pattern, line), line


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "rmsprop", "adam", "adamw"])
def test_it_learns_with_every_optimizer(optimizer: str) -> None:
    options = ("--data", "clusters", "--epochs", 20, "--optimizer", optimizer, "--clip-norm", 5)
    last = done("train", "mlp", *options, "--weight-decay", 0.001).splitlines()[-1]
    found = re.search(r"accuracy (\d\.\d+)", last)
    assert found
    assert float(found[1]) > 0.9


def test_the_same_command_gives_the_same_numbers() -> None:
    command = ("train", "mlp-dropout", "--data", "moons", "--epochs", 3)
    assert untimed(done(*command)) == untimed(done(*command))
    assert untimed(done(*command)) != untimed(done(*command, "--seed", 1))
    assert untimed(done(*command)) != untimed(done(*command, "--batch-size", 7))
    assert untimed(done(*command)) != untimed(done(*command, "--lr", 0.01))


def test_the_recipe_repeats_the_training(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    options = ("--data", "moons", "--epochs", 3, "--optimizer", "adam", "--lr", 0.02)
    more = ("--batch-size", 20, "--seed", 7, "--dtype", "float64", "--save-recipe", path)
    first = done("train", "mlp-dropout", *options, *more)
    assert f"wrote {path}\n{untimed(done('train', path))}" == untimed(first)
    recipe = spec.load(spec.Recipe, path)
    assert (recipe.data, recipe.epochs, recipe.batch_size, recipe.seed, recipe.dtype) == (
        "moons", 3, 20, 7, "float64",
    )  # fmt: skip
    assert untimed(done("train", path, "--seed", 8)) not in untimed(first)


def test_a_recipe_says_its_data_and_optimizer_itself(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    done("train", "mlp", "--data", "xor", "--epochs", 1, "--save-recipe", path)
    for option in (("--data", "moons"), ("--lr", 0.1), ("--optimizer", "adam"), ("--epochs", 9)):
        assert "is a whole recipe" in sentence("train", path, *option)


def test_a_model_file_can_be_trained(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    spec.Model("mine", (2,), (spec.Dense(1),), spec.BinaryCrossEntropy()).save(path)
    assert "accuracy" in done("train", path, "--data", "moons", "--epochs", 1)
    wrong = tmp_path / "wrong.json"
    spec.Model("wrong", (2,), (spec.Dense(2),), spec.SoftmaxCrossEntropy()).save(wrong)
    assert "label 2" in sentence("train", wrong, "--data", "clusters")


@pytest.mark.parametrize("shape", [(9, 9, 1), (8, 8, 3)], ids=["another size", "other channels"])
def test_a_model_of_other_images_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    path, layers = tmp_path / "mine.json", (spec.Flatten(), spec.Dense(10))
    spec.Model("mine", shape, layers, spec.SoftmaxCrossEntropy()).save(path)
    text = sentence("train", path, "--data", "digits")
    assert text == f"{path}: the model takes {shape}, but a sample of digits is (8, 8, 1)."


def test_the_log_has_every_step(tmp_path: Path) -> None:
    path = tmp_path / "new" / "run.jsonl"
    out = done("train", "mlp", "--data", "moons", "--epochs", 2, "--log", path)
    assert out.splitlines()[-1] == f"wrote {path}"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 21))
    shown = re.findall(r"loss (\S+)  accuracy (\S+)", out)
    logged = [line["metrics"] for line in lines if "metrics" in line]
    assert shown == [(f"{m['loss']:.4f}", f"{m['accuracy']:.4f}") for m in logged]


def test_patience_stops_early_and_judges_by_rows_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    options = ("--data", "clusters", "--epochs", 200, "--patience", 2, "--lr", 0.5)
    out = done("train", "mlp", *options, "--log", path)
    epochs = out.count("set aside: loss")
    assert 2 < epochs < 200
    assert out.count("test: loss") == 1  # at the end, on the test rows
    assert len(path.read_text().splitlines()) == epochs * 7  # 202 rows to train on


def test_a_log_holds_what_was_done_before_a_training_diverged(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    options = ("--data", "surface", "--lr", 1e9, "--log", path)
    assert "diverged" in sentence("train", "mlp", *options)
    assert 0 < len(path.read_text().splitlines()) < 10


def test_a_log_of_a_training_that_diverged_is_strict_json(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    sentence("train", "mlp", "--data", "surface", "--lr", 1e9, "--log", path)
    assert "NaN" not in path.read_text()


def test_an_own_engine_is_given_by_its_import_path() -> None:
    command = ("train", "mlp", "--data", "moons", "--epochs", 1)
    numpy = untimed(done(*command))
    assert untimed(done(*command, "--engine", "scratch.testing.faulty:Clean")) == numpy
    assert untimed(done(*command, "--engine", "scratch.testing.faulty:MomentumForm")) != numpy


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mpl",), "unknown model 'mpl'; did you mean 'mlp'?"),
        (("mlp", "--engine", "nunpy"), "unknown engine 'nunpy'; did you mean 'numpy'?"),
        (("mlp", "--data", "mooons"), "unknown data set 'mooons'; did you mean 'moons'?"),
        (("mlp", "--optimizer", "adma"), "unknown optimizer 'adma'; did you mean 'adam'?"),
        (("mlp", "--dtype", "float23"), "--dtype: it should be 'float32'"),
        (("mlp", "--epochs", 0), "--epochs: it should be"),
        (("mlp", "--epochs", -1), "--epochs: it should be"),
        (("mlp", "--batch-size", 0), "--batch-size: it should be"),
        (("mlp", "--patience", 0), "--patience: it should be"),
        (("mlp", "--lr", -1), "--lr: it should be"),
        (("mlp", "--lr", "nan"), "--lr: it should be"),
        (("mlp", "--weight-decay", -1), "--weight-decay: it should be"),
        (("mlp", "--clip-norm", 0), "--clip-norm: it should be"),
        (("mlp", "--seed", -1), "--seed: it should be"),
        (("mlp", "--device", "mps"), "'cpu' or 'cuda', not on 'mps'"),
        (("mlp", "--engine", "nowhere.at:All"), "there is no module 'nowhere' to import"),
        (("nowhere.at:all",), "there is no module 'nowhere' to import"),
        (("/nowhere/model.json",), "cannot read /nowhere/model.json: No such file"),
        (("mlp", "--log", "/proc/no/run.jsonl"), "cannot write /proc/no/run.jsonl"),
        (("mlp", "--save-recipe", "/proc/no/r.json"), "cannot write /proc/no/r.json"),
    ],
)
def test_bad_input_is_one_sentence(arguments: tuple[object, ...], words: str) -> None:
    given = arguments if "--data" in arguments else (*arguments, "--data", "moons")
    assert words in sentence("train", *given)


TOML = """
what = "a small one"
model = "mlp-tanh"
epochs = 3
data = { name = "moons" }
optimizer = { kind = "Adam" }
schedule = { kind = "Constant", lr = 0.01 }
"""


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("seed", "-1", "it should be greater than or equal to 0, but it is -1."),
        ("dtype", "float16", "it should be 'float32' or 'float64', but it is 'float16'."),
    ],
)
def test_a_fault_of_a_recipe_names_the_file_and_the_key_or_the_option(
    tmp_path: Path, key: str, value: str, words: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TOML)
    json_file = tmp_path / "mine.json"
    done("train", path, "--quick", "--save-recipe", json_file)
    for file in (path, json_file):
        assert sentence("train", file, f"--{key}", value) == f"--{key}: {words}"
    path.write_text(f"{key} = {value if key == 'seed' else repr(value)}\n{TOML}")
    assert sentence("train", path) == f"{path}: {key}: {words}"
    fields = json.loads(json_file.read_text())
    json_file.write_text(json.dumps({**fields, key: int(value) if key == "seed" else value}))
    assert sentence("train", json_file) == f"{json_file}: {key}: {words}"


def test_a_recipe_that_cannot_be_written_is_told_before_the_training() -> None:
    assert "/proc/no" in sentence("train", "mlp", "--data", "xor", "--save-recipe", "/proc/no/r")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "this is not JSON"),
        ("[1]", "a Model is a JSON object"),
        ("{}", "format"),
        ('{"format": 99, "kind": "Model"}', "pip install --upgrade"),
        ('{"format": 1, "kind": "Dense", "units": 3}', "kind: it should be 'Model'"),
    ],
)
def test_a_file_that_holds_no_model(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text)
    for command in (("train", path, "--data", "moons"), ("models", path), ("compare", path)):
        message = sentence(*command, *(("--engines", "numpy,a:b") if "compare" in command else ()))
        assert message.startswith(f"{path}: ")
        assert words in message


def test_a_wrong_key_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    spec.Model("m", (2,), (spec.Dense(4), spec.Dense(1)), spec.BinaryCrossEntropy()).save(path)
    path.write_text(path.read_text().replace('"units": 1', '"unit": 1'))
    text = sentence("train", path, "--data", "moons")
    assert text == f"{path}: layers[1].unit: unknown key; did you mean 'units'?"


@pytest.mark.parametrize("engine", ["torch", "tensorflow"])
def test_an_engine_that_is_not_here(engine: str) -> None:
    why = absence(engine, ENGINES)
    assert sentence("train", "mlp", "--data", "moons", "--engine", engine) == why
