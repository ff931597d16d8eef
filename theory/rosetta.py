"""Writes rosetta.md from its table, rosetta.toml, and from what the trap tests have measured.

`nox -s rosetta` runs the tests and then this. No number of the page is written by hand, and no test
that the table names may be missing among those that ran, save where the row says why.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TABLE, PAGE = HERE / "rosetta.toml", HERE / "rosetta.md"
SIDES = {"torch": "torch_nn", "keras": "tf_nn"}
"""Where the tests of each framework are."""
Measured = Mapping[str, list[dict[str, float]]]
"""By test: the error of the naive translation and of ours, for each time it was asked."""

BEGINNING = """\
# Rosetta

Where PyTorch and Keras part, from each other or from the project's
[conventions](README.md#the-conventions): what to know before a model is ported from one to the
other. Every row is held by tests, which run both against the NumPy engine in `scratch/`, mostly in
float64; a framework's own default or form, taken over as it stands, is the naive translation.

**Off by** is the relative error of the naive translation, ||a - b|| / ||b|| over all numbers of an
output, a gradient, or what some steps have changed; a range, where there are several cases. It
depends on the example, but tells a rounding (1e-8) from another model (0.5). The engines of the
project are right to 1e-12 in the same tests. "As here" is a test that finds the framework to agree
with the column "here"; "refused" is an error that the test waits for. Each leads to the test's
file.

This page is written by `nox -s rosetta`, from [rosetta.toml](rosetta.toml), where the tests of each
row are named, and from what these tests measure.
"""
HEAD = "| | PyTorch | Keras | here | off by |\n| --- | --- | --- | --- | --- |\n"
NOTES = {
    "Initial values": """\
Rules are those of `spec.init`. Off by: the same error between the sorted numbers of two large
weights, as the framework draws one and as "here" says; of two draws by one rule it is below 0.02,
and so near to the framework's is the rule that its column names. "Each other" is PyTorch's against
Keras's rule. Engines here never draw: their arrays come from `brain/parameters.py`.
""",
}


@dataclass(frozen=True)
class Side:
    """One framework in a row: what it does, and the tests that show it, as paths of the project."""

    does: str
    off: tuple[str, ...]
    agrees: tuple[str, ...]
    refuses: tuple[str, ...]

    @property
    def tests(self) -> tuple[str, ...]:
        return self.off + self.agrees + self.refuses


@dataclass(frozen=True)
class Row:
    """One difference. `not_measured` is the reason why no number belongs to it, or empty."""

    group: str
    topic: str
    here: str
    torch: Side
    keras: Side
    between: tuple[str, ...]
    not_measured: str

    @property
    def tests(self) -> tuple[str, ...]:
        return self.torch.tests + self.keras.tests + self.between

    @property
    def said(self) -> str:
        """The cells that are said by hand, as on the page."""
        return f"| {self.topic} | {self.torch.does} | {self.keras.does} | {self.here} |"


def table() -> tuple[list[Row], list[str]]:
    """The rows, in order, and the traps that are no difference between the frameworks."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    none = read.pop("no_difference")
    return [row(group, given) for group, rows in read.items() for given in rows], none


def row(group: str, given: dict[str, Any]) -> Row:
    options: dict[str, Any] = {"between": (), "not_measured": "", **given}
    options |= {name: side(given[name], folder) for name, folder in SIDES.items()}
    return Row(group=group, **{**options, "between": tuple(options["between"])})


def side(given: dict[str, Any], folder: str) -> Side:
    kinds = {"off": [], "agrees": [], "refuses": [], **given}
    does = kinds.pop("does")
    return Side(does, **{k: tuple(f"{folder}/{test}" for test in kinds[k]) for k in kinds})


def page(rows: Iterable[Row], measured: Measured) -> str:
    """The text of rosetta.md."""
    parts = [BEGINNING]
    for group, those in groupby(rows, key=lambda row: row.group):
        parts += [f"## {group}\n", *([NOTES[group]] if group in NOTES else [])]
        parts.append(HEAD + "".join(f"{row.said} {off_by(row, measured)} |\n" for row in those))
    return "\n".join(parts)


def off_by(row: Row, measured: Measured) -> str:
    """The last cell: a number or a word for each framework, linked to the file of its test."""
    cells = [f"{name} {found(side, row, measured)}" for name, side in sides(row).items()]
    if row.between:
        cells.append(f"each other {linked(numbers(row.between, row, measured), row.between)}")
    if row.not_measured:
        cells.append(f"not measured: {row.not_measured}")
    return "; ".join(cells)


def sides(row: Row) -> dict[str, Side]:
    return {"PyTorch": row.torch, "Keras": row.keras}


def found(side: Side, row: Row, measured: Measured) -> str:
    """What the tests have found of one framework."""
    if side.off:
        return linked(numbers(side.off, row, measured), side.off)
    if side.refuses:
        return linked("refused", side.refuses)
    return linked("as here", side.agrees)


def linked(text: str, tests: tuple[str, ...]) -> str:
    return f"[{text}](../{tests[0].partition('::')[0]})"


def numbers(tests: tuple[str, ...], row: Row, measured: Measured) -> str:
    """The least and the largest error that these tests have measured, or the one they have."""
    errors = []
    for test in tests:
        cases = [name for name in measured if name == test or name.startswith(f"{test}[")]
        if not cases and row.not_measured:
            return "not measured"
        if not cases:
            raise SystemExit(f"rosetta: {test}, of {row.topic!r}, has measured nothing.")
        errors += [once["naive"] for case in cases for once in measured[case]]
    return " to ".join(dict.fromkeys([digit(min(errors)), digit(max(errors))]))


def digit(number: float) -> str:
    """To one significant digit: 0.5, 30, 2e-9."""
    return re.sub(r"e([+-])0", r"e\1", f"{float(f'{number:.0e}'):g}").replace("e+", "e")


if __name__ == "__main__":
    measured = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    PAGE.write_text(page(table()[0], measured), encoding="utf-8", newline="\n")
    print(f"written: {PAGE}")
