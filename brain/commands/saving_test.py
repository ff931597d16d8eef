"""`brain train --save`, `--checkpoint-every`, `--resume`: nothing is lost, whatever happens."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import spec
from brain.errors import UserError
from brain.store import Store
from brain.testing.invoked import Answer, brain, done, sentence
from brain.testing.saved import Interrupter, recipe, whole

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 30


def process(
    folder: Path, *arguments: object, into: Any = subprocess.PIPE, **options: object
) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "brain", *map(str, arguments)],
        cwd=folder,
        env=environment,
        stdout=into,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def recipe_file(folder: Path, epochs: int) -> Path:
    path = folder / "recipe.json"
    spec.save(recipe(epochs=epochs), path)
    return path


def finished(store: Store, name: str) -> tuple[dict[str, bytes], object]:
    """The bits of a run that has come to its end, and its metrics after each epoch."""
    saved = store.open(name)
    assert saved.run.finished
    arrays = {k: a.tobytes() for k, a in (saved.weights | saved.optimizer_state).items()}
    return arrays, (saved.run.history, saved.run.test, saved.run.step)


def logged(path: Path) -> list[tuple[object, ...]]:
    """What the lines of a log say, but for the time."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(line["step"], line["loss"], line.get("metrics")) for line in lines]


def await_change(store: Store, before: list[str], running: subprocess.Popen[str]) -> None:
    """Wait until a training has saved something."""
    deadline = time.monotonic() + 60
    while store.versions("small-moons") == before:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_killed_at_random_moments_every_version_is_whole_and_the_end_the_same(
    tmp_path: Path,
) -> None:
    """kill -9, 30 times, while it loads, trains, logs or saves; at last it runs to its end."""
    moments = random.Random(20261121)
    path = tmp_path / "recipe.json"
    spec.save(dataclasses.replace(recipe(epochs=300), hold_out=0.1, patience=299), path)
    store, never_stopped = Store(tmp_path / "models"), Store(tmp_path / "reference")
    whole_log, log = tmp_path / "whole.jsonl", tmp_path / "run.jsonl"
    done("train", path, "--save", "--models", never_stopped.root, "--log", whole_log)
    steps = [0]
    for kill in range(KILLS):
        before = store.versions("small-moons")
        command = ["train", "--resume", "small-moons"] if before else ["train", path]
        every = moments.choice([1, 1, 3, 20])
        running = process(tmp_path, *command, "--checkpoint-every", every, "--log", log)
        if kill % 3:
            await_change(store, before, running)
        time.sleep(moments.uniform(0, 0.25))
        running.kill()
        assert running.wait() == -signal.SIGKILL, running.communicate()
        running.communicate()
        if whole(store):
            steps.append(store.open("small-moons").run.step)
    assert steps == sorted(steps)
    assert len(set(steps)) > KILLS / 2
    options = ("--models", store.root, "--log", log, "--checkpoint-every", 500)
    done("train", "--resume", "small-moons", *options)
    assert finished(store, "small-moons") == finished(never_stopped, "small-moons")
    assert logged(log) == logged(whole_log)


def test_ctrl_c_saves_and_the_resumed_run_is_the_same(tmp_path: Path) -> None:
    path, store = recipe_file(tmp_path, epochs=400), Store(tmp_path / "models")
    log = tmp_path / "run.jsonl"
    running = process(tmp_path, "train", path, "--save", "--log", log)
    assert running.stdout
    for _ in range(3):
        assert running.stdout.readline().startswith("epoch")
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    found = re.fullmatch(
        r"brain: stopped at step (\d+) of 4000, saved as (small-moons/0001); go on with: "
        r"brain train --resume \2\n",
        err,
    )
    assert found, err
    assert len(log.read_text().splitlines()) == int(found[1]) == store.open(found[2]).run.step

    out = done("train", "--resume", found[2], "--models", store.root, "--log", log)
    assert f"saved small-moons/0002 in {store.root}/" in out
    assert len(log.read_text().splitlines()) == 4000
    done("train", path, "--save", "--name", "whole", "--models", store.root)
    assert finished(store, "small-moons") == finished(store, "whole")


