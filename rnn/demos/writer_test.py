"""The demo counts, learns, writes and draws, the same bits twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brain import data
from brain.data import texts
from brain.testing.texts import VERSE
from rnn.demos import writer
from rnn.language import baselines, parts
from scratch.testing.staged import repeats


def test_it_learns_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    monkeypatch.setattr(data, "demo_text", lambda: (data.text("theory"), "Hamlet is not here."))
    monkeypatch.setattr(texts, "has_theory", lambda: True)
    said = repeats(writer.run, tmp_path, "writer-learning.png")
    assert "Hamlet is not here." in said
    counted = baselines(parts("theory"))
    for name, judged in counted.items():
        assert f"{name}: {judged.nats:.3f} nats" in said
    found = re.search(r"^GRU: ([\d.]+) nats", said, re.MULTILINE)
    assert found
    assert float(found[1]) < counted["unigram"].nats  # it has read the verse once
    assert "better than: unigram" in said
    samples = re.findall(r"^the GRU, at ([\d.]+), writes:\n((?: {4}.*\n)+)", said, re.MULTILINE)
    assert [float(temperature) for temperature, _ in samples] == list(writer.TEMPERATURES)
    assert all(len(text.replace("    ", "")) >= 60 for _, text in samples)
