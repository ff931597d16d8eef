"""What a comparison found, for a reader (a table) and for a program (JSON)."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from brain import __version__
from brain.compare.judge import Finding, Noise, Verdict, largest

SCHEMA = 1


@dataclass
class Training:
    """One recipe trained by every engine: the scores, and how far apart the losses were."""

    data: str
    model: str
    dtype: str
    scores: dict[str, float]
    seconds: dict[str, float]
    metric: str
    findings: dict[str, dict[str, Finding]]  # by engine, then by quantity

    @property
    def equal(self) -> bool:
        """Whether every engine stayed with the reference."""
        return all(self.answer(engine) == "equal" for engine in self.findings)

    def answer(self, engine: str) -> str:
        """equal or differs; reference for the reference itself."""
        if engine not in self.findings:
            return "reference"
        return "equal" if all(f.within for f in self.findings[engine].values()) else "differs"


@dataclass
class Report:
    """All of one comparison."""

    verdicts: list[Verdict] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        return all(v.equal for v in self.verdicts) and all(t.equal for t in self.trainings)

    def to_json(self) -> dict[str, Any]:
        """`{"schema": 1, "models": [...], "trainings": [...], ...}`: errors and their budgets.

        An error that is infinite (a shape that is wrong, a NaN) is None.
        """
        distances = {noise.model: noise.distances for noise in self.noise}
        models = [{**_model(v), "rounding_alone": distances[v.model]} for v in self.verdicts]
        trainings = [{**asdict(t), "equal": t.equal} for t in self.trainings]
        system = {"python": platform.python_version(), "machine": platform.machine()}
        found = {
            "schema": SCHEMA,
            "brain": __version__,
            "equal": self.equal,
            "settings": self.settings,
            "versions": self.versions,
            "system": system,
            "models": models,
            "trainings": trainings,
        }
        return {key: _strict(value) for key, value in found.items()}


def _model(verdict: Verdict) -> dict[str, Any]:
    fields = asdict(verdict)
    steps = [quantity for quantity in fields["quantities"] if quantity.startswith("step ")]
    after = {key.removeprefix("step "): fields["quantities"].pop(key) for key in steps}
    return {**fields, "parameters_after": after, "answer": verdict.answer, "equal": verdict.equal}


def _strict(value: Any) -> Any:
    """`value` with None for each number that is not finite, for which JSON has no word."""
    if isinstance(value, dict):
        return {key: _strict(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_strict(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def verdict_table(verdicts: Sequence[Verdict], noise: Iterable[Noise]) -> Table:
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
            shown = dict(verdict.quantities)
            shown["outputs"] = largest([shown["outputs"], shown.pop("predictions")])
            numbers = [_number(shown[quantity]) for quantity in quantities]
            used = max(finding.share for finding in verdict.quantities.values())
            table.add_row(
                f"  {verdict.dtype} {verdict.engine}",
                *numbers,
                _percent(used),
                _answer(verdict.answer),
            )
        distances = [floor.distances.get(quantity.removeprefix("step ")) for quantity in quantities]
        cells = ["" if d is None else f"{d:.0e}" for d in distances]
        table.add_row("  rounding alone", *cells, style="dim", end_section=True)
    table.caption = "rounding alone: numpy in float32 against numpy in float64"
    return table


def differences(verdicts: Iterable[Verdict]) -> list[str]:
    """For each verdict that is not "equal": where it begins, and what is over its budget."""
    lines = []
    for verdict in verdicts:
        over = [
            f"{quantity} {f.error:.1e} (budget {f.budget:.1e}{', ' * bool(f.worst)}{f.worst})"
            for quantity, f in verdict.quantities.items()
            if not f.within
        ]
        if over:
            where = f"they part first at {verdict.first}; " if verdict.first else ""
            lines.append(
                f"{verdict.model}, {verdict.dtype}, {verdict.engine}: {where}{'; '.join(over)}"
            )
    return lines


def training_table(trainings: Iterable[Training]) -> Table:
    """One row for each data set and engine: score, seconds, and the difference of the losses."""
    table = _table("One recipe, trained by every engine")
    for heading in ("data", "model", "engine"):
        table.add_column(heading, overflow="fold")
    for heading in ("test\nscore", "seconds", "loss\napart", "budget\nused", "verdict"):
        table.add_column(heading, justify="right", no_wrap=True)
    for training in trainings:
        for engine, score in training.scores.items():
            found = training.findings.get(engine)
            table.add_row(
                training.data,
                training.model,
                engine,
                f"{score:.2%}" if training.metric == "accuracy" else f"{score:.4f}",
                f"{training.seconds[engine]:.1f}",
                _number(found["loss"]) if found else "",
                _percent(max(f.share for f in found.values())) if found else "",
                _answer(training.answer(engine)),
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
    return Text(f"{finding.error:.0e}", "" if finding.within else "bold red")


def _percent(share: float) -> Text:
    shown = f"{share:.0%}" if share < 10 else f"{share:.0e}x".replace("infx", "inf")
    return Text("<1%" if share < 0.01 else shown, "" if share <= 1 else "bold red")


ANSWERS = {"equal": "green", "reference": "dim", "undecided": "yellow", "differs": "bold red"}


def _answer(answer: str) -> Text:
    return Text(answer, ANSWERS[answer])
