"""Whatever is wrong with a file, its reader answers with one sentence, or with what is right.

Each target gets 2,000 files, BRAIN_FUZZ times: `nox -s fuzz` asks for 50 times as many. A fault is
told with the number of the file, from which `brain.testing.mutations.mutated` makes it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain import checks, spec
from brain.data import cifar, files
from brain.data.idx import read_idx
from brain.data.sources import SOURCES, Source
from brain.data.timeseries import read_series
from brain.engine import Network
from brain.errors import UserError
from brain.samples import read_samples
from brain.store import Store
from brain.store.arrays import packed, unpacked
from brain.testing import fuzzing, oracles, originals
from brain.testing.fuzzing import Target, examine
from brain.testing.misbehaving import only_cache
from brain.testing.mutations import KINDS, mutated
from brain.testing.originals import RECORDS, WANTED
from brain.testing.saved import resum

FILES = 2000
TIMES = int(os.environ.get("BRAIN_FUZZ", "1"))
SHOWN = 10  # faults that are told of a failing test


def put_saved(path: Path, content: bytes) -> None:
    """A file of a version; what it says is taken for what was saved."""
    path.write_bytes(content)
    resum(path.parent)


def put_run(path: Path, content: bytes) -> None:
    """A run.json, and a spec.json of the same model: else its faults would go no further."""
    with suppress(ValueError, TypeError, LookupError, RecursionError):
        model = json.loads(content)["recipe"]["model"]
        text = json.dumps({"format": 1, **model})
        path.with_name("spec.json").unlink()
        path.with_name("spec.json").write_text(text)
    put_saved(path, content)


def open_saved(path: Path) -> Network:
    return Store(path.parents[2]).open("a").network()


def read_arrays(path: Path) -> dict[str, Any]:
    return unpacked(path.read_bytes(), str(path))


def read_declared(cls: type) -> Callable[[Path], Any]:
    return lambda path: spec.load(cls, path)


def read_tiny(path: Path) -> tuple[Path, ...]:
    """A data set of two files, out of the archive at `path`."""
    SOURCES["tiny"] = replace(SOURCES["tiny"], archive=path.name)
    return files.fetch("tiny")


def read_input(shape: spec.Shape) -> Callable[[Path], Any]:
    """The samples in a file, as a network takes them."""
    model = spec.Model("m", shape, (spec.Flatten(), spec.Dense(1)), spec.MeanSquaredError())
    return lambda path: checks.inputs(model, read_samples(path, shape), np.dtype("float32"))


def declared(file: str, value: Any) -> Target:
    original = spec.to_json(value).encode()
    return Target(
        "json", file, lambda: original, read_declared(type(value)), oracles.check_declared
    )


def saved(kind: str, file: str) -> Target:
    original, path = originals.saved_file(file), f"{originals.VERSION}/{file}"
    check, put = oracles.check_network_of, put_saved
    if kind == "json":
        check, put = oracles.check_network, put_run
    return Target(kind, path, original, open_saved, check, put=put)


def inputs(kind: str, file: str, original: Callable[[], bytes], shape: spec.Shape) -> Target:
    return Target(kind, file, original, read_input(shape), oracles.check_input(shape))


def archive(kind: str, file: str, original: Callable[[], bytes]) -> Target:
    writes = {f"here/cache/tiny/{name}": content for name, content in WANTED.items()}
    return Target(kind, file, original, read_tiny, oracles.check_files, writes)


TARGETS: dict[str, Target] = {
    "model": declared("here/spec.json", originals.MODEL),
    "recipe": declared("here/recipe.json", originals.RECIPE),
    "run": declared("here/run.json", originals.RUN),
    "saved run": saved("json", "run.json"),
    "saved weights": saved("safetensors", "weights.safetensors"),
    "saved memory": saved("safetensors", "optimizer.safetensors"),
    "arrays": Target(
        *("safetensors", "here/a.safetensors", lambda: packed(originals.ARRAYS)),
        *(read_arrays, oracles.check_arrays),
    ),
    "idx": Target(
        *("idx", "here/images.gz", originals.idx_file),
        *(lambda path: read_idx(path, rank=3), oracles.check_idx),
    ),
    "cifar": Target(
        *("cifar", "here/batch.bin.bz2", originals.cifar_file),
        *(lambda path: cifar._part([path]), oracles.check_cifar),
    ),
    "series": Target(
        "csv", "here/series.csv", originals.series_file, read_series, oracles.check_series
    ),
    "tar": archive("tar", "here/tiny/set.tar.gz", originals.tar_file),
    "zip": archive("zip", "here/tiny/set.zip", originals.zip_file),
    "array samples": inputs("npy", "here/x.npy", originals.array_file, (3,)),
    "table samples": inputs("csv", "here/x.csv", originals.table_file, (3,)),
    "picture samples": inputs("png", "here/x.png", originals.picture_file, (6, 5, 3)),
}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder to be in, and inside it all that may be read and written."""
    (tmp_path / "here/tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    only_cache(tmp_path / "here/cache", monkeypatch)
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path / "here"))
    monkeypatch.setattr(cifar, "RECORDS", RECORDS)
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in WANTED.items()}
    inside = {name: f"inside/{name}" for name in WANTED}
    monkeypatch.setitem(SOURCES, "tiny", Source("tiny", (), checksums, inside, "set.zip"))


