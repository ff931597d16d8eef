"""What was measured, as it is kept: one JSON file with everything that a figure is made from.

The schema, version 1. Times are seconds, memory is bytes, energy is joules; numbers have four
digits.

- `format`, `schema`: "inside-ai-brain bench", 1. Another schema is refused, never guessed at.
- `command`, `begun`, `complete`: what made it, when (UTC), and whether it ended by itself.
- `machine`: `benchmarks.machine.facts`: versions, processor, cores, threads, BLAS, GPU, revision.
- `settings`: seed, most rounds, seconds of a turn and of the pause before it; the load before.
- `peaks`: by device and precision, "cpu float32": the most operations a second of a matrix product.
- `rows`: one for each workload, batch size, width, device, precision and contender (`Row`).

A row's `phases` hold the raw samples: `seconds[round][i]` is one call's share of the i-th block of
calls in a round. The k-th rounds of all rows of a workload were measured side by side.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from benchmarks.machine import same
from brain.errors import UserError, brief, shown
from brain.outputs import write_whole

FORMAT = "inside-ai-brain bench"
SCHEMA = 1

Key = tuple[str, int, float, str, str]


@checked
@dataclass
class Phase:
    """Samples of one phase; an epoch also has `steps`, of how many in the `whole`, and its loss."""

    seconds: list[list[float]] = field(default_factory=list)
    joules: list[float] = field(default_factory=list)
    steps: int | None = None
    whole: int | None = None
    loss: float | None = None


@checked
@dataclass
class Row:
    """One contender on one workload.

    `absent` says why there is nothing else. `first` are the seconds of the first import, build,
    place, forward and step; `starts` the same in fresh processes, and `whole` from the process's
    start to the end of its first step. `memory`: how much the process grew, `now` and at `most`;
    `device`.
    """

    workload: str
    batch_size: int
    width: float
    device: str
    precision: str
    contender: str
    flops: dict[str, int] = field(default_factory=dict)
    absent: str | None = None
    agrees: bool | None = None
    verdict: str = ""
    notes: dict[str, str | int] = field(default_factory=dict)
    memory: dict[str, int | None] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    starts: list[dict[str, float]] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """What it has in common with the rows that it was measured beside."""
        return self.workload, self.batch_size, self.width, self.device, self.precision

    @property
    def title(self) -> str:
        return title(self.key)


@checked
@dataclass
class Results:
    """A whole run."""

    command: str
    begun: str
    machine: dict[str, Any]
    settings: dict[str, float]
    peaks: dict[str, float] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    complete: bool = False
    format: str = FORMAT
    schema: int = SCHEMA

    def groups(self) -> dict[Key, list[Row]]:
        """The rows that were measured side by side, in the order of measuring."""
        found: dict[Key, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.key, []).append(row)
        return found

    def save(self, path: Path) -> None:
        """Write it whole, over what was there."""
        write_whole(path, json.dumps(_rounded(asdict(self)), indent=None) + "\n")


def title(key: Key) -> str:
    """`cnn-mnist, batch 32, cpu, float32`."""
    workload, batch_size, width, device, precision = key
    wider = "" if width == 1 else f", {width:g} times as wide"
    return f"{workload}, batch {batch_size}{wider}, {device}, {precision}"


def load(path: Path) -> Results:
    """Read a result; UserError for what is none, or is of another schema."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}.") from None
    except ValueError as error:
        raise UserError(f"{path} is no JSON: {brief(error)}.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UserError(f"{path} is no result of brain bench.")
    if found.get("schema") != SCHEMA:
        theirs = shown(found.get("schema"))
        raise UserError(f"{path} has schema {theirs}, and only {SCHEMA} is known: measure anew.")
    try:
        return _READER.validate_python(found)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise UserError(f"{path} is damaged: {place}: {brief(fault['msg'])}.") from None


def baseline(path: Path, machine: dict[str, Any]) -> Results:
    """An earlier result to compare with; UserError where it is another machine's."""
    found = load(path)
    if differs := same(machine, found.machine):
        raise UserError(f"{path} was measured on another machine: {differs}.")
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


_READER = TypeAdapter(Results)
