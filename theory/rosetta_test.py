"""The table of rosetta.md, its page and the tests that it names belong together."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from theory.rosetta import PAGE, Row, digit, numbers, off_by, page, sides, table

ROOT = Path(__file__).resolve().parent.parent
ROWS, NO_DIFFERENCE = table()
FOLDERS = [folder for folder in ("torch_nn", "tf_nn") if (ROOT / folder / "__init__.py").exists()]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group}: {row.topic}")
each_folder = pytest.mark.parametrize("folder", ["torch_nn", "tf_nn"])


@cache
def source(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def functions(file: str) -> set[str]:
    """The names of a file's functions, tests among them."""
    found = ast.walk(ast.parse(source(file)))
    return {node.name for node in found if isinstance(node, ast.FunctionDef)}


def lines() -> list[str]:
    """The rows of the page, without its links: on a track's branch some lead elsewhere."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", PAGE.read_text(encoding="utf-8"))
    heads = ("| | PyTorch", "| ---")
    return [line for line in text.splitlines() if line[:1] == "|" and not line.startswith(heads)]


def test_there_are_many_rows_of_every_group() -> None:
    assert len(ROWS) >= 24
    groups = ["Layers", "Recurrent layers", "Losses", "Optimizers", "Initial values"]
    assert list(dict.fromkeys(row.group for row in ROWS)) == groups
    assert len({(row.group, row.topic) for row in ROWS}) == len(ROWS)


@each_row
def test_every_row_has_tests_of_both_frameworks_and_a_difference(row: Row) -> None:
    for framework, side in sides(row).items():
        assert side.tests, framework
        # what `nox -s rosetta` runs
        assert all("::test_trap_" in test for test in side.off + row.between)
    assert row.torch.off or row.keras.off or row.not_measured


@each_row
def test_every_test_that_is_named_exists(row: Row) -> None:
    for test in row.tests:
        file, _, name = test.partition("::")
        if file.partition("/")[0] not in FOLDERS:
            continue  # not on this branch
        name, _, case = name.partition("[")
        assert name in functions(file), test
        assert not case or f'"{case.removesuffix("]")}"' in source(file), test


@each_folder
def test_every_trap_has_its_row(folder: str) -> None:
    if folder not in FOLDERS:
        pytest.skip(f"{folder}/ is not on this branch")
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*_test.py")]
    traps = {
        f"{f}::{name}" for f in files for name in functions(f) if name.startswith("test_trap_")
    }
    named = {test.partition("[")[0] for row in ROWS for test in row.tests} | {*NO_DIFFERENCE}
    assert traps, "no trap was found"
    assert traps <= named, "neither in a row of theory/rosetta.toml nor in its no_difference"
    assert {test for test in NO_DIFFERENCE if test.startswith(folder)} <= traps


def test_the_page_is_that_of_the_table() -> None:
    """Where this fails, `nox -s rosetta` writes the page anew."""
    shown = lines()
    assert len(shown) == len(ROWS)
    for line, row in zip(shown, ROWS, strict=True):
        assert line.startswith(row.said)
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert headings == list(dict.fromkeys(row.group for row in ROWS))


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_every_row_has_a_number_or_says_why_not(number: int) -> None:
    row, line = ROWS[number], lines()[number]
    cell = line.removeprefix(row.said)
    for framework, side in sides(row).items():
        found = re.search(rf"{framework} ([^;|]+?)(?:;| \|)", cell)
        assert found, line
        if row.not_measured:
            assert found[1] in ("not measured", "refused", "as here")
        elif side.off:
            assert re.fullmatch(rf"{NUMBER}( to {NUMBER})?", found[1]), line
        else:
            assert found[1] == ("refused" if side.refuses else "as here")
    assert cell.endswith(f"; not measured: {row.not_measured} |") or not row.not_measured
    assert bool(re.search(rf"; each other {NUMBER} \|$", cell)) == bool(row.between)


NUMBER = r"(?:[1-9]0*|0\.0*[1-9]|[1-9]e-[1-9]\d*)"


def test_the_files_of_the_tests_are_linked() -> None:
    linked = re.findall(r"\]\((\S+_test\.py)\)", PAGE.read_text(encoding="utf-8"))
    named = {test.partition("::")[0] for row in ROWS for test in row.tests}
    assert {"/".join(link.split("/")[-2:]) for link in linked} == named


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.54, "0.5"),
        (1.06, "1"),
        (34.0, "30"),
        (2.3e-9, "2e-9"),
        (1.6e-11, "2e-11"),
        (0.096, "0.1"),
    ],
)
def test_one_digit(number: float, shown: str) -> None:
    assert digit(number) == shown


def test_a_page_of_measurements() -> None:
    """Of a test with cases the range is shown; a test that has not run is named."""
    measured = {test: [{"naive": 0.2, "ours": 0.0}] for row in ROWS for test in row.tests}
    row = next(row for row in ROWS if row.topic == "axes of a sequence")
    (test,) = row.torch.off
    del measured[test]
    with pytest.raises(SystemExit, match=test):
        page(ROWS, measured)
    measured |= {f"{test}[{n}]": [{"naive": n, "ours": 0.0}] for n in (0.51, 0.7)}
    assert numbers(row.torch.off, row, measured) == "0.5 to 0.7"
    assert off_by(row, measured).startswith("PyTorch [0.5 to 0.7](../torch_nn/recurrent_test.py);")
    whole = page(ROWS, measured)
    places = [whole.index(f"{row.said} {off_by(row, measured)} |\n") for row in ROWS]
    assert all(one < two for one, two in pairwise(places))
