"""The demo learns a little, then every picture is drawn; the same twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brain import data
from brain.data import texts
from rnn.demos import cells
from scratch.testing.staged import quick

VERSE = "".join(f"the {a}at sat on the {b}at, and then?\n" for a in "bcfhmprs" for b in "mhcr") * 50


def test_it_learns_and_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.TEXTS, "theory", ("Verse", lambda name: VERSE))
    monkeypatch.setattr(data, "demo_text", lambda: (data.text("theory"), None))
    (paths, said), (again, said_again) = (quick(cells.run, tmp_path / k) for k in ("a", "b"))
    kinds = ("states.png", "gates.png", "cells.png", "text.html", "gradients.png")
    assert [path.name for path in paths] == [f"cells-{kind}" for kind in kinds]
    assert said == said_again
    assert all(p.read_bytes() == q.read_bytes() for p, q in zip(paths, again, strict=True))
    found = re.search(r"foretells ([\d.]+)% of the characters", said)
    assert found
    assert float(found[1]) > 25  # the commonest character alone makes 17 %
    assert "lstm1, unit" in said
