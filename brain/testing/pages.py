"""What holds for the pages of all tracks."""

from __future__ import annotations

from pathlib import Path

from brain.tracks.links import links

MOST = 200_000
"""Bytes of a picture on a page: it is kept in git for good."""


def check_pictures(page: Path) -> None:
    """The pictures that a page shows from its own folders are there, and small."""
    text = page.read_text(encoding="utf-8")
    shown = [x for x in links(text) if x.endswith(".png") and not x.startswith("https:")]
    assert shown
    for link in shown:
        path = page.parent / link
        assert path.read_bytes()[:4] == b"\x89PNG", link
        assert path.stat().st_size < MOST, link
