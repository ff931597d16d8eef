"""The tables of a comparison, for a reader with 80 columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from brain.compare.findings import Finding, Noise, Verdict, largest
from brain.compare.judge import NUDGES
from brain.compare.report import Training
from brain.compare.runs import BATCH_SIZE

STYLES = {"equal": "green", "reference": "dim", "undecided": "yellow", "differs": "bold red"}


def verdict_table(verdicts: Sequence[Verdict], noise: Sequence[Noise]) -> Table:
    """A section for each model, a row for each dtype and engine: every error, in one number each.

    "budget used" is the largest share of its budget that any of them takes; over 100 % is red.
    """
    quantities = [q for q in verdicts[0].quantities if q != "predictions"]  # shown with outputs
    table = _table("Relative error of each engine against numpy")
    table.add_column("", overflow="fold")
    for heading in (*quantities, "budget used", "verdict"):
        shown_as = heading.replace(" ", "\n").replace("gradi", "gradi-\n")
        table.add_column(shown_as, justify="right", no_wrap=True)
    for floor in noise:
        table.add_row(Name(floor.model, style="bold"))
        for verdict in (v for v in verdicts if v.model == floor.model):
            name = Name(verdict.engine, f"  {verdict.dtype} ")
            table.add_row(name, *_cells(verdict, quantities))
        cells = ["" if (d := floor.of(q)) is None else f"{d:.0e}" for q in quantities]
        table.add_row("  rounding alone", *cells, style="dim", end_section=True)
    table.caption = ROUNDING_ALONE + _exceptions(noise)
    return table


ROUNDING_ALONE = (
    "rounding alone: numpy in float32 against numpy in float64; after steps the largest distance "
    "of three runs, two of them from a start that is moved by one rounding"
)


@dataclass(frozen=True)
class Name:
    """A name in a cell: an import path is broken behind its dots, colon, hyphens
    and underscores.

    `before` stands before it, and is alone on its line where the two do not fit together; a part
    that is itself too long is broken anywhere.
    """

    name: str
    before: str = ""
    style: str = ""

    def lines(self, width: int) -> Iterator[str]:
        """The lines of a cell so wide; all but the first stand a little further right."""
        if len(self.before + self.name) <= width:
            yield self.before + self.name
            return
        indent = " " * (len(self.before) - len(self.before.lstrip()) + 2) if self.before else ""
        line = indent
        if self.before:
            yield self.before.rstrip()
        for part in self.parts:
            if line.strip() and len(line + part) > width:
                yield line
                line = indent
            line += part
            while len(line) > width > len(indent):
                yield line[:width]
                line = indent + line[width:]
        yield line

    @property
    def parts(self) -> list[str]:
        """`scratch.`, `engine:`, `NumpyNetwork`."""
        return re.findall(r"[^.:_-]*[.:_-]|[^.:_-]+", self.name)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max(map(len, [*self.parts, self.before.rstrip()]))
        return Measurement(min(longest, options.max_width), len(self.before + self.name))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n".join(self.lines(options.max_width)), self.style, overflow="fold")


def _cells(verdict: Verdict, quantities: Sequence[str]) -> list[Text]:
    shown = dict(verdict.quantities)
    shown["outputs"] = largest([shown["outputs"], shown.pop("predictions")])
    numbers = [_number(shown[quantity]) for quantity in quantities]
    used = max(finding.share for finding in verdict.quantities.values())
    return [*numbers, _percent(used, verdict.answer), _answer(verdict.answer)]


def _exceptions(noise: Iterable[Noise]) -> str:
    """Which models' steps had batches of another size, and which models needed more runs."""
    other: dict[tuple[int, int], list[str]] = {}
    for floor in noise:
        if floor.batch_size != BATCH_SIZE:
            other.setdefault((floor.batch_size, floor.samples), []).append(floor.model)
    more = [f"{floor.model} ({floor.runs})" for floor in noise if floor.runs > NUDGES + 1]
    runs = f"; of more runs where an engine went further: {', '.join(more)}" if more else ""
    return runs + "".join(
        f"\nsteps of {size} samples, from {samples}, in place of {BATCH_SIZE}: {', '.join(models)}"
        for (size, samples), models in other.items()
    )


def training_table(trainings: Iterable[Training]) -> Table:
    """One row for each data set and engine: score, seconds, and the difference of the losses."""
    table = _table("One recipe, trained by every engine")
    for heading in ("data", "model", "engine"):
        table.add_column(heading, overflow="fold")
    for heading in ("test\nscore", "seconds", "loss\napart", "budget\nused", "verdict"):
        table.add_column(heading, justify="right", no_wrap=True)
    for training in trainings:
        for engine, score in training.scores.items():
            found, answer = training.findings.get(engine), training.answer(engine)
            table.add_row(
                Name(training.data),
                Name(training.model),
                Name(engine),
                f"{score:.2%}" if training.metric == "accuracy" else f"{score:.4f}",
                f"{training.seconds[engine]:.1f}",
                _number(found["loss"]) if found else "",
                _percent(max(f.share for f in found.values()), answer) if found else "",
                _answer(answer),
            )
        table.add_section()
    table.caption = "loss apart: the largest difference from numpy's in the first 100 steps"
    return table


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
    )


def _number(finding: Finding) -> Text:
    return Text(f"{finding.error:.0e}", "" if finding.within else STYLES[finding.answer])


def _percent(share: float, answer: str) -> Text:
    shown = f"{share:.0%}" if share < 10 else f"{share:.0e}x".replace("infx", "inf")
    return Text("<1%" if share < 0.01 else shown, "" if share <= 1 else STYLES[answer])


def _answer(answer: str) -> Text:
    return Text(answer, STYLES[answer])
