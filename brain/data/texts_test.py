"""Characters turn into ids and back, and no window reads what it is to be judged by."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.data import Text, Vocabulary, demo_text, describe, fetch, files, load, text, texts
from brain.data.sources import SOURCES
from brain.errors import UserError


def real(name: str) -> Text:
    """The text itself, or a skip: a test never downloads."""
    if not os.environ.get("BRAIN_DATA") or files.locate(name) is None:
        pytest.skip(f"BRAIN_DATA names no folder that holds {name}")
    return text(name)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> str:
    """A text "numbered" in which no character comes twice, so that each tells its place."""
    content = "".join(chr(0x4E00 + i) for i in range(1000))
    monkeypatch.setitem(texts.TEXTS, "numbered", ("Numbered", lambda name: content))
    return content


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BRAIN_DATA that lacks everything, no cache, and no network."""
    monkeypatch.setenv("BRAIN_DATA", str(tmp_path))
    monkeypatch.setattr(files, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(texts, "fetch", fetch_here)
    return tmp_path


def fetch_here(name: str) -> tuple[Path, ...]:
    """`files.fetch` without checksum or download."""
    source = SOURCES[name]
    (file,) = source.checksums
    path = Path(os.environ["BRAIN_DATA"]) / source.folder / file
    if not path.is_file():
        raise UserError(f"cannot get {name}")
    return (path,)


@given(st.text())
def test_a_text_survives_its_ids(written: str) -> None:
    vocabulary = Vocabulary.of(written)
    ids = vocabulary.encode(written)
    assert ids.dtype == np.int64
    assert ids.shape == (len(written),)
    assert len(vocabulary) == len(set(written))
    assert vocabulary.decode(ids) == written
    assert sorted(set(ids.tolist())) == list(range(len(vocabulary)))


@given(st.text(min_size=1), st.data())
def test_ids_survive_their_text(known: str, draw: st.DataObject) -> None:
    vocabulary = Vocabulary.of(known)
    ids = draw.draw(st.lists(st.integers(0, len(vocabulary) - 1)))
    assert vocabulary.encode(vocabulary.decode(ids)).tolist() == ids


def test_ids_are_in_the_order_of_code_points() -> None:
    vocabulary = Vocabulary.of("to be\n")
    assert vocabulary.characters == "\n beot"
    assert vocabulary.encode("bet").tolist() == [2, 3, 5]


@given(st.text(alphabet="abc", min_size=1), st.text(alphabet="abc"))
def test_a_strange_character_is_named_with_its_place(before: str, after: str) -> None:
    with pytest.raises(UserError, match=f"the character 'é' at {len(before)} is not among"):
        Vocabulary("abc").encode(f"{before}é{after}ü")


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([0, 3], r"in 0\.\.2, not 0\.\.3"),
        ([-1], "not -1"),
        ([0.0], "whole numbers"),
        ([[0, 1]], r"not int64 \(1, 2\)"),
    ],
)
def test_ids_of_nothing_are_refused(ids: Any, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Vocabulary("abc").decode(ids)


@pytest.mark.parametrize("characters", ["ba", "aab"])
def test_a_vocabulary_is_sorted(characters: str) -> None:
    with pytest.raises(UserError, match="must be sorted"):
        Vocabulary(characters)


def shown(x: np.ndarray, written: str) -> list[str]:
    vocabulary = Vocabulary.of(written)
    return [vocabulary.decode(row) for row in x]


@pytest.mark.parametrize(("length", "stride"), [(10, None), (10, 1), (7, 3), (3, 50)])
def test_windows_and_what_follows(planted: str, length: int, stride: int | None) -> None:
    every = texts.characters("numbered", length=length, stride=stride, test_fraction=0.2)
    last = texts.characters(
        "numbered", length=length, stride=stride, test_fraction=0.2, target="last"
    )
    for low, high, x, y, end in (
        (0, 800, every.x_train, every.y_train, last.y_train),
        (800, 1000, every.x_test, every.y_test, last.y_test),
    ):
        starts = range(low, high - length, stride or length)
        assert shown(x, planted) == [planted[i : i + length] for i in starts]
        assert shown(y, planted) == [planted[i + 1 : i + 1 + length] for i in starts]
        assert shown(end[:, None], planted) == [planted[i + length] for i in starts]


def everything(*arrays: np.ndarray) -> set[int]:
    return {int(i) for array in arrays for i in np.unique(array)}


@pytest.mark.parametrize("length", [1, 16, 63])
@pytest.mark.parametrize("stride", [None, 1, 40])
def test_no_character_is_in_two_parts(planted: str, length: int, stride: int | None) -> None:
    data = texts.characters("numbered", length=length, stride=stride)
    assert data.gap is not None
    train, test = everything(data.x_train, data.y_train), everything(data.x_test, data.y_test)
    assert max(train) < 900 <= min(test)  # ids are places
    part = data.hold_out(0.2)
    held = everything(part.x_test, part.y_test)
    assert max(everything(part.x_train, part.y_train)) < min(held) <= max(held) == max(train)


def test_one_hot_codes_stand_for_the_ids(planted: str) -> None:
    ids = texts.characters("numbered", length=5)
    codes = texts.characters("numbered", length=5, one_hot=True)
    assert codes.x_train.dtype == np.float32
    assert codes.input_shape == (5, 1000)
    np.testing.assert_array_equal(codes.x_train.argmax(axis=-1), ids.x_train)
    np.testing.assert_array_equal(codes.y_test, ids.y_test)


def test_a_text_becomes_a_data_set_without_a_copy(planted: str) -> None:
    data = texts.characters("numbered", length=50, stride=1)
    assert data.x_train.dtype == np.int64
    assert (data.task, data.outputs) == ("classification", 1000)
    assert data.classes == tuple(planted)
    assert np.shares_memory(data.x_train, data.y_train)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"length": 0}, "length must be a whole number"),
        ({"length": 100}, "a window of 101 does not fit into 100 values"),
        ({"stride": 0}, "stride must be a whole number"),
        ({"target": "evry"}, "unknown target 'evry'; did you mean 'every'"),
        ({"one_hot": 1}, "one_hot must be True or False, not 1"),
        ({"test_fraction": 0}, "0 of 1000 characters"),
        ({"test_fraction": 1.5}, "fraction must be a number from 0 to 1"),
    ],
)
def test_bad_options(planted: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        texts.characters("numbered", **options)


@pytest.mark.parametrize(
    ("name", "size", "different", "begins"),
    [
        ("hamlet", 162_881, 67, "[The Tragedie of Hamlet by William Shakespeare 1599]"),
        ("tinyshakespeare", 1_115_394, 65, "First Citizen:\n"),
    ],
)
def test_the_published_texts(name: str, size: int, different: int, begins: str) -> None:
    found = real(name)
    assert (found.name, len(found.text), len(found.vocabulary)) == (name, size, different)
    assert found.text.startswith(begins)
    assert found.vocabulary.decode(found.vocabulary.encode(found.text)) == found.text
    assert begins not in repr(found)
    assert f"{size:,} characters" in describe(name).size
    data = load(name)
    assert data.input_shape == (64,)
    assert len(data.x_train) == (round(0.9 * size) - 1) // 64


def test_codes_of_a_long_text_are_refused_before_they_are_made() -> None:
    real("tinyshakespeare")
    with pytest.raises(UserError, match=r"would take 16\.7 GB"):
        load("tinyshakespeare", stride=1, one_hot=True)


def test_the_theory_pages_are_a_text() -> None:
    if not texts.has_theory():
        pytest.skip("theory/ is not on this branch")
    found = text("theory")
    assert describe("theory").available()
    assert found.text.count("\n# ") + 1 >= len(list(texts.THEORY.glob("*.md")))
    assert found.text.index("# Activations") < found.text.index("# Dense")
    assert load("theory").outputs == len(found.vocabulary)
    assert fetch("theory") == ()


def test_theory_on_a_branch_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "THEORY", tmp_path / "theory")
    assert not describe("theory").available()
    for action in (text, load, fetch):
        with pytest.raises(UserError, match="the folder theory/ is not on this branch"):
            action("theory")


