"""`brain runs`, `brain evaluate`, `brain predict`: what can be done with a saved run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brain import data
from brain.engine import Network
from brain.names import ENGINES
from brain.store import Saved, Store
from brain.testing.invoked import done, sentence
from brain.testing.present import absence
from brain.testing.saved import begun, recipe

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

OTHER = "scratch.testing.faulty:Clean"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: two of one model, of which the second is better, and another."""
    folder = tmp_path_factory.mktemp("saved") / "models"
    for arguments in (
        ("mlp", "--data", "moons", "--epochs", 1),
        ("mlp", "--data", "moons", "--epochs", 9, "--seed", 3),
        ("mlp-tanh", "--data", "clusters", "--epochs", 2),
        ("mlp", "--data", "surface", "--epochs", 1),
    ):
        done("train", *arguments, "--save", "--models", folder)
    return folder


def rows(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if line.strip()]


def test_the_list_is_newest_first_with_metrics(models: Path) -> None:
    listed = [row for row in rows(done("runs", "--models", models)) if "/" in row[0]]
    assert [row[0] for row in listed] == [
        "mlp-surface/0001", "mlp-tanh-clusters/0001", "mlp-moons/0002", "mlp-moons/0001",
    ]  # fmt: skip
    run = Store(models).open("mlp-moons").run
    assert f"{run.test['accuracy']:.2%}" in listed[2]
    assert "R²" in " ".join(listed[0])


def test_an_empty_list_says_how_to_fill_it(tmp_path: Path) -> None:
    assert "brain train --save" in done("runs", "--models", tmp_path / "none")


