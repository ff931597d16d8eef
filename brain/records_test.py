"""Records of trainings: what is written is read again, strictly, and told in a table."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from brain import machine, recipe_files, spec
from brain.names import RECIPES, here
from brain.recipe_files import Constant
from brain.records import Record, Recorder, command, read, read_all
from brain.store import Run, Store
from brain.testing.invoked import done, sentence
from brain.testing.records import made
from brain.testing.refusals import refusal

RECORD = made()

RECIPE = """
what = "a small one"
model = "mlp-tanh"
epochs = 3
[data]
name = "moons"
n = 200
[optimizer]
kind = "Adam"
[schedule]
kind = "Cosine"
lr = 0.01
"""

needs_scratch = pytest.mark.skipif(not here("scratch"), reason="scratch/ is not on this branch")


def seeded(seed: int, accuracy: float, **changes: object) -> Record:
    recipe = replace(RECORD.recipe, seed=seed)
    return replace(RECORD, recipe=recipe, test={"loss": 1.0, "accuracy": accuracy}, **changes)  # type: ignore[arg-type]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / RECORD.file
    assert path.name == "small-numpy-0.json"
    spec.save(RECORD, path)
    again = read(path)
    assert again == RECORD
    assert [epoch.seconds for epoch in again.epochs] == [12.0, 8.0]  # which equality leaves out


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("sedonds", 1, "sedonds: unknown key; did you mean 'seconds'?"),
        ("seconds", -1, "seconds: it should be greater than or equal to 0"),
        ("seconds", "fast", "seconds: it should be a valid number"),
        ("format", 99, "pip install --upgrade"),
        ("kind", "Recipe", "kind: it should be 'Record'"),
        ("name", "other", "other-numpy-0.json: give it that name"),
    ],
)
def test_a_file_that_is_no_record_is_refused(
    tmp_path: Path, key: str, value: object, words: str
) -> None:
    path = tmp_path / RECORD.file
    path.write_text(json.dumps({**json.loads(spec.to_json(RECORD)), key: value}))
    for reader in (lambda: read(path), lambda: read_all(tmp_path)):
        text = refusal(reader)
        assert text.startswith(str(path))
        assert words in text


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    assert read_all(tmp_path) == []
    for record in (seeded(10, 0.9), seeded(2, 0.8), seeded(0, 0.7, engine="torch")):
        spec.save(record, tmp_path / record.file)
    assert [(r.engine, r.seed) for r in read_all(tmp_path)] == [
        ("numpy", 2), ("numpy", 10), ("torch", 0)
    ]  # fmt: skip


def test_a_command_line_without_the_machines_paths() -> None:
    given = {"engine": "torch", "seed": 0, "dtype": None, "quick": False, "clip_norm": 0.5}
    assert command("lenet", given) == "brain train lenet --engine torch --seed 0 --clip-norm 0.5"
    assert command("/home/me/mine.toml", {"quick": True}) == "brain train mine.toml --quick"


@needs_scratch
def test_a_training_is_recorded(tmp_path: Path) -> None:
    recipe, folder, models = tmp_path / "mine.toml", tmp_path / "new", tmp_path / "models"
    recipe.write_text(RECIPE)
    out = done("train", recipe, "--seed", 4, "--record", folder, "--models", models)
    path = folder / "mine-numpy-4.json"
    assert out.splitlines()[-1] == f"wrote {path}"
    record, run = read(path), Store(models).open("mine").run
    assert record.command == "brain train mine.toml --seed 4 --engine numpy"
    assert (record.recipe, record.epochs, record.test) == (run.recipe, run.history, run.test)
    assert (record.steps, record.seed, record.resumed) == (15, 4, False)
    assert record.parameters == sum(a.size for a in Store(models).open("mine").weights.values())
    assert 0 < record.seconds == pytest.approx(sum(e.seconds for e in record.epochs), abs=0.01)
    assert record.cpu_seconds > 0
    assert record.versions.keys() >= {"python", "numpy"}
    assert str(tmp_path) not in path.read_text()
    shown = re.search(r"test: loss (\S+)  accuracy (\S+) +\S+ s\nsaved", out)
    assert shown
    assert shown[2] == f"{record.test['accuracy']:.4f}"


@needs_scratch
def test_a_training_that_was_stopped_is_recorded_as_a_whole(tmp_path: Path) -> None:
    recipe, models = tmp_path / "mine.toml", tmp_path / "models"
    recipe.write_text(RECIPE)
    command = ("--models", models, "--record", tmp_path)
    done("train", recipe, "--quick", *command)
    whole = read(tmp_path / "mine-quick-numpy-0.json")
    store = Store(models)
    from brain.testing.saved import begun

    keeper, steps, _ = begun(store, whole.recipe)
    for step in steps:
        if step.step == 6:
            break
    reference = keeper.stop()
    done("train", "--resume", reference, "--name", "mine-quick", *command)
    again = read(tmp_path / "mine-quick-numpy-0.json")
    assert again.command == "brain train mine.toml --seed 0 --quick --engine numpy"
    assert again.resumed
    assert (again.epochs, again.test, again.steps) == (whole.epochs, whole.test, whole.steps)


@needs_scratch
def test_the_command_of_a_training_that_was_clipped_on_the_way_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each recorded command is given back to the command line, which takes it."""
    monkeypatch.chdir(tmp_path)
    text = RECIPE.replace('kind = "Adam"', 'kind = "Adam"\nclip_norm = 1.0')
    Path("mine.toml").write_text(text)
    done("train", "mine.toml", "--quick", "--dtype", "float64", "--record", "records")
    path = Path("records", "mine-quick-numpy-0.json")
    whole = read(path)
    assert whole.command.startswith("brain train mine.toml --dtype float64 --quick")

    from brain.testing.saved import begun

    keeper, steps, _ = begun(Store("models"), whole.recipe)
    for step in steps:
        if step.step == 6:
            break
    stopped = keeper.stop()
    commands = {}
    for clip, wanted in (
        ((), "brain train mine.toml --seed 0 --quick --dtype float64 --engine numpy"),
        (("--clip-norm", 0.01), f"brain train --resume {stopped} --clip-norm 0.01 --engine numpy"),
    ):
        done("train", "--resume", stopped, "--name", "again", *clip, "--record", "records")
        commands[wanted] = first = read(path)
        assert first.command == wanted
        done(*shlex.split(wanted)[1:], "--record", "records")
        assert (read(path).epochs, read(path).test) == (first.epochs, first.test)
    one, other = commands.values()
    assert one.test == whole.test != other.test