def test_ctrl_c_without_save_is_a_sentence(tmp_path: Path) -> None:
    running = process(tmp_path, "train", recipe_file(tmp_path, epochs=2000))
    assert running.stdout
    running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert re.fullmatch(
        r"brain: stopped at step \d+ of 20000; nothing is saved without --save\.\n", err
    ), err


def test_ctrl_c_at_any_line_is_a_sentence_and_leaves_whole_versions(tmp_path: Path) -> None:
    path, store = recipe_file(tmp_path, epochs=1), Store(tmp_path / "models")
    files = (
        "commands/train.py",
        "running.py",
        "checkpoints.py",
        "recipes.py",
        "consumers.py",
        "training.py",
    )
    done("train", path, "--checkpoint-every", 4, "--models", store.root)
    wanted = whole(store)["small-moons/0003"]
    ended = 0
    answers: list[Answer] = []

    def train() -> None:
        answers[:] = [brain("train", path, "--checkpoint-every", 4, "--models", store.root)]

    for at in range(1, 100_000, 7):
        interrupter = Interrupter(at, files)
        assert not interrupter.run(train), f"line {at} let KeyboardInterrupt out"
        versions = whole(store)
        assert versions["small-moons/0003"] == wanted
        if interrupter.lines < at:
            break
        ended += 1
        assert answers[0].code == 2
        assert answers[0].err == "brain: stopped by Ctrl-C.\n"
    assert ended > 20


