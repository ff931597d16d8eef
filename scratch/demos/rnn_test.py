"""The demo writes as it learns, carries its state along, and draws the same bits twice."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from brain import data
from brain.data import Vocabulary, texts
from brain.engine import build
from brain.randomness import generator
from scratch.demos import rnn
from scratch.models import char_rnn_small
from scratch.testing.staged import repeats

VERSE = "".join(f"the {a}at sat on the {b}at, and then?\n" for a in "bcfhmprs" for b in "mhcr") * 50


def test_it_learns_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    monkeypatch.setattr(data, "demo_text", lambda: (data.text("theory"), "Hamlet is not here."))
    monkeypatch.setattr(texts, "has_theory", lambda: True)
    said = repeats(rnn.run, tmp_path, "rnn-loss.png", "rnn-state.png")
    assert "Hamlet is not here." in said
    assert len(re.findall(r"^after +\d+ steps it writes: \S", said, flags=re.M)) >= 3
    found = re.search(r"foretells ([\d.]+)% of the characters", said)
    assert found
    assert float(found[1]) > 25  # the commonest character alone makes 17 %


def test_a_sample_follows_what_the_whole_text_before_it_foretells() -> None:
    """Character by character with the state carried, or all at once: the same probabilities."""
    vocabulary = Vocabulary("\nabcde")
    net = build(char_rnn_small((30,), len(vocabulary)), "numpy", seed=4)
    written = rnn.sample(net, vocabulary, seed=1, length=30)
    assert written == rnn.sample(net, vocabulary, seed=1, length=30)
    assert written != rnn.sample(net, vocabulary, seed=2, length=30)
    ids = np.concatenate([[0], vocabulary.encode(written)])
    p = net.predict_proba(ids[None, :-1])[0]  # (30, V)
    sums = np.cumsum(p, axis=1)
    draws = generator(1, "written text").random(30)
    again = [np.searchsorted(s, d * s[-1], side="right") for s, d in zip(sums, draws, strict=True)]
    assert again == ids[1:].tolist()
