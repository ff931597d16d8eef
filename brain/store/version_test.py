"""A version is read as it was saved, or a sentence says what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brain import spec
from brain.errors import UserError
from brain.spec import FORMAT
from brain.store import Epoch, Run, Saved, Store
from brain.store.arrays import packed, unpacked
from brain.testing.saved import network, recipe, resum

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

FILES = ("spec.json", "weights.safetensors", "optimizer.safetensors", "run.json", "SHA256SUMS")


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    net, run = network(recipe())
    store = Store(tmp_path / "models")
    return store.open(store.save("a", run, net))


def refused(saved: Saved) -> str:
    """Why the version cannot be opened, or its network not be made."""
    with pytest.raises(UserError) as caught:
        Store(saved.folder.parent.parent).open("a").network()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def change(saved: Saved, file: str, changed: Callable[[bytes], bytes]) -> None:
    """Change a file of a version, and its sums with it, as another program might."""
    path = saved.folder / file
    path.write_bytes(changed(path.read_bytes()))
    resum(saved.folder)


@pytest.mark.parametrize("file", FILES)
def test_any_flipped_bit_is_found(saved: Saved, file: str) -> None:
    path = saved.folder / file
    content = bytearray(path.read_bytes())
    for place in {0, 8, len(content) // 2, len(content) - 2}:
        broken = bytearray(content)
        broken[place] ^= 4
        path.write_bytes(broken)
        assert "is damaged" in refused(saved)
    path.write_bytes(content)
    assert Store(saved.folder.parent.parent).open("a").run == saved.run


@pytest.mark.parametrize("file", FILES)
def test_a_missing_or_cut_file_is_named(saved: Saved, file: str) -> None:
    path = saved.folder / file
    path.write_bytes(path.read_bytes()[:-10])
    assert "is damaged" in refused(saved)
    path.unlink()
    assert f"{file} is missing" in refused(saved)
    path.mkdir()
    assert "cannot read" in refused(saved)


def test_a_newer_format_says_update(saved: Saved) -> None:
    for file in ("run.json", "spec.json"):
        before = (saved.folder / file).read_bytes()
        change(
            saved, file, lambda text: text.replace(b'"format": 1', b'"format": %d' % (FORMAT + 1))
        )
        assert "pip install --upgrade" in refused(saved)
        change(saved, file, lambda _, before=before: before)  # type: ignore[misc]


def test_files_that_a_later_version_may_add_are_no_harm(saved: Saved) -> None:
    with (saved.folder / "SHA256SUMS").open("a") as sums:
        sums.write("0" * 64 + "  extra.bin\n")
    assert Store(saved.folder.parent.parent).open("a").run == saved.run


def test_weights_of_another_model_are_named(saved: Saved) -> None:
    model = spec.Model("other", (2,), (spec.Dense(3), spec.Dense(1)), spec.BinaryCrossEntropy())
    net, run = network(replace(recipe(), model=model))
    store = Store(saved.folder.parent.parent)
    other = store.open(store.save("b", run, net))
    for file, words in (
        ("weights.safetensors", "parameter 'dense1.weight' has shape (2, 3)"),
        ("optimizer.safetensors", "optimizer state 'dense1.weight.first_moment' has shape (2, 3)"),
        ("spec.json", "two different models"),
    ):
        before = (saved.folder / file).read_bytes()
        change(saved, file, lambda _, f=file: (other.folder / f).read_bytes())  # type: ignore[misc]
        assert words in refused(saved)
        change(saved, file, lambda _, before=before: before)  # type: ignore[misc]


def test_weights_that_are_not_finite_or_not_numbers_are_refused(saved: Saved) -> None:
    def poisoned(value: float) -> Callable[[bytes], bytes]:
        def change_one(content: bytes) -> bytes:
            arrays = unpacked(content, "here")
            arrays["dense1.weight"][1, 2] = value
            return packed(arrays)

        return change_one

    for value in (np.nan, np.inf, -np.inf):
        change(saved, "weights.safetensors", poisoned(value))
        assert "'dense1.weight' holds values that are not finite" in refused(saved)


def test_memory_of_another_optimizer_is_refused(saved: Saved) -> None:
    def lacking(content: bytes) -> bytes:
        arrays = unpacked(content, "here")
        return packed({k: v for k, v in arrays.items() if "second" not in k})

    change(saved, "optimizer.safetensors", lacking)
    assert "second_moment' is missing" in refused(saved)


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("step", -1, "step"),
        ("step", 1.5, "step"),
        ("steps", "many", "steps"),
        ("recipe", [], "recipe"),
        ("history", [{"kind": "Epoch", "epoch": 0, "metrics": {}}], "history[0].epoch"),
        ("history", [{"kind": "Epoch", "epoch": 1, "metrics": {"loss": "x"}}], "history[0]"),
        ("versions", ["numpy"], "versions"),
        ("colour", "blue", "colour"),
        ("finished", 1, "finished"),
        ("step", 31, "Run: step: it is 31, and the training has 30 steps"),
    ],
)
def test_a_wrong_record_is_refused_with_its_key(
    saved: Saved, key: str, value: object, path: str
) -> None:
    def changed(content: bytes) -> bytes:
        return json.dumps({**json.loads(content), key: value}).encode()

    change(saved, "run.json", changed)
    assert f"run.json: {path}" in refused(saved)


def test_a_record_of_another_step_than_the_arrays_is_refused(saved: Saved) -> None:
    change(saved, "run.json", lambda text: text.replace(b'"step": 2', b'"step": 3'))
    assert "its record is of step 3, its arrays of 2" in refused(saved)


@pytest.mark.parametrize("engine", ["os:system", "scratch.testing.faulty:Clean"])
def test_a_file_alone_never_decides_what_is_run(saved: Saved, engine: str) -> None:
    net, run = network(recipe())
    store = Store(saved.folder.parent.parent)
    other = store.open(store.save("b", replace(run, engine=engine), net))
    with pytest.raises(UserError, match="name it, or another, with --engine"):
        other.network()
    assert other.network("numpy").step == 2
    assert other.place("numpy", None) == ("numpy", "cpu")


def test_in_another_engine_it_is_on_the_cpu(saved: Saved) -> None:
    on_gpu = replace(saved, run=replace(saved.run, engine="torch", device="cuda"))
    assert on_gpu.place() == ("torch", "cuda")
    assert on_gpu.place("torch", "cpu") == ("torch", "cpu")
    assert on_gpu.place("numpy") == ("numpy", "cpu")
    assert on_gpu.network("numpy").device == "cpu"


def test_a_record_keeps_its_numbers_to_the_last_bit() -> None:
    net, run = network(recipe())
    epochs = tuple(Epoch(n, {"loss": 1 / (n + 2), "accuracy": 0.1 + 0.2}) for n in range(1, 9))
    full = replace(run, history=epochs, seconds=1e-300, classes=("ä", '"'), test={"loss": 5e-324})
    assert spec.from_json(Run, spec.to_json(full)) == full
    assert full.metrics == {"loss": 5e-324}
    assert replace(full, test={}).metrics == epochs[-1].metrics
    assert run.metrics == {}
    del net


def test_it_opens_in_another_dtype(saved: Saved) -> None:
    net = saved.network(dtype="float64")
    for name, array in net.parameters().items():
        np.testing.assert_array_equal(array, saved.weights[name].astype("float64"), strict=True)
