"""What the pages say of the code, and the code of the pages: citations, links, examples."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from brain import spec

THEORY = Path(__file__).resolve().parent
ROOT = THEORY.parent
README, ROSETTA = THEORY / "README.md", THEORY / "rosetta.md"
LAYERS = [
    cls
    for cls in (getattr(spec, name) for name in spec.__all__)
    if isinstance(cls, type) and issubclass(cls, spec.Layer) and is_dataclass(cls)
]
PAGES = sorted(path for path in THEORY.glob("*.md") if path not in (README, ROSETTA))
SECTIONS = ("What it is for", "Worked example", "Why it is done so", "Where the code is", "Sources")
FOLDERS = {init.parent.name for init in ROOT.glob("*/__init__.py")}
MAY_BE_MISSING = {"torch_nn", "tf_nn", "cnn", "rnn", "benchmarks"} - FOLDERS
"""Tracks that this branch does not have; what a page says of them cannot be checked here.

A page that only they cite is missing with them; an equation that only they compute looks uncited.
"""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
each_text = pytest.mark.parametrize("page", [README, ROSETTA, *PAGES], ids=lambda path: path.stem)


class Citation(NamedTuple):
    """`where` (file and line) cites equation `number` of `page`, or, without one, the page."""

    where: str
    page: str
    number: int | None


PAGE = re.compile(r"theory/([\w-]+)\.md")
NUMBERS = r"\(\d+\)(?:(?:, | to )\(\d+\))*"
AFTER_PAGE = re.compile(rf" ({NUMBERS})")
ALONE = re.compile(rf'(?:# |\. )({NUMBERS})(?=$|[\s:]|""")')


def citations(text: str, name: str) -> Iterator[Citation]:
    """What `text` cites. A number without a page belongs to the page that was named last."""
    page = ""
    for count, line in enumerate(text.splitlines(), start=1):
        where = f"{name}:{count}"
        for named in PAGE.finditer(line):
            page = named[1]
            yield Citation(where, page, None)
            if after := AFTER_PAGE.match(line, named.end()):
                yield from (Citation(where, page, n) for n in numbers(after[1]))
        if page and not PAGE.search(line) and (alone := ALONE.search(line)):
            yield from (Citation(where, page, n) for n in numbers(alone[1]))


def numbers(cited: str) -> list[int]:
    """`(2), (3)` is 2 and 3; `(2) to (4)` is 2, 3 and 4."""
    found = [int(n) for n in re.findall(r"\d+", cited)]
    return list(range(found[0], found[-1] + 1)) if " to " in cited else found


def tags(page: Path) -> list[int]:
    return [int(n) for n in re.findall(r"\\tag\{(\d+)\}", page.read_text(encoding="utf-8"))]


def prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)