def test_a_demo_has_a_text_in_any_case(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if texts.has_theory():
        found, sentence = demo_text()
        assert found.name == "theory"
        assert sentence == "The pages of theory/ stand in for Hamlet: cannot get hamlet"
    monkeypatch.setattr(texts, "THEORY", folder / "theory")
    with pytest.raises(UserError, match="cannot get hamlet"):
        demo_text()
    (folder / "text").mkdir()
    (folder / "text" / "hamlet.txt").write_text("To be, or not", encoding="utf-8")
    found, sentence = demo_text()
    assert (found.text, sentence) == ("To be, or not", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"caf\xe9 \xff", "it is no text in UTF-8, at byte 3"),
        (b"x" * 101, "it is larger than 100 bytes"),
    ],
)
def test_a_damaged_text(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(texts, "LARGEST", 100)
    (folder / "text").mkdir()
    path = folder / "text" / "hamlet.txt"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words) as caught:
        text("hamlet")
    assert str(caught.value).startswith(f"cannot read {path}: ")


def test_an_unknown_text() -> None:
    with pytest.raises(UserError, match="unknown text 'hamelt'; did you mean 'hamlet'"):
        text("hamelt")


def test_line_ends_are_characters(folder: Path) -> None:
    (folder / "text").mkdir()
    (folder / "text" / "hamlet.txt").write_bytes(b"To be\r\nor not")
    assert text("hamlet").text == "To be\r\nor not"
