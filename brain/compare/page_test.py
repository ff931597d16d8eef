"""The page of a comparison: everything in one file, and what it says is what was found."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from brain.testing.invoked import brain, done, sentence

pytest.importorskip("scratch", reason="the engine that these tests run is not on this branch")

PASS = ("outputs", "predictions", "loss", "gradients")
QUICK = ("--steps", 3, "--dtype", "float64")


class Tags(HTMLParser):
    """The tags that are open, which must all be closed, and what is fetched from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        for name, value in attrs:
            inside = str(value).startswith(("#", "data:"))
            if name in ("src", "href", "xlink:href") and not inside:
                self.fetched.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_needs_nothing_else_and_says_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    engines = "scratch.testing.faulty:Clean,scratch.testing.faulty:WrongSign"
    answer = brain("compare", "mlp-tanh", "--engines", engines, *QUICK, "--html", path)
    assert answer.code == 1
    assert f"wrote {path}" in " ".join(answer.out.split())
    text = path.read_text(encoding="utf-8")
    tags = Tags(text)
    assert (tags.open, tags.fetched) == ([], [])
    assert "<b>dense2, backward</b>. Cause: the gradient of bias has the wrong sign" in text
    assert text.count("<svg") == 3  # by layer, by step, and where the first difference lies
    for word in ("dense1.weight", "step 3, one by one", "Rounding alone", "class=differs"):
        assert word in text
    alone = text[text.index("Rounding alone") :]
    rows = dict(re.findall(r"<tr><td>([\w ]+)</td><td>([\d.e-]+)</td></tr>", alone))
    assert set(rows) == {*PASS, "after 1 steps", "after 3 steps"}
    assert all(1e-9 < float(rows[name]) < 1e-5 for name in rows)
    assert not re.search(r"url\((?!#)|@import", text)


def test_equal_engines_have_no_cause(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    done("compare", "mlp", "--engines", "scratch.testing.faulty:Clean", *QUICK, "--html", path)
    text = path.read_text(encoding="utf-8")
    assert "Cause" not in text
    assert text.count("<svg") == 2


def test_it_is_refused_before_the_work() -> None:
    text = sentence("compare", "mlp", "--engines", "numpy", "--html", "/proc/no/r.html")
    assert "besides it" in text
    engines = ("--engines", "scratch.testing.faulty:Clean")
    assert "cannot write" in sentence("compare", "mlp", *engines, "--html", "/proc/no/r.html")
