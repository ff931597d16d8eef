"""`brain look`: a saved network, its data and a stage go to whoever draws such a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brain import names, spec
from brain.data import Dataset, load
from brain.engine import Network
from brain.names import Entry
from brain.stage import Stage
from brain.store import Store
from brain.testing.invoked import done, sentence
from brain.testing.saved import begun

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

IMAGES = (spec.Flatten(), spec.Dense(10))
TEXT = (spec.Embedding(10, 3), spec.GRU(4, return_sequences=True), spec.Dense(10))


def drawn(net: Network, dataset: Dataset, stage: Stage) -> None:
    """Stands for a look: it writes down what it was given."""
    facts = net.model.name, net.step, len(dataset.x_test), stage.quick, stage.seed, net.engine
    path = stage.out / "seen.txt"
    path.write_text(repr(facts))
    stage.paths.append(path)


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever draws is here, whatever folders are."""
    for kind in names.LOOKS:
        where = f"{drawn.__module__}:drawn"
        monkeypatch.setitem(names.LOOKS, kind, Entry(where, "draws"))
    look_up = names._import
    monkeypatch.setattr(
        names,
        "_import",
        lambda where, name: drawn if where.endswith(":drawn") else look_up(where, name),
    )


def saved(folder: Path, data_name: str, *layers: spec.Layer, **options: Any) -> str:
    """A finished run of one step, under the name "a"."""
    dataset = load(data_name, **options)
    loss = spec.SoftmaxCrossEntropy() if dataset.classes else spec.MeanSquaredError()
    model = spec.Model("m", dataset.input_shape, layers, loss)
    recipe = spec.Recipe(
        model, data_name, spec.SGD(0.1), 1, batch_size=9999, options=options, rows=30
    )
    keeper, steps, _ = begun(Store(folder / "models"), recipe)
    list(steps)
    return keeper.finish({}).partition("/")[0]


@pytest.mark.parametrize("kind", ["images", "text", "numbers"])
def test_a_run_is_opened_and_drawn(tmp_path: Path, kind: str) -> None:
    if kind == "images":
        pytest.importorskip("sklearn", reason="scikit-learn is not installed")
        saved(tmp_path, "digits", *IMAGES)
    elif kind == "text":
        saved(tmp_path, "copy", *TEXT, n=40)
    else:
        saved(tmp_path, "adding", spec.GRU(3), spec.Dense(1), n=40)
    plots = tmp_path / "plots"
    where = ("--models", tmp_path / "models", "--out", plots)
    out = done("look", "a", *where, "--seed", 3, "--quick")
    rows = 30 if kind == "images" else 8
    assert (plots / "seen.txt").read_text() == f"('m', 1, {rows}, True, 3, 'numpy')"
    assert out.splitlines()[-1] == f"wrote {plots / 'seen.txt'}"
    assert "a/0001 on" in out
    done("look", "a", *where)
    assert (plots / "seen.txt").read_text() == f"('m', 1, {rows}, False, 0, 'numpy')"


def test_each_run_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        saved(tmp_path, "copy", *TEXT, n=40)
    for run, version in (("a/1", "0001"), ("a", "0002"), (tmp_path / "models" / "a/", "0002")):
        path = Path("plots", "a", version, "seen.txt")
        assert done("look", run).splitlines()[-1] == f"wrote {path}"
        assert path.is_file()
        path.unlink()
    assert not list(Path("plots").glob("*.txt"))


def test_a_network_of_neither_is_refused(tmp_path: Path) -> None:
    saved(tmp_path, "surface", spec.Dense(1))
    text = sentence("look", "a", "--models", tmp_path / "models")
    assert text == (
        "a/0001: brain look draws networks that take images, a text or sequences, and m takes (2,)."
    )


def test_what_is_not_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, "copy", *TEXT, n=40)
    where = ("--models", tmp_path / "models")
    assert "unknown run 'b'" in sentence("look", "b", *where)
    assert "did you mean 'numpy'?" in sentence("look", "a", "--engine", "nunpy", *where)
    assert sentence("look", "a", "--out", "/proc/no", *where).startswith("cannot write /proc/no")
    gone = Entry("rnn.look:look", "draws")
    monkeypatch.setitem(names.LOOKS, "text", gone)
    monkeypatch.setattr(names, "here", lambda package: package != "rnn")
    assert sentence("look", "a", *where).startswith("the folder rnn/ is not on this branch")


@pytest.mark.parametrize("kind", names.LOOKS)
def test_the_table_leads_to_functions(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from brain.testing.present import needs

    needs(kind, names.LOOKS)
    assert callable(names.look_up("look", kind, names.LOOKS))