@needs_scratch
def test_a_recipe_that_was_clipped_otherwise_before_it_went_on_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the name of a recipe, whose file says how it clips."""
    from brain.recipe_files import RecipeFile
    from brain.store import Saved

    recipe = replace(RECORD.recipe, name="known", optimizer=spec.Adam(0.1, clip_norm=0.5))
    saved = Saved("known/0002", Path(), Run(recipe, "numpy", "cpu", 5, 10), {}, {})
    monkeypatch.setitem(RECIPES, "known", "brain")
    for clip, wanted in ((0.5, "known --seed 0"), (1.0, "--resume known/0002")):
        optimizer = spec.Adam(1.0, clip_norm=clip)
        file = RecipeFile("w", "mlp", {"name": "xor"}, optimizer, Constant(0.1), 1)
        monkeypatch.setattr(recipe_files, "read", lambda name, file=file: file)
        assert command("mlp", {}, saved) == f"brain train {wanted}"


@needs_scratch
def test_a_record_has_no_path_of_a_machine(tmp_path: Path) -> None:
    """Neither by `--record PATH` nor by `--record=PATH`."""
    recipe = tmp_path / "mine.toml"
    recipe.write_text(RECIPE)
    path = tmp_path / "records" / "mine-quick-numpy-0.json"
    options = (recipe, "--quick", f"--models={tmp_path / 'models'}", f"--log={tmp_path / 'log'}")
    for given in (("--record", path.parent), (f"--record={path.parent}",)):
        done("train", *options, *given)
        assert str(tmp_path) not in path.read_text()
        assert read(path).command == "brain train mine.toml --quick --engine numpy"
        path.unlink()


@needs_scratch
def test_a_folder_that_cannot_be_written_to_is_told_before_the_training(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(RECIPE)
    options = ("--record", "/proc/no", "--models", tmp_path / "models")
    assert sentence("train", recipe, *options).startswith("cannot write /proc/no")
    assert not (tmp_path / "models").exists()


@needs_scratch
def test_a_recipes_record_goes_by_its_own_name(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(RECIPE)
    options = ("--record", tmp_path / "records", "--models", tmp_path / "models")
    done("train", recipe, "--quick", "--name", "of-mine", *options)
    (path,) = (tmp_path / "records").iterdir()
    assert path.name == "mine-quick-numpy-0.json"
    assert read(path).in_order is None  # no language model
    assert Store(tmp_path / "models").open("of-mine").run.finished


def test_a_gpu_is_recorded_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "gpu", lambda: {"name": "A GPU", "memory": "", "driver": ""})
    for device, wanted in (("cuda", "A GPU"), ("cpu", None)):
        run = Run(RECORD.recipe, "numpy", device, 10, 10, finished=True, test=RECORD.test)
        assert read(Recorder(tmp_path, "brain train small").write("small", run)).gpu == wanted


def test_time_is_taken_from_when_a_recorder_is_made(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, "brain train small")
    sum(range(10**6))
    run = Run(RECORD.recipe, "numpy", "cpu", 10, 10, finished=True, test=RECORD.test)
    record = read(recorder.write("small", run))
    assert 0 < record.cpu_seconds < 20
    assert record.command == "brain train small"
