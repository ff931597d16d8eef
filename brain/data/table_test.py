"""Every set in the table loads by its name, with its own options and no others."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from brain.data import catalogue, describe, fetch, files, load
from brain.data.sources import SOURCES
from brain.data.table import DATASETS, SERIES, Kind
from brain.data.texts import TEXTS
from brain.errors import UserError


def test_the_table_is_keyed_by_name_and_complete() -> None:
    for name, entry in DATASETS.items():
        assert name == entry.name
        for words in (entry.what, entry.size, entry.licence, entry.origin):
            assert words
            assert "\n" not in words
        assert entry.kind in get_args(Kind)
    assert set(SOURCES) <= set(DATASETS)
    assert catalogue() == tuple(DATASETS.values())


def test_every_kind_has_a_set_and_its_own_shape() -> None:
    assert {entry.kind for entry in catalogue()} == set(get_args(Kind))
    assert {entry.name for entry in catalogue() if entry.kind == "text"} == set(TEXTS)
    assert {entry.name for entry in catalogue() if entry.kind == "series"} == set(SERIES)
    axes = {"points": {1}, "rows": {1}, "images": {3}, "series": {2}, "sequences": {1, 2}}
    for entry in catalogue():
        if entry.name not in SOURCES and entry.available() and entry.kind in axes:
            assert len(load(entry.name).input_shape) in axes[entry.kind]


def test_every_option_has_a_default_and_is_given_by_name() -> None:
    for entry in catalogue():
        for parameter in inspect.signature(entry.make).parameters.values():
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
            assert parameter.default is not inspect.Parameter.empty


def test_what_can_be_had_here_loads() -> None:
    for entry in catalogue():
        if entry.name not in SOURCES and entry.available():
            data = load(entry.name, seed=1)
            assert data.name == entry.name
            assert data.title
            assert fetch(entry.name) == ()


def test_an_unknown_name_meets_the_nearest_one() -> None:
    for action in (load, fetch, describe):
        with pytest.raises(UserError, match="unknown data set 'mnits'; did you mean 'mnist'"):
            action("mnits")


def test_an_unknown_option_meets_the_nearest_one() -> None:
    with pytest.raises(UserError, match=r"unknown option of moons 'nosie'; did you mean 'noise'"):
        load("moons", nosie=0.1)
    with pytest.raises(UserError, match="'xor' has no options; leave out 'n'"):
        load("xor", n=3)


def test_a_seed_is_checked_even_where_it_is_not_used() -> None:
    with pytest.raises(UserError, match="seed must be a whole number"):
        load("xor", seed="lucky")  # type: ignore[arg-type]


def test_availability_follows_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "cache")
    mnist = describe("mnist")
    (tmp_path / "mnist").mkdir()
    for file in SOURCES["mnist"].checksums:
        assert not mnist.available()
        (tmp_path / "mnist" / file).touch()
    assert mnist.available()
    assert describe("xor").available()


def test_importing_brings_in_numpy_alone() -> None:
    program = (
        "import sys, brain.data; "
        "print(*{'pooch', 'requests', 'rich', 'sklearn', 'torch'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""
