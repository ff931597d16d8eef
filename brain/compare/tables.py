"""The tables of a comparison, for a reader with 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
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
    table.add_column("", overflow="fold")  # an import path may be long
    for heading in (*quantities, "budget used", "verdict"):
        shown_as = heading.replace(" ", "\n").replace("gradi", "gradi-\n")
        table.add_column(shown_as, justify="right", no_wrap=True)
    for floor in noise:
        table.add_row(Text(floor.model, "bold"))
        for verdict in (v for v in verdicts if v.model == floor.model):
            table.add_row(f"  {verdict.dtype} {verdict.engine}", *_cells(verdict, quantities))
        distances = [floor.distances.get(quantity.removeprefix("step ")) for quantity in quantities]
        cells = ["" if d is None else f"{d:.0e}" for d in distances]
        table.add_row("  rounding alone", *cells, style="dim", end_section=True)
    table.caption = ROUNDING_ALONE + _exceptions(noise)
    return table


ROUNDING_ALONE = (
    "rounding alone: numpy in float32 against numpy in float64, the largest distance of "
    "three runs, two of them from a start that is moved by one rounding"
)


def _cells(verdict: Verdict, quantities: Sequence[str]) -> list[Text]:
    shown = dict(verdict.quantities)
    shown["outputs"] = largest([shown["outputs"], shown.pop("predictions")])
    numbers = [_number(shown[quantity]) for quantity in quantities]
    used = max(finding.share for finding in verdict.quantities.values())
    return [*numbers, _percent(used, verdict.answer), _answer(verdict.answer)]


def _exceptions(noise: Iterable[Noise]) -> str:
    """Which models' steps had smaller batches, and which models needed more runs."""
    few: dict[tuple[int, int], list[str]] = {}
    for floor in noise:
        if floor.batch_size < BATCH_SIZE:
            few.setdefault((floor.batch_size, floor.samples), []).append(floor.model)
    more = [f"{floor.model} ({floor.runs})" for floor in noise if floor.runs > NUDGES + 1]
    runs = f"; of more runs where an engine went further: {', '.join(more)}" if more else ""
    return runs + "".join(
        f"\nsteps are of {BATCH_SIZE} samples; of {size}, from {samples}, for {', '.join(models)}"
        for (size, samples), models in few.items()
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
                training.data,
                training.model,
                engine,
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