def test_a_disk_that_is_full_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the weights do not fit."""
    resource = pytest.importorskip("resource", reason="this system has no limits to set")
    path, store = recipe_file(tmp_path, epochs=3), Store(tmp_path / "models")
    done("train", path, "--save", "--models", store.root)
    before = whole(store)

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))

    environment = ("train", path, "--checkpoint-every", 2)
    running = process(tmp_path, *environment, preexec_fn=small_files)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert re.fullmatch(r"brain: cannot write models/small-moons: File too large\.\n", err), err
    assert whole(store) == before
    assert not list(store.root.rglob("*.partial"))


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("train", "mlp", "--data", "moons", "--epochs", 3, "--log", "x.jsonl"), "x.jsonl"),
        (("train", "mlp", "--data", "moons", "--save-recipe", "r.json"), "r.json"),
        (("models", "mlp", "--save", "m.json"), "m.json"),
        (("data", "show", "moons", "--out", "moons.png"), "moons.png"),
        (("run", "nn", "--quick", "--no-show", "--out", "plots"), "plots/"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_full_disk_is_a_sentence_wherever_something_is_written(
    tmp_path: Path, arguments: tuple[object, ...], file: str
) -> None:
    resource = pytest.importorskip("resource", reason="this system has no limits to set")

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))

    running = process(tmp_path, *arguments, preexec_fn=small_files)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert re.fullmatch(rf"brain: cannot write {file}.*: File too large\.\n", err), err
    assert [p for p in tmp_path.rglob("*.*") if p.name != "x.jsonl"] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    options = ("--data", "moons", "--epochs", 2, "--log", "/dev/full")
    wanted = "cannot write /dev/full: No space left on device."
    assert sentence("train", "mlp", *options) == wanted
    for command in (("runs", "--models", tmp_path), ("data", "list")):
        with open("/dev/full", "w") as full:
            running = process(tmp_path, *command, into=full)
        _, err = running.communicate(timeout=60)
        assert running.returncode == 2
        assert err == "brain: the system: No space left on device.\n"


def test_a_training_that_diverges_leaves_its_checkpoints(tmp_path: Path) -> None:
    store = Store(tmp_path / "models")
    options = ("--data", "surface", "--lr", 1e9, "--models", store.root)
    assert "diverged" in sentence("train", "mlp", *options, "--checkpoint-every", 1)
    run = store.open("mlp-surface").run
    assert not run.finished
    for array in store.open("mlp-surface").weights.values():
        assert np.isfinite(array).all()


def test_two_processes_under_one_name_both_keep_everything(tmp_path: Path) -> None:
    path, store = recipe_file(tmp_path, epochs=20), Store(tmp_path / "models")
    running = [
        process(tmp_path, "train", path, "--checkpoint-every", 5, "--name", "a") for _ in range(2)
    ]
    for each in running:
        out, err = each.communicate(timeout=120)
        assert each.returncode == 0, err
        assert "saved a/" in out
    assert len(whole(store)) == 2  # the checkpoints of each have made way for its end
    one, two = (finished(store, f"a/{version}") for version in store.versions("a"))
    assert one == two


def test_saved_under_a_name_listed_and_resumed_in_place(tmp_path: Path) -> None:
    models = ("--models", tmp_path / "models")
    out = done("train", "mlp", "--data", "xor", "--epochs", 2, "--save", *models)
    assert out.splitlines()[-1] == f"saved mlp-xor/0001 in {tmp_path / 'models'}/"
    done("train", "mlp", "--data", "xor", "--epochs", 2, "--name", "mine", *models)
    assert Store(tmp_path / "models").names() == ["mine", "mlp-xor"]
    refused = sentence("train", "--resume", "mine", *models)
    assert refused.startswith("mine/0001 is finished")


def test_the_test_score_of_a_run_that_was_judged_by_rows_set_aside(tmp_path: Path) -> None:
    options = ("--data", "clusters", "--patience", 2, "--save", "--models", tmp_path / "models")
    out = done("train", "mlp", *options)
    run = Store(tmp_path / "models").open("mlp-clusters").run
    shown = re.search(r"^test: loss (\S+)", out, re.MULTILINE)
    assert shown
    assert f"{run.test['loss']:.4f}" == shown[1]
    assert run.test != run.history[-1].metrics


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--resume", "mpl-xor"), "unknown run 'mpl-xor'; did you mean 'mlp-xor'?"),
        (("--resume", "mlp-xor/7"), "unknown version of mlp-xor '7'"),
        (("mlp", "--resume", "mlp-xor"), "leave out the model"),
        (("--resume", "mlp-xor", "--epochs", 3), "leave out the model"),
        (("--resume", "mlp-xor", "--data", "xor"), "leave out the model"),
        (("--resume", "mlp-xor", "--engine", "nunpy"), "did you mean 'numpy'"),
        (("mlp", "--save", "--name", "../x"), "cannot be named '../x'"),
        (("mlp", "--name", ""), "cannot be named ''"),
        (("--resume", ""), "unknown run ''"),
        (("mlp", "--checkpoint-every", 0), "It must be 1 or more"),
        (("mlp", "--augment", ""), "unknown augmentation ''"),
        (("mlp", "--augment", "flipp"), "unknown augmentation 'flipp'; did you mean 'flip'?"),
        (("mlp", "--augment", "flip", "--data", "xor"), "leave the augmentation out"),
    ],
)
def test_bad_input_is_one_sentence(
    tmp_path: Path, arguments: tuple[object, ...], words: str
) -> None:
    models = ("--models", tmp_path / "models")
    store = Store(tmp_path / "models")
    done("train", "mlp", "--data", "xor", "--epochs", 1, "--save", *models)
    before = whole(store)
    data = () if "--resume" in arguments or "--data" in arguments else ("--data", "xor")
    assert words in sentence("train", *arguments, *data, *models)
    assert whole(store) == before
    assert [p.name for p in store.root.iterdir()] == ["mlp-xor"]


def test_pictures_of_any_size_can_be_varied(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    options = ("--data", "digits", "--epochs", 1, "--save", "--models", tmp_path / "models")
    done("train", "mlp", *options, "--augment", "shift,flip,crop, cutout")
    kinds = [a.kind for a in Store(tmp_path / "models").open("mlp-digits").run.recipe.augmentation]
    assert kinds == ["Shift", "Flip", "Crop", "Cutout"]


def test_a_store_that_cannot_be_written_is_told_before_the_training() -> None:
    answer = brain("train", "mlp", "--data", "xor", "--save", "--models", "/proc/no")
    assert answer.code == 2
    assert answer.out == ""
    assert "cannot write /proc/no/mlp-xor" in answer.err


def test_the_record_of_a_finished_run_cannot_be_mended_by_hand(tmp_path: Path) -> None:
    store = Store(tmp_path / "models")
    done("train", "mlp", "--data", "xor", "--epochs", 1, "--save", "--models", store.root)
    path = store.root / "mlp-xor" / "0001" / "run.json"
    path.write_text(path.read_text().replace('"finished": true', '"finished": false'))
    with pytest.raises(UserError, match="is damaged"):
        store.open("mlp-xor")