def all_citations() -> list[Citation]:
    sources = [path for folder in sorted(FOLDERS) for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        citation
        for path in sources
        if path.parent != THEORY
        for citation in citations(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    ]


def test_citations_are_found_in_all_their_forms() -> None:
    text = '# theory/a.md (1)\n# (2), (3): why\n"""Loops. (4) to (6)"""\nx(7)  # theory/b.md\n# (8)'
    assert [(c.page, c.number) for c in citations(text, "x.py") if c.number] == [
        *(("a", n) for n in range(1, 7)),
        ("b", 8),
    ]


def test_every_citation_points_to_a_page_and_an_equation() -> None:
    known = {page.stem: {None, *tags(page)} for page in PAGES}
    known |= {page.stem: {None} for page in (README, ROSETTA)}
    found = all_citations()
    wrong = [citation for citation in found if citation.number not in known.get(citation.page, ())]
    assert not wrong, f"no such page or equation: {wrong}"
    assert {("dense", 4), ("activations", 20), ("losses", 6), ("optimizers", 12)} <= {
        (citation.page, citation.number) for citation in found
    }


REMARKS = {
    ("batchnorm", 11),  # what vanishes before a norm
    ("layernorm", 6),
    ("rnn", 8),  # how a gradient dies out, or does not, over many steps or blocks
    ("lstm", 9),
    ("residual", 3),
    ("embedding", 2),  # reading a row, said as a product
    ("dropout", 3),  # the mean and the variance of a mask
    ("initial-values", 1),  # on the way to the rules
    ("initial-values", 3),
}
"""Equations that say what follows from others: no line of code computes them."""


def test_all_other_equations_are_cited() -> None:
    cited = {(citation.page, citation.number) for citation in all_citations()}
    here = {(page.stem, tag) for page in PAGES for tag in tags(page)}
    if MAY_BE_MISSING:
        assert not cited & REMARKS
    else:
        assert here - cited == REMARKS


@each_page
def test_equations_are_numbered_in_order(page: Path) -> None:
    assert tags(page) == list(range(1, len(tags(page)) + 1))
    assert tags(page), "a page without an equation"


@each_page
def test_every_equation_has_a_test(page: Path) -> None:
    stem = page.stem.replace("-", "_")
    tests = (THEORY / f"{stem}_test.py").read_text(encoding="utf-8")
    names = re.findall(rf"^def test_{stem}_((?:\d+_)+)", tests, flags=re.M)
    tested = [int(n) for name in names for n in name.split("_") if n]
    assert set(tested) == set(tags(page))


@each_page
def test_every_page_has_the_same_sections(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", prose(page), flags=re.M)
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)


@each_text
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose(page)):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        top = target.relative_to(ROOT).parts[0]
        assert target.exists() or top in MAY_BE_MISSING, f"{page.name}: {link}"
        if anchor and target.exists():
            headings = re.findall(r"^#+ (.+)$", prose(target), flags=re.M)
            assert anchor in {re.sub(r"[^\w-]", "", h.lower().replace(" ", "-")) for h in headings}


@each_text
def test_every_file_that_is_named_exists(page: Path) -> None:
    for path in re.findall(r"`((?:\w+/)+\w+\.(?:py|md))`", prose(page)):
        top = path.split("/")[0]
        may_be_missing = top in MAY_BE_MISSING or (top == "theory" and bool(MAY_BE_MISSING))
        assert may_be_missing or (ROOT / path).exists(), path


def test_the_readme_lists_every_page() -> None:
    listed = re.findall(r"^\d+\. \[[^\]]*\]\(([\w-]+)\.md\)", prose(README), flags=re.M)
    assert sorted(listed) == [page.stem for page in PAGES]


@each_text
def test_mathematics_survives_github(page: Path) -> None:
    """GitHub refuses \\operatorname, and Markdown eats a backslash before punctuation."""
    for formula in re.findall(r"\$\$.+?\$\$|\$[^$]+\$", prose(page), flags=re.S):
        assert not re.search(r"\\operatorname|\\[^\w\s]|[<>*]", formula), formula
        assert formula.startswith("$$") or "\n" not in formula, f"a line ends within {formula}"


@each_page
def test_examples_give_what_the_page_shows(page: Path) -> None:
    inside, lines = False, []
    for line in page.read_text(encoding="utf-8").splitlines():
        fence = line.startswith("```")
        lines.append(line if inside and not fence else "")  # so that line numbers stay
        inside = line == "```python" if fence else inside
    example = doctest.DocTestParser().get_doctest("\n".join(lines), {}, page.stem, str(page), 0)
    assert example.examples, "a page without an example"
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert not report, "".join(report)


def subjects(page: Path) -> set[str]:
    """What a page is of: its title, and what "Where the code is" has as `code`."""
    title, text = page.read_text(encoding="utf-8").split("\n", 1)
    section = text.partition("## Where the code is\n")[2].partition("\n## ")[0]
    return {title.removeprefix("# "), *re.findall(r"`(\w+)`", section)}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_every_layer_has_its_page(layer: type[spec.Layer]) -> None:
    pages = [page.stem for page in PAGES if layer.__name__ in subjects(page)]
    assert len(pages) == 1, f"pages of {layer.__name__}: {pages}"
