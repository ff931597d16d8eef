"""Both experiments run, are told of and drawn; the same twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brain import data
from brain.data import texts
from rnn.demos import truncation
from scratch.testing.staged import repeats

VERSE = "".join(f"the {a}at sat on the {b}at, and then?\n" for a in "bcfhmprs" for b in "mhcr") * 50


def test_it_tells_of_windows_and_of_clipping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    monkeypatch.setattr(data, "demo_text", lambda: (data.text("theory"), "Hamlet is not here."))
    names = ("truncation-windows.png", "truncation-clipping.png")
    said = repeats(truncation.run, tmp_path, *names)
    assert "Hamlet is not here." in said
    for window in truncation.WINDOWS:
        assert re.search(rf"^window +{window}, held-out nats a character: carried \d", said, re.M)
    assert re.search(r"^clipped at 1: \d.*longest gradient [\d.e+]+$", said, re.M)
    assert re.search(r"^not clipped: ", said, re.M)
