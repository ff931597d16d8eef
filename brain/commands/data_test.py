"""`brain data`: sets listed, brought here and shown, and every wrong request one sentence."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import requests

from brain import data, names
from brain.data import files
from brain.data.sources import SOURCES
from brain.testing.invoked import brain, done, sentence


@pytest.fixture
def nothing_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No file of any data set on this machine, and no mirror that answers."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "cache")

    def unreachable(*arguments: object, **options: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "request", unreachable)
    return tmp_path / "data"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lay_mnist(folder: Path) -> list[Path]:
    """Files that stand where MNIST's would, under their names without .gz."""
    (folder / "mnist").mkdir()
    paths = [folder / "mnist" / name.removesuffix(".gz") for name in SOURCES["mnist"].checksums]
    for path in paths:
        path.write_bytes(b"x")
    return paths


# list


@pytest.mark.parametrize("columns", [80, 100])
def test_the_data_sets_are_listed(
    nothing_here: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = done("data", "list")
    rows = {line.split()[0]: line for line in out.splitlines() if line[:1].strip()}
    assert [*rows] == ["name", *(entry.name for entry in data.catalogue())]
    assert "…" not in out
    assert max(len(line) for line in out.splitlines()) <= columns
    assert " yes " in rows["moons"]
    assert " no " in rows["mnist"]


def test_what_is_here_is_said(nothing_here: Path) -> None:
    lay_mnist(nothing_here)
    (row,) = (line for line in done("data", "list").splitlines() if line.startswith("mnist"))
    assert " yes " in row


# get


def test_a_set_that_needs_no_files(nothing_here: Path) -> None:
    assert done("data", "get", "moons") == "moons needs no files: it is made when it is loaded.\n"


def test_the_files_of_several_sets_are_printed(nothing_here: Path) -> None:
    wanted = lay_mnist(nothing_here)
    lines = done("data", "get", "xor", "mnist").splitlines()
    assert lines == [
        "xor needs no files: it is made when it is loaded.", *(str(path) for path in wanted)
    ]  # fmt: skip


def test_all_means_every_set_that_has_files(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    def fetch(name: str) -> tuple[Path, ...]:
        fetched.append(name)
        return (Path(f"{name}.bin"),)

    monkeypatch.setattr(data, "fetch", fetch)
    assert done("data", "get", "--all").split() == [f"{name}.bin" for name in SOURCES]
    assert fetched == [*SOURCES]


def test_an_unknown_name_is_told_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data, "fetch", lambda name: pytest.fail("it should not be fetched"))
    assert "did you mean 'mnist'?" in sentence("data", "get", "cifar10", "mnits")


@pytest.mark.parametrize("arguments", [(), ("--all", "mnist")])
def test_names_or_all(arguments: tuple[str, ...]) -> None:
    assert "name the data sets to get, or give --all" in sentence("data", "get", *arguments)


@pytest.mark.parametrize(
    "command", [("data", "get"), ("data", "show"), ("train", "mlp", "--data")], ids=" ".join
)
def test_files_that_cannot_be_had(nothing_here: Path, here: Path, command: tuple[str, ...]) -> None:
    text = sentence(*command, "mnist")
    assert "the data set 'mnist' needs mnist/train-images-idx3-ubyte.gz" in text
    assert str(nothing_here) in text
    assert "could not be reached" in text
    assert "set BRAIN_DATA to a folder that holds it" in text


@pytest.mark.parametrize(
    ("recipe", "file"),
    [
        ("lenet-mnist", "train-images-idx3-ubyte.gz"),
        ("airline", "airline-passengers.csv"),
        ("shakespeare", "tinyshakespeare.txt"),
    ],
)
def test_a_recipe_whose_files_cannot_be_had(
    nothing_here: Path, here: Path, recipe: str, file: str
) -> None:
    if not names.here(names.RECIPES[recipe]):
        pytest.skip(f"{names.RECIPES[recipe]}/ is not on this branch")
    text = sentence("train", recipe)
    assert re.match(rf"the data set '\w+' needs \w+/{re.escape(file)}, which is neither", text)
    assert f"neither in BRAIN_DATA ({nothing_here}) nor in the cache" in text
    assert text.endswith("connect to the network, or set BRAIN_DATA to a folder that holds it.")
    assert not list(here.glob("models"))


@pytest.mark.parametrize("folder", ["some/where", "./data", "/no/such/folder"])
def test_a_folder_that_is_none(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.setenv("BRAIN_DATA", folder)
    assert sentence("data", "get", "mnist").startswith("BRAIN_DATA must ")


# show


def test_a_set_is_described_and_drawn(here: Path) -> None:
    lines = [line.rstrip() for line in done("data", "show", "surface", "--seed", "3").splitlines()]
    assert "title     The surface x1² + x2², 400 points, noise 0" in lines
    assert "training  300 rows: x (2,) float32, y (1,) float32" in lines
    assert "test      100 rows" in lines
    assert "task      regression" in lines
    y = data.load("surface", seed=3).y_train
    assert f"targets   {y.min():.4g} to {y.max():.4g} in the training rows" in lines
    assert "licence   none needed" in lines
    assert lines[-1] == "wrote plots/data-surface.png"
    assert (here / "plots" / "data-surface.png").read_bytes().startswith(b"\x89PNG")


def test_the_classes_are_named_and_the_picture_goes_where_it_is_wanted(here: Path) -> None:
    out = done("data", "show", "moons", "--out", "new/m.png")
    assert "classes   2: upper, lower" in out
    assert out.endswith("wrote new/m.png\n")
    assert [path.name for path in here.rglob("*.*")] == ["m.png"]


def test_a_scaled_series_says_by_what(here: Path) -> None:
    scaling = data.load("mackey_glass").scaling
    assert scaling
    wanted = f"less {scaling.mean:.4g}, divided by {scaling.deviation:.4g}"
    assert wanted in done("data", "show", "mackey_glass")


def test_the_seed_decides_what_is_shown(here: Path) -> None:
    pictures = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        done("data", "show", "moons", "--seed", seed, "--out", f"{name}.png")
        pictures.append((here / f"{name}.png").read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]


def test_a_text_is_printed(here: Path) -> None:
    if not data.describe("theory").available():
        pytest.skip("theory/ is not on this branch")
    whole = data.text("theory")
    out = done("data", "show", "theory", "--seed", "1")
    facts, _, sample = out.partition("\n\n")
    assert f"{len(whole.text):,} characters, {len(whole.vocabulary)} different" in facts
    assert sample.rstrip("\n") in whole.text
    assert sample.count("\n") <= 12
    assert sample != done("data", "show", "theory", "--seed", "2").partition("\n\n")[2]
    assert not [*here.iterdir()]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mnits",), "did you mean 'mnist'?"),
        (("moons", "--out", "m.pdf"), "give --out a name in .png, not 'm.pdf'"),
        (("moons", "--out", "folder"), "give --out a name in .png, not 'folder'"),
        (("moons", "--out", "taken.png"), "cannot write taken.png"),
        (("moons", "--out", "/proc/no/m.png"), "cannot write /proc/no/m.png"),
        (("theory", "--out", "t.png"), "theory is a text, which is printed, not drawn"),
        (("moons", "--seed", "-1"), "seed must be a whole number"),
    ],
)
def test_show_refuses(here: Path, arguments: tuple[str, ...], words: str) -> None:
    (here / "taken.png").mkdir()
    assert words in sentence("data", "show", *arguments)
    assert not [path for path in here.rglob("*") if path.is_file()]


def test_a_missing_package_is_told_with_its_command(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    for command in ("get", "show"):
        text = sentence("data", command, "iris")
        assert "comes with scikit-learn, which is not installed" in text
        assert "[sklearn]" in text


def test_a_wrong_option_is_typers(here: Path) -> None:
    answer = brain("data", "show", "moons", "--seed", "lucky")
    assert answer.code == 2
    assert "--seed" in answer.err