def faults(target: Target, numbers: range) -> list[str]:
    """What is wrong with how the files of these numbers are read, the first of it."""
    original, folder = target.original(), Path.cwd()
    found: list[str] = []
    for number in numbers:
        fault = examine(target, original, number, folder)
        found += [fault] if fault else []
        if len(found) == SHOWN:
            break
    return found


@pytest.mark.parametrize("turn", range(TIMES))
@pytest.mark.parametrize("name", TARGETS)
def test_a_sentence_or_what_is_right(
    name: str, turn: int, capfd: pytest.CaptureFixture[str]
) -> None:
    if "saved" in name:
        pytest.importorskip("scratch", reason="the engine that this test runs is not here")
    found = faults(TARGETS[name], range(turn * FILES, (turn + 1) * FILES))
    assert not found, "\n".join(found)
    assert capfd.readouterr() == ("", "")


# That the test can fail: readers with planted faults


def wrongly(read: Callable[[Path], Any]) -> list[str]:
    """What is found of a reader of IDX files that should be `read_idx`."""
    return faults(replace(TARGETS["idx"], read=read), range(40))


def read_well(path: Path) -> Any:
    return read_idx(path, rank=3)


def raises(error: BaseException) -> Callable[[Path], Any]:
    def read(path: Path) -> Any:
        read_well(path)
        raise error

    return read


def does(act: Callable[[Path], object]) -> Callable[[Path], Any]:
    def read(path: Path) -> Any:
        act(path)
        return read_well(path)

    return read


class Panic(BaseException):
    """As Rust raises it."""


def test_a_reader_that_is_good_has_no_fault() -> None:
    assert wrongly(read_well) == []


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (raises(KeyError("dims")), "KeyError: 'dims'"),
        (raises(Panic("index out of bounds")), "Panic: index out of bounds"),
        (raises(UserError("")), "the sentence is empty"),
        (raises(UserError("two\nlines")), "cannot be printed as one line"),
        (raises(UserError("half \ud800 a pair")), "cannot be printed as one line"),
        (raises(UserError("x" * 10_000)), "the sentence has 10,000 characters"),
        (lambda path: read_well(path)[..., :1], "AssertionError"),
        (lambda path: read_well(path).astype(np.int64), "AssertionError"),
        (does(lambda path: warnings.warn("odd", stacklevel=1)), "warned: odd"),
        (does(lambda path: Path("outside").touch()), "these files were changed: ['outside']"),
        (does(lambda path: path.with_name("x.partial").touch()), "changed: ['here/x.partial']"),
        (does(lambda path: path.write_bytes(b"")), "files were changed: ['here/images.gz']"),
        (does(lambda path: os.symlink("/", "link")), "files were changed: ['link']"),
    ],
)
def test_a_planted_fault_is_told_with_its_file(read: Callable[[Path], Any], words: str) -> None:
    found = wrongly(read)
    assert found
    assert words in found[0]
    number = int(found[0].split()[1])
    content, how = mutated("idx", originals.idx_file(), number)
    assert found[0].startswith(f"idx {number} ({how}): ")
    assert Path("here/images.gz").exists()
    Path("again.gz").write_bytes(content)  # made again, it is that file: the good reader reads it
    with suppress(UserError):
        oracles.check_idx(read_well(Path("again.gz")), content)


def test_what_never_ends_is_told() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"^idx \d+ \(.*\): Failed: Timeout >60s"):
        wrongly(raises(pytest.fail.Exception("Timeout >60s")))  # as pytest-timeout does


def test_what_takes_too_long_or_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fuzzing, "SECONDS", 0.01)
        assert re.search(r"it took \d\.\d s", wrongly(does(lambda path: sum(range(10**6))))[0])
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux tells how much memory there was")
    monkeypatch.setattr(fuzzing, "MEMORY", 2**24)
    # 64 MB: less than 32 may be taken from what the process had before, and gave back to itself
    assert "MB" in wrongly(does(lambda path: np.ones(2**23)))[0]


def test_a_wrong_file_from_an_archive_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(path: Path, pieces: Iterable[bytes], checksum: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(pieces))

    monkeypatch.setattr(files, "keep", kept)  # one that looks at no checksum
    found = faults(TARGETS["zip"], range(400))
    assert found
    assert all("AssertionError" in fault for fault in found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_drawn_by_its_number(kind: str) -> None:
    target = next(t for n, t in TARGETS.items() if t.kind == kind and "saved" not in n)
    original = target.original()
    drawn = [mutated(kind, original, number) for number in range(100)]
    assert drawn == [mutated(kind, original, number) for number in range(100)]
    assert drawn != [mutated(kind, original, number, seed=1) for number in range(100)]
    assert len({content for content, _ in drawn}) > 70
