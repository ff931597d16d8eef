"""`brain compare`: equal is exit code 0, a difference 1, a mistake one sentence and 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brain import spec
from brain.commands.compare import ENDS
from brain.names import ENGINES, MODELS, Entry, installed
from brain.testing.invoked import brain, done, sentence
from brain.testing.present import absence, needs

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

NUMPY = "numpy,scratch.engine:NumpyNetwork"
QUICK = ("--steps", 3, "--dtype", "float64")
LIGHT = ("softmax-regression", "mlp", "mlp-residual", "digits-cnn", "char-rnn-small")
HERE = Entry("scratch.engine:NumpyNetwork", "it is here")
NO_FOLDER = Entry("nowhere.engine:Network", "its folder is not")
NO_PACKAGE = Entry("scratch.engine:NumpyNetwork", "what it needs is not", "torhc")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_numpy_is_equal_to_itself_by_another_name(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.json"
    out = done("compare", *LIGHT, "--engines", NUMPY, "--steps", 12, "--json", path)
    assert out.splitlines()[-1] == "equal, everywhere within rounding"
    assert f"wrote {path}" in out
    assert "…" not in out
    assert f"after up to 100 steps: {len(LIGHT)} of {len(LIGHT)} models" in out
    assert f"float32 within its budgets: {len(LIGHT)} of {len(LIGHT)} models\n" in out
    assert "the largest distance of three runs" in " ".join(out.split())
    report = read(path)
    assert report["schema"] == 1
    assert (report["answer"], report["equal"]) == ("equal", True)
    assert report["reached"]["float32"]["equal"] == list(LIGHT)
    assert [m["model"] for m in report["models"]] == [name for name in LIGHT for _ in range(2)]
    assert {m["dtype"] for m in report["models"]} == {"float64", "float32"}
    assert "outputs" in report["models"][0]["quantities"]
    assert set(report["models"][0]["parameters_after"]) == {"1", "10", "12"}
    assert report["settings"]["steps"] == 12
    assert report["settings"]["engines"] == NUMPY.split(",")
    assert set(report["versions"]) == set(NUMPY.split(","))


def test_a_faulty_engine_is_exit_code_1_and_its_layer_is_named(tmp_path: Path) -> None:
    path, engines = (
        tmp_path / "r.json",
        "scratch.testing.faulty:Clean,scratch.testing.faulty:WrongSign",
    )
    answer = brain("compare", "mlp-tanh", "--engines", engines, *QUICK, "--json", path)
    assert answer.code == 1
    assert answer.out.splitlines()[-1] == "the engines differ"
    told = " ".join(answer.out.split())
    assert (
        "mlp-tanh, float64, scratch.testing.faulty:WrongSign: they part first at dense2, backward "
        "(the gradient of bias has the wrong sign, though the layer alone is right); " in told
    )
    assert "Traceback" not in answer.err
    report = read(path)
    assert [m["equal"] for m in report["models"]] == [True, False]
    assert (report["answer"], report["equal"]) == ("differs", False)


def test_an_engine_of_nan_is_told_in_strict_json(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    engines = "numpy,scratch.testing.faulty:NotANumber"
    assert brain("compare", "mlp-tanh", "--engines", engines, *QUICK, "--json", path).code == 1
    assert "NaN" not in path.read_text()
    assert "Infinity" not in path.read_text()
    assert read(path)["models"][0]["quantities"]["outputs"]["error"] is None


def test_a_whole_training_is_compared_and_drawn(tmp_path: Path) -> None:
    data = ("--data", "moons", "--epochs", 2, "--plots", tmp_path / "p", "--json", tmp_path / "r")
    out = done("compare", "mlp-tanh", "--engines", NUMPY, *QUICK, *data)
    assert f"wrote {tmp_path / 'p' / 'mlp-tanh-moons.png'}" in out
    assert (tmp_path / "p" / "mlp-tanh-moons.png").stat().st_size > 10_000
    (training,) = read(tmp_path / "r")["trainings"]
    assert (training["data"], training["model"], training["equal"]) == ("moons", "mlp-tanh", True)
    assert training["scores"]["numpy"] == training["scores"]["scratch.engine:NumpyNetwork"]


def test_a_model_from_a_file_is_compared_and_trained(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    spec.Model("mine", (2,), (spec.Dense(3), spec.Dense(1)), spec.BinaryCrossEntropy()).save(path)
    data = ("--data", "moons", "--epochs", 1, "--json", tmp_path / "r")
    done("compare", path, "--engines", NUMPY, *QUICK, *data)
    report = read(tmp_path / "r")
    assert [m["model"] for m in report["models"]] == ["mine"]
    assert [t["model"] for t in report["trainings"]] == ["mine"]


def test_all_are_all_that_are_here() -> None:
    from brain.commands.compare import _model_names

    assert _model_names(["mlp", "all"])[0] == "mlp"
    assert set(_model_names(["all"])) == {name for name in MODELS if installed(MODELS[name])}


def test_of_all_models_those_that_do_not_fit_are_left_out_and_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from brain.commands.compare import _recipes

    found = _recipes(["mlp", "char-rnn-small"], "moons", 1, skip=False, every=True)
    assert [recipe.model.name for recipe in found] == ["mlp"]
    assert capsys.readouterr().err.startswith("left out: char-rnn-small takes token ids")
    text = sentence("compare", "char-rnn-small", "--engines", NUMPY, *QUICK, "--data", "moons")
    assert "takes token ids, but the rows of moons are numbers" in text


@pytest.mark.parametrize(
    ("engines", "words"),
    [
        ({"a": HERE, "b": HERE}, "besides it, as --engines a,b"),
        ({"a": NO_FOLDER, "b": HERE, "c": NO_PACKAGE}, "besides it, as --engines b"),
        ({"a": NO_FOLDER, "b": NO_PACKAGE}, "besides it; torhc is not installed"),
        ({"a": NO_FOLDER}, "besides it; no other is on this branch"),
    ],
)
def test_numpy_alone_is_told_what_to_hold_against_it(
    monkeypatch: pytest.MonkeyPatch, engines: dict[str, Entry], words: str
) -> None:
    monkeypatch.setattr("brain.commands.compare.ENGINES", {"numpy": HERE, **engines})
    for given in ("numpy", ""):
        assert words in sentence("compare", "mlp", "--engines", given)


def test_a_model_that_is_named_twice_is_compared_once(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    done("compare", "mlp-tanh", "mlp-tanh", "--engines", NUMPY, *QUICK, "--json", path)
    assert len(read(path)["models"]) == 1


def test_undecided_is_exit_code_0_and_cannot_be_overlooked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("brain.compare.findings.WORTHLESS", 1e-8)  # float32 is not as good as that
    out = done("compare", "mlp-tanh", "--engines", NUMPY, "--steps", 3, "--json", tmp_path / "r")
    assert out.splitlines()[-1] == ENDS["undecided"][0]
    assert "float32 within its budgets: 0 of 1 models; not decided: mlp-tanh (outputs: " in out
    assert "float64 within its budgets: 1 of 1 models\n" in out
    report = read(tmp_path / "r")
    assert (report["answer"], report["equal"]) == ("undecided", False)
    assert report["reached"]["float32"]["undecided"] == ["mlp-tanh"]


def test_every_optimizer_can_be_compared(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    answer = brain(
        "compare", "mlp-tanh", "--engines", "numpy,scratch.testing.faulty:EpsInside", "--steps", 3,
        "--optimizer", "adam", "--json", path,
    )  # fmt: skip
    assert answer.code == 1
    assert {m["first"] for m in read(path)["models"]} == {"the optimizer"}
    assert not any(m["equal"] for m in read(path)["models"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mpl",), "unknown model 'mpl'; did you mean 'mlp'?"),
        (("mlp", "--engines", "numpy,tensorflwo"), "did you mean 'tensorflow'?"),
        (("mlp", "--engines", "numpy"), "name at least one engine besides it"),
        (("mlp", "--engines", ""), "name at least one engine besides it"),
        (("mlp", "--dtype", "float46"), "did you mean 'float64'?"),
        (("mlp", "--dtype", ""), "unknown dtype ''"),
        (("mlp", "--optimizer", "adma"), "unknown optimizer 'adma'; did you mean 'adam'?"),
        (("mlp", "--data", "monos"), "unknown data set 'monos'; did you mean 'moons'?"),
        (("mlp", "--engines", "numpy,nowhere.at:All"), "there is no module 'nowhere' to import"),
        (("mlp", "--device", "mps"), "not on 'mps'"),
        (("mlp", "--json", "/proc/no/r.json"), "cannot write /proc/no/r.json"),
        (("/nowhere/model.json",), "cannot read /nowhere/model.json"),
    ],
)
def test_bad_input_is_one_sentence(arguments: tuple[object, ...], words: str) -> None:
    given = arguments if "--engines" in arguments else (*arguments, "--engines", NUMPY)
    given = given if "--dtype" in arguments else (*given, "--dtype", "float64")
    answer = brain("compare", *given, "--steps", 1)
    assert answer.code == 2
    (line,) = answer.err.splitlines()
    assert words in line


def test_data_that_cannot_be_had_are_left_out_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from brain.data import files
    from brain.data.download import Failure

    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    monkeypatch.setattr(files, "_find", lambda folder, file: None)

    def unreachable(*arguments: object) -> None:
        raise Failure("could not be reached")

    monkeypatch.setattr(files, "_retrieve", unreachable)
    command = ("compare", "mlp-tanh", "--engines", NUMPY, *QUICK, "--epochs", 1)
    text = sentence(*command, "--data", "mnist,moons")
    assert "could not be reached" in text
    assert "BRAIN_DATA" in text
    answer = brain(*command, "--data", "mnist,moons", "--skip-missing", "--json", tmp_path / "r")
    assert answer.code == 0
    assert answer.err.startswith("left out mnist: ")
    assert [t["data"] for t in read(tmp_path / "r")["trainings"]] == ["moons"]
    assert "unknown data set" in sentence(*command, "--data", "mnits", "--skip-missing")


@pytest.mark.parametrize("engine", ["torch", "tensorflow"])
def test_an_engine_that_is_not_here(engine: str) -> None:
    why = absence(engine, ENGINES)
    assert sentence("compare", "mlp", "--engines", f"numpy,{engine}") == why


@pytest.mark.parametrize("engine", ["torch", "tensorflow"])
def test_a_framework_is_equal_to_numpy(engine: str, tmp_path: Path) -> None:
    needs(engine, ENGINES)
    path = tmp_path / "r.json"
    done("compare", "mlp-residual", "--engines", f"numpy,{engine}", "--steps", 10, "--json", path)
    report = read(path)
    for model in report["models"]:
        assert model["equal"]
        assert model["quantities"]["gradients"]["error"] > 0  # two computations, not one twice
    assert any(package.startswith(engine) for package in report["versions"][engine])


def test_the_batch_may_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    done("compare", "mlp-tanh", "--engines", NUMPY, *QUICK, "--batch-size", 20, "--json", path)
    report = json.loads(path.read_text())
    assert report["settings"]["batch_size"] == 20
    assert all(model["trajectory"]["batch_size"] == 20 for model in report["models"])
    answer = brain("compare", "mlp-tanh", "--engines", NUMPY, "--batch-size", 1)
    assert answer.code == 2