def test_a_damaged_run_is_listed_as_such(models: Path, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(models, tmp_path / "copy")
    (copy / "mlp-moons" / "0001" / "run.json").write_text("[1]")
    out = done("runs", "--models", copy)
    assert "mlp-moons/0002" in out
    assert re.search(r"damaged: mlp-moons/0001: .*a Run is a JSON object", out.replace("\n", " "))
    (copy / "mlp-moons" / "0002" / "weights.safetensors").unlink()
    out = done("runs", "--models", copy)
    assert re.search(
        r"damaged: mlp-moons/0002: .*weights.safetensors is missing", out.replace("\n", " ")
    )
    assert "cannot read" in sentence("runs", "--models", copy / "mlp-moons" / "0001" / "run.json")


def test_one_run_in_detail(models: Path) -> None:
    out = done("runs", "show", "mlp-moons/2", "--models", models)
    for words in ("mlp-moons/0002", "Dense(128)", "SGD(Cosine(0.05, 90)", "epoch 9", "numpy"):
        assert words in out


def test_two_runs_side_by_side(models: Path) -> None:
    out = done("runs", "compare", "mlp-moons/1", "mlp-moons/2", "--models", models)
    table = {row[0]: row[1:] for row in rows(out)}
    assert table["epochs"] == ["1", "9"]
    assert table["seed"] == ["0", "3"]
    one, two = (Store(models).open(f"mlp-moons/{n}").run.test for n in (1, 2))
    apart = two["accuracy"] - one["accuracy"]
    wanted = [f"{one['accuracy']:.4f}", f"{two['accuracy']:.4f}", f"{apart:+.4f}"]
    assert table["accuracy"] == wanted
    assert "alike: model, layers, data" in out
    assert re.search(r"weights: at most \d\.\de[+-]\d\d apart \(relative, dense\d\.", out)
    same = done("runs", "compare", "mlp-moons", "mlp-moons", "--models", models)
    assert "weights: equal, bit for bit" in same
    other = done("runs", "compare", "mlp-moons", "mlp-tanh-clusters", "--models", models)
    assert "two different models" in other


def test_the_folder_may_be_named_before_the_command(models: Path) -> None:
    for command in (("show", "mlp-moons/2"), ("compare", "mlp-moons/1", "mlp-moons/2")):
        before = done("runs", "--models", models, *command)
        assert before == done("runs", *command, "--models", models)


def test_metrics_of_held_out_rows_are_called_so(tmp_path: Path) -> None:
    given = replace(recipe(), hold_out=0.1)
    store = Store(tmp_path / "models")
    keeper, steps, _ = begun(store, given)
    list(steps)
    keeper.stop()
    assert "% held" in done("runs", "--models", store.root)
    assert "held out rows" in done("runs", "show", "a", "--models", store.root)


def test_evaluate_gives_the_saved_score(models: Path) -> None:
    saved = Store(models).open("mlp-moons")
    shown = f"loss {saved.run.test['loss']:.4f}  accuracy {saved.run.test['accuracy']:.4f}"
    for options in ((), ("--engine", OTHER)):
        lines = done("evaluate", "mlp-moons", *options, "--models", models).splitlines()
        assert lines[1] == f"test: {shown}"
        assert lines[2] == f"when it was saved, numpy: {shown}"
    path = models / "mlp-moons" / "0002"
    assert f"test: {shown}" in done("evaluate", path)


def test_evaluate_computes_in_the_dtype_that_is_asked_for(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, network = [], Saved.network

    def noted(saved: Saved, engine: str, device: str, dtype: str) -> Network:
        asked.append(dtype)
        return network(saved, engine, device, dtype)

    monkeypatch.setattr(Saved, "network", noted)
    done("evaluate", "mlp-moons", "--dtype", "float64", "--models", models)
    assert asked == ["float64"]


@pytest.mark.parametrize("engine", ["torch", "tensorflow"])
def test_an_engine_that_is_not_here_is_a_sentence(models: Path, engine: str) -> None:
    why = absence(engine, ENGINES)
    for command in (("evaluate", "mlp-moons"), ("predict", "mlp-moons", "x.npy")):
        assert sentence(*command, "--engine", engine, "--models", models) == why


def test_predict_names_classes_and_writes_what_the_network_says(
    models: Path, tmp_path: Path
) -> None:
    moons = data.load("moons")
    np.save(tmp_path / "x.npy", moons.x_test[:30])
    np.savetxt(tmp_path / "x.csv", moons.x_test[:30], delimiter=",", header="x1,x2", comments="")
    wanted = Store(models).open("mlp-moons").network().predict_proba(moons.x_test[:30])
    for file in ("x.npy", "x.csv"):
        for out in ("p.npy", "p.csv"):
            arguments = (tmp_path / file, "--out", tmp_path / out, "--models", models)
            text = done("predict", "mlp-moons", *arguments)
            path = tmp_path / out
            got = np.load(path) if out == "p.npy" else np.loadtxt(path, delimiter=",")
            np.testing.assert_allclose(got, wanted, rtol=1e-6)
    assert "and 10 more; --out FILE writes them all" in text
    answers = [row for row in rows(text) if row[0].isdecimal()]
    assert len(answers) == 20
    for answer, p in zip(answers, wanted, strict=False):
        assert answer[1] == moons.classes[p.argmax()]
        assert float(answer[2]) == pytest.approx(p.max(), abs=1e-4)


def test_predict_gives_numbers_where_there_are_no_classes(models: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("0.5,0.5\n")
    text = done("predict", "mlp-surface", tmp_path / "x.csv", "--models", models)
    value = Store(models).open("mlp-surface").network().predict([[0.5, 0.5]])[0, 0]
    assert f"{value:.4g}" in text


def test_predict_reads_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    from PIL import Image

    models = ("--models", tmp_path / "models")
    done("train", "mlp", "--data", "digits", "--epochs", 5, "--save", *models)
    digits = data.load("digits")
    for row in range(3):
        pixels = (digits.x_test[row, ..., 0] * 255).astype(np.uint8)
        picture = Image.fromarray(pixels).resize((80, 80), Image.Resampling.NEAREST)
        picture.save(tmp_path / f"{row}.png")
        text = done("predict", "mlp-digits", tmp_path / f"{row}.png", *models)
        (answer,) = (r for r in rows(text) if r[0] == "0")
        assert answer[1] == digits.classes[digits.y_test[row]]
    for shape in ((2, 9, 9, 1), (2, 8, 8, 3)):  # another size, other channels
        np.save(path := tmp_path / "x.npy", np.zeros(shape, np.float32))
        said = sentence("predict", "mlp-digits", path, *models)
        assert said == f"{path} holds {shape}; the model takes samples (N, 8, 8, 1)."


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.npy", None, "No such file"),
        ("a.csv", b"1,2,3\n", "row 1 has 3 numbers; a sample of the model 2"),
        ("a.csv", b"1,2\n3,x\n", "row 2 holds something that is no number"),
        ("a.csv", b"hello world\n", "has no row of 2 numbers with commas between them"),
        ("a.csv", b"x;y\n1;2\n", "holds something that is no number"),
        ("a.csv", b"1,nan\n", "NaN"),
        ("a.csv", b"", "has no row of 2 numbers"),
        ("a.csv", b"\xff\xfe,1", "holds something that is no number"),
        ("a.npy", b"not an array", "holds no array that can be read"),
        ("a.png", b"not a picture", "a picture does not fit a model that takes (2,)"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(
    models: Path, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert words in sentence("predict", "mlp-moons", tmp_path / name, "--models", models)


def test_samples_of_another_scale_are_noted(models: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("0.5,1\n")
    (tmp_path / "far.csv").write_text("0.5,255\n")
    arguments = ("--models", models)
    assert "note:" not in done("predict", "mlp-moons", tmp_path / "x.csv", *arguments)
    out = done("predict", "mlp-moons", tmp_path / "far.csv", *arguments)
    assert "note: the samples go from 0.5 to 255" in out


def test_the_samples_are_never_written_over(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("0.5,1\n")
    text = sentence("predict", "mlp-moons", path, "--out", path, "--models", models)
    assert "holds the samples" in text
    assert path.read_text() == "0.5,1\n"


def test_an_array_of_objects_is_never_opened(models: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"x": 1}, [2]], dtype=object), allow_pickle=True)
    assert "holds no array" in sentence(
        "predict", "mlp-moons", tmp_path / "a.npy", "--models", models
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("evaluate", "mlp-mons"), "unknown run 'mlp-mons'; did you mean 'mlp-moons'?"),
        (("evaluate", "mlp-moons/9"), "unknown version of mlp-moons '9'"),
        (("evaluate", "mlp-moons", "--engine", "nunpy"), "did you mean 'numpy'"),
        (("evaluate", "mlp-moons", "--dtype", "float16"), "unknown dtype 'float16'"),
        (("evaluate", "mlp-moons", "--dtype", "banana"), "unknown dtype 'banana'"),
        (("evaluate", "mlp-moons", "--engine", ""), "unknown engine ''"),
        (("evaluate", ""), "unknown run ''"),
        (("evaluate", "mlp-moons", "--device", "mps"), "not on 'mps'"),
        (("runs", "show", "x"), "unknown run 'x'"),
        (("runs", "compare", "mlp-moons", "x"), "unknown run 'x'"),
        (("predict", "x", "x.npy"), "unknown run 'x'"),
        (("predict", "mlp-moons", "x.npy", "--out", "/proc/no/x.npy"), "cannot write /proc/no"),
        (("predict", "mlp-moons", "x.npy", "--out", "x.xlsx"), "as .npy or .csv"),
    ],
)
def test_bad_input_is_one_sentence(models: Path, arguments: tuple[object, ...], words: str) -> None:
    assert words in sentence(*arguments, "--models", models)
