"""The demo learns what counting finds, draws the same for the same seed, and needs no network."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from brain import data
from brain.data import texts
from scratch.demos import letters
from scratch.testing.staged import quick

SENTENCE = "The pages of theory/ stand in for Hamlet: there is no network."
VERSE = "".join(f"the {a}at sat on the {b}at, and then?\n" for a in "bcfhmprs" for b in "mhcr") * 50


@pytest.fixture(autouse=True)
def little_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short text in place of the demo's."""
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    monkeypatch.setattr(data, "demo_text", lambda: (data.text("theory"), SENTENCE))
    monkeypatch.setattr(texts, "has_theory", lambda: True)


def run(out: Path, seed: int = 0) -> tuple[list[Path], str]:
    return quick(letters.run, out, seed)


def test_it_learns_what_counting_finds_and_says_so(tmp_path: Path) -> None:
    _, said = run(tmp_path)
    found = re.search(r": ([\d.]+) on what it read, where counted pairs give ([\d.]+)", said)
    assert found
    learned, counted = map(float, found.groups())
    assert counted - 0.001 <= learned < counted + 0.1
    assert SENTENCE in said
    assert re.search(r"^it writes: \S.{20,}$", said, re.MULTILINE)


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    (one,), said = run(tmp_path / "one")
    (again,), said_again = run(tmp_path / "again")
    (other,), said_other = run(tmp_path / "other", seed=1)
    assert said == said_again != said_other
    assert one.name == "letters-pairs.png"
    picture = one.read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert again.read_bytes() == picture != other.read_bytes()


def test_pairs_are_counted_as_a_loop_would() -> None:
    dataset = data.load("theory", length=letters.LENGTH, one_hot=True)
    pairs = letters.count_pairs(dataset)
    ids = data.text("theory").vocabulary.encode(VERSE)
    wanted = np.zeros_like(pairs)
    for i in range(dataset.y_train.size):
        wanted[ids[i], ids[i + 1]] += 1
    np.testing.assert_array_equal(pairs, wanted)


def test_entropy_is_that_of_the_pairs() -> None:
    assert letters.entropy(np.array([[0.0, 7.0], [3.0, 0.0]])) == 0  # all is certain
    assert letters.entropy(np.full((4, 4), 2.0)) == pytest.approx(np.log(4))
    mixed = np.array([[1.0, 3.0], [0.0, 4.0]])
    wanted = (np.log(4) + 3 * np.log(4 / 3)) / 8
    assert letters.entropy(mixed) == pytest.approx(wanted)
    assert letters.frequencies(mixed).tolist() == [[0.25, 0.75], [0, 1]]
    assert not letters.frequencies(np.zeros((2, 2))).any()


def test_a_sample_follows_the_table() -> None:
    cycle = np.roll(np.eye(3), 1, axis=1)  # a, b, c, a, ...
    assert letters.sample(cycle, data.Vocabulary("abc"), 0, length=7) == "bcabcab"
    fair = letters.sample(np.full((2, 2), 0.5), data.Vocabulary("ab"), 3, length=4000)
    assert fair.count("a") == pytest.approx(2000, abs=150)
