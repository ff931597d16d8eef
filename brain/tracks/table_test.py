"""tracks.toml: read whole, and a mistake in it is a sentence that names the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.testing.clones import TRACKS
from brain.testing.refusals import refusal
from brain.tracks import table


def test_the_table_is_read() -> None:
    tracks = table.parse(TRACKS)
    assert list(tracks) == ["main", "scratch", "cnn"]
    assert tracks["scratch"].requirement == '".[sklearn]"'
    assert tracks["cnn"].requirement == "."
    assert tracks["cnn"].note == "Be patient."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[cnn]", "[cnn", "tracks.toml: Expected"),
        ('branch = "CNN"\n', "", "cnn.branch: Field required"),
        ('branch = "CNN"', 'branch = "-c"', "cnn.branch: String should match"),
        ('branch = "CNN"', 'branch = "SCRATCH"', "two tracks have the branch 'scratch'"),
        ('note = "Be patient."', 'notes = "x"', "cnn.notes: Extra inputs"),
        ('title = "Vision"', 'title = "Vi\\nsion"', "cnn.title: String should match"),
        ('folders = ["brain", "cnn"', 'folders = ["../up", "cnn"', "main.folders.0"),
        ('[main]\nbranch = "main"', '[main]\nbranch = "trunk"', "no [main]"),
        ("[main]", "[whole]", "no [main]"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, words: str) -> None:
    assert old in TRACKS
    text = refusal(lambda: table.parse(TRACKS.replace(old, new)))
    assert text.startswith("tracks.toml: ")
    assert words in text


def test_no_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(table, "ROOT", tmp_path)
    assert "tracks.toml is not here: run this in a clone" in refusal(table.tracks_here)


@pytest.mark.parametrize(
    ("name", "key"),
    [("cnn", "cnn"), ("CNN", "cnn"), ("Scratch", "scratch"), ("SCRATCH", "scratch")],
)
def test_a_track_is_found_by_its_name_or_branch(name: str, key: str) -> None:
    assert table.find(name, table.parse(TRACKS)) == key


def test_an_unknown_track_is_refused() -> None:
    text = refusal(lambda: table.find("scrach", table.parse(TRACKS)))
    assert "did you mean 'scratch'?" in text
    assert "unknown track '--'" in refusal(lambda: table.find("--", table.parse(TRACKS)))
