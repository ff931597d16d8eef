"""The store: versions that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain.errors import UserError
from brain.store import Run, Store
from brain.testing.refusals import refusal
from brain.testing.saved import Interrupter, network, not_permitted, recipe, whole

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

FILES = {"SHA256SUMS", "optimizer.safetensors", "run.json", "spec.json", "weights.safetensors"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


def save(store: Store, name: str = "a", steps: int = 2) -> str:
    net, run = network(recipe(), steps=steps)
    return store.save(name, run, net)


def left(store: Store) -> list[str]:
    """Every file and folder that is no part of a version."""
    paths = (str(p.relative_to(store.root)) for p in store.root.rglob("*"))
    return [p for p in paths if "/." in p or "tmp" in p]


def test_versions_are_counted_and_hold_what_was_saved(store: Store) -> None:
    assert [save(store, steps=steps) for steps in (1, 2)] == ["a/0001", "a/0002"]
    assert save(store, "b") == "b/0001"
    assert store.names() == ["a", "b"]
    assert store.versions("a") == ["0001", "0002"]
    saved = store.open("a")
    assert {p.name for p in saved.folder.iterdir()} == FILES
    net, run = network(recipe(), steps=2)
    assert (saved.reference, saved.name, saved.run) == ("a/0002", "a", run)
    again = saved.network()
    for got, wanted in (
        (again.parameters(), net.parameters()),
        (again.optimizer_state(), net.optimizer_state()),
    ):
        assert set(got) == set(wanted)
        for name, array in wanted.items():
            np.testing.assert_array_equal(got[name], array, strict=True)
    assert left(store) == []


def test_a_number_is_not_used_again_while_a_newer_one_stands(store: Store) -> None:
    for _ in range(3):
        save(store)
    store.remove("a/0001")
    store.remove("a/0002")
    assert store.versions("a") == ["0003"]
    assert save(store) == "a/0004"
    (store.root / "a" / "0004").rename(store.root / "a" / "9999")
    assert save(store) == "a/10000"
    assert store.open("a").reference == "a/10000"


@pytest.mark.parametrize(
    "reference", ["a/1", "a/0001", "a/00001", "a/1/", "PATH", "./a/0001", "../models/a/0001/"]
)
def test_what_names_a_version(
    store: Store, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store)
    save(store)
    monkeypatch.chdir(store.root)
    paths = {"PATH": str(store.root / "a" / "0001")}
    name, folder = store.find(paths.get(reference, reference))
    assert (name, folder.resolve()) == ("a/0001", store.root / "a" / "0001")


def test_a_copy_is_opened_wherever_it_lies(store: Store, tmp_path: Path) -> None:
    save(store, steps=1)
    save(store, steps=2)
    copy = shutil.copytree(store.root / "a" / "0001", tmp_path / "elsewhere" / "copy")
    for path, step in ((copy, 1), (store.root / "a", 2)):
        saved = Store(tmp_path / "none").open(str(path))
        assert saved.run.step == step
    assert Store(tmp_path / "none").open(str(copy)).reference == "elsewhere/copy"


@pytest.mark.parametrize("saved", [False, True])
def test_what_is_there_and_no_run_is_called_what_it_is(
    store: Store, tmp_path: Path, saved: bool
) -> None:
    if saved:
        save(store, steps=1)
    file = tmp_path / "README.md"
    file.write_text("# A page\n")
    for reference, kind in ((f"{tmp_path}/", "folder"), (str(tmp_path), "folder"), (file, "file")):
        said = refusal(lambda reference=reference: store.open(str(reference)))  # type: ignore[misc]
        assert said == f"{reference} is a {kind}, and no saved run; `brain runs` lists those."


def test_a_store_comes_before_what_lies_around(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Store(tmp_path / "other")
    for steps, where in ((1, store), (2, other)):
        save(where, steps=steps)
        save(where, "2024", steps=steps)
    monkeypatch.chdir(store.root)
    for name in ("a", "a/1", "2024", "2024/0001"):
        assert other.open(name).run.step == 2
    assert Store(".").open("2024").run.step == 1
    other.remove("a/0001")
    assert (store.versions("a"), other.names()) == (["0001"], ["2024"])
    with pytest.raises(UserError, match="unknown version"):
        other.remove("a/0001")


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("aa", "unknown run 'aa'; did you mean 'a'?"),
        ("a/2", "unknown version of a '2'"),
        ("a/x", "unknown version of a 'x'"),
        ("a/²", "unknown version of a '²'"),
        ("", "unknown run ''"),
        ("..", ".. is a folder, and no saved run"),
        ("a\0", "unknown run"),
        ("a/1/run.json", "unknown version"),
    ],
)
def test_what_is_not_there_is_a_sentence(store: Store, reference: str, words: str) -> None:
    save(store)
    with pytest.raises(UserError) as caught:
        store.open(reference)
    assert words in str(caught.value)


def test_an_empty_store_says_how_to_fill_it(store: Store) -> None:
    with pytest.raises(UserError, match="brain train mlp --save"):
        store.open("a")
    assert list(store.listed()) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "/a", ".a", "-a", "a b", "a" * 101, "ä", "a\n"])
def test_names_that_could_leave_the_folder_are_refused(store: Store, name: str) -> None:
    for refused in (store.check, lambda name: save(store, name)):
        with pytest.raises(UserError, match="cannot be named"):
            refused(name)
    assert not store.root.exists()


def test_what_is_no_version_is_left_alone(store: Store) -> None:
    save(store)
    for other in ("notes", "0002.bak", "1", ".hidden"):
        (store.root / "a" / other).mkdir()
    (store.root / "a" / "0003").write_text("a file")
    (store.root / "readme.txt").write_text("mine")
    assert store.names() == ["a"]
    assert store.versions("a") == ["0001"]
    assert [save(store), save(store)] == ["a/0002", "a/0004"]
    assert (store.root / "a" / "0003").read_text() == "a file"


def test_any_number_of_writers_share_a_name(store: Store) -> None:
    net, run = network(recipe())
    references: list[str] = []

    def write() -> None:
        for _ in range(6):
            references.append(store.save("a", run, net))

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(references) == [f"a/{n:04}" for n in range(1, 37)]
    assert len(whole(store)) == 36
    assert left(store) == []


def test_a_reader_whose_version_is_removed_takes_the_next(store: Store) -> None:
    """One writes and removes, as checkpoints do; the other always finds a whole version."""
    net, run = network(recipe())
    first, done = store.save("a", run, net), threading.Event()

    def write() -> None:
        before = first
        try:
            for _ in range(60):
                newest = store.save("a", run, net)
                store.remove(before)
                before = newest
        finally:
            done.set()

    thread = threading.Thread(target=write)
    thread.start()
    opened = 0
    while not done.is_set():
        assert store.open("a").run == run
        opened += 1
    thread.join()
    assert store.open("a").reference == "a/0061"
    assert opened > 3


def full_at(count: int, monkeypatch: pytest.MonkeyPatch, code: int) -> list[str]:
    """Let the `count`-th call that changes the disk fail; the calls that were made."""
    calls: list[str] = []

    def failing(name: str, original: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            if len(calls) == count:
                raise OSError(code, os.strerror(code))
            return original(*arguments, **options)

        return call

    for owner, name in ((os, "fsync"), (os, "rename"), (os, "mkdir"), (Path, "write_bytes")):
        monkeypatch.setattr(owner, name, failing(name, getattr(owner, name)))
    return calls


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_fails_at_any_moment_loses_nothing(store: Store, code: int) -> None:
    net, run = network(recipe())
    store.save("a", run, net)
    before, sentences = whole(store), []
    for count in range(1, 40):
        with pytest.MonkeyPatch.context() as patched:
            calls = full_at(count, patched, code)
            try:
                store.save("a", run, net)
            except UserError as error:
                sentences.append(str(error))
        now = whole(store)
        assert now.items() >= before.items()
        assert set(now.values()) == set(before.values())
        assert left(store) == []
        for reference in now.keys() - before.keys():
            store.remove(reference)
        if len(calls) < count:
            break  # every call of a save has failed once
    assert len(sentences) >= 12  # a folder, five files made and synced, the rename
    for sentence in sentences:
        assert f"cannot write {store.root}" in sentence
        assert os.strerror(code) in sentence


def test_ctrl_c_at_any_line_leaves_a_whole_version_or_none(store: Store) -> None:
    net, run = network(recipe())
    store.save("a", run, net)
    before, at, interrupted = whole(store), 0, True
    files = ("store/folder.py", "store/version.py", "store/arrays.py", "brain/outputs.py")
    while interrupted:
        at += 1
        interrupted = Interrupter(at, files).run(lambda: store.save("a", run, net))
        now = whole(store)
        assert set(now.values()) == set(before.values())
        assert now.items() >= before.items()
        for reference in now.keys() - before.keys():
            store.remove(reference)
    assert at > 60


def test_what_a_dead_writer_left_is_swept_when_it_is_old(store: Store) -> None:
    save(store)
    for name, age in ((".dead.partial", 7200), (".busy.partial", 60)):
        folder = store.root / "a" / name
        folder.mkdir()
        (folder / "weights.safetensors").write_bytes(b"half")
        os.utime(folder, (time.time() - age, time.time() - age))
    save(store)
    assert [p for p in left(store) if p.endswith(".partial")] == ["a/.busy.partial"]
    assert store.versions("a") == ["0001", "0002"]


def test_no_permission_is_told_before_the_work(store: Store) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        elsewhere = Store(folder / "models")
        save(elsewhere)
        before = whole(elsewhere)
        net, run = network(recipe())
        with not_permitted(elsewhere.root / "a"):
            for refused in (
                lambda: elsewhere.check("a"),
                lambda: elsewhere.save("a", run, net),
                lambda: elsewhere.remove("a/0001"),
            ):
                with pytest.raises(UserError, match=r"cannot write .*: Permission denied"):
                    refused()
        assert whole(elsewhere) == before
        assert left(elsewhere) == []
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="there is no sha256sum here")
def test_the_sums_are_those_of_sha256sum(store: Store) -> None:
    save(store)
    folder = store.root / "a" / "0001"
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 0


def test_values_that_are_not_finite_are_never_saved(store: Store) -> None:
    save(store)
    net, run = network(recipe())
    poisoned = {name: array.copy() for name, array in net.parameters().items()}
    poisoned["dense1.weight"][0, 0] = np.nan
    net.parameters = lambda: poisoned  # type: ignore[method-assign]
    with pytest.raises(UserError, match=r"dense1\.weight is not finite at step 2"):
        store.save("a", run, net)
    assert store.versions("a") == ["0001"]
    assert left(store) == []


def test_the_list_tells_what_is_damaged_and_shows_the_rest(store: Store) -> None:
    for _ in range(3):
        save(store)
    (store.root / "a" / "0002" / "run.json").write_text("{")
    (store.root / "a" / "0003" / "run.json").unlink()
    listed: dict[str, Run | UserError] = dict(store.listed())
    assert isinstance(listed["a/0001"], Run)
    assert isinstance(listed["a/0002"], UserError)
    assert str(listed["a/0003"]) == f"{store.root / 'a' / '0003' / 'run.json'} is missing."


def test_a_record_of_another_step_than_the_network_is_not_saved(store: Store) -> None:
    net, run = network(recipe(), steps=3)
    with pytest.raises(UserError, match="of step 2, and the network has 3 steps behind it"):
        store.save("a", replace(run, step=2), net)


@pytest.fixture(autouse=True)
def _no_partial_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    kept = [p for p in tmp_path.rglob(".*.partial") if p.name != ".busy.partial"]
    assert [p for p in kept if list(p.iterdir())] == []
