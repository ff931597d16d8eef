"""What a comparison found as a whole: for a program (JSON), and in lines below the tables."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from brain import __version__
from brain.compare.findings import ANSWERS, Finding, Noise, Verdict, worst
from brain.compare.tolerances import STEPS_FACTOR

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
    def answer(self) -> str:
        """equal, undecided or differs: the worst of all verdicts and trainings."""
        trained = (t.answer(engine) for t in self.trainings for engine in t.findings)
        return worst([*(v.answer for v in self.verdicts), *trained])

    def to_json(self) -> dict[str, Any]:
        """`{"schema": 1, "models": [...], "trainings": [...], ...}`: errors and their budgets.

        An error that is infinite (a shape that is wrong, a NaN) is None.
        """
        alone = {noise.model: {**noise.one_pass, **noise.distances} for noise in self.noise}
        runs = {
            n.model: {"samples": n.samples, "batch_size": n.batch_size, "runs": n.runs}
            for n in self.noise
        }
        models = [
            {**_model(v), "rounding_alone": alone[v.model], "trajectory": runs[v.model]}
            for v in self.verdicts
        ]
        trainings = [{**asdict(t), "equal": t.equal} for t in self.trainings]
        system = {"python": platform.python_version(), "machine": platform.machine()}
        found = {
            "schema": SCHEMA,
            "brain": __version__,
            "answer": self.answer,
            "equal": self.answer == "equal",
            "reached": reached(self.verdicts),
            "beyond": beyond(self.verdicts),
            "settings": self.settings,
            "versions": self.versions,
            "system": system,
            "models": models,
            "trainings": trainings,
        }
        return {key: strict(value) for key, value in found.items()}


def _model(verdict: Verdict) -> dict[str, Any]:
    fields = asdict(verdict)
    steps = [quantity for quantity in fields["quantities"] if quantity.startswith("step ")]
    after = {key.removeprefix("step "): fields["quantities"].pop(key) for key in steps}
    return {**fields, "parameters_after": after, "answer": verdict.answer, "equal": verdict.equal}


def strict(value: Any) -> Any:
    """`value` with None for each number that is not finite, for which JSON has no word."""
    if isinstance(value, dict):
        return {key: strict(part) for key, part in value.items()}
    if isinstance(value, list):
        return [strict(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def reached(verdicts: Iterable[Verdict]) -> dict[str, dict[str, list[str]]]:
    """The models by dtype and answer; a model's is the worst that any engine gives."""
    found: dict[str, dict[str, list[str]]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.dtype, {}).setdefault(verdict.model, []).append(verdict.answer)
    return {
        dtype: {
            answer: [m for m, own in models.items() if worst(own) == answer] for answer in ANSWERS
        }
        for dtype, models in found.items()
    }


ONE_PASS, WALKED, STEPS = 1e-12, 1e-8, 100
"""What float64 is held to besides its budgets: one pass; parameters after up to so many steps."""


def beyond(verdicts: Iterable[Verdict]) -> dict[str, list[str]]:
    """What float64 does not carry within these bounds: by model, an entry for each engine."""
    found: dict[str, list[str]] = {}
    for verdict in (v for v in verdicts if v.dtype == "float64"):
        wide = []
        for quantity, finding in verdict.quantities.items():
            steps = int(quantity.removeprefix("step ")) if quantity.startswith("step ") else 0
            if steps <= STEPS and not finding.error <= (WALKED if steps else ONE_PASS):
                wide.append(f"{quantity} {finding.error:.0e}")
        if wide:
            found.setdefault(verdict.model, []).append(f"{verdict.engine} {', '.join(wide)}")
    return found


UNDECIDED = (
    "not decided: two runs of one engine part so far by rounding that a difference could hide; as "
    "a rule a single ReLU unit fell on the other side of zero, and took more and more with it"
)


def summary(verdicts: Sequence[Verdict]) -> list[str]:
    """For each dtype: how many models are within what they are held to, and which are not."""
    lines = []
    for dtype, models in reached(verdicts).items():
        count = sum(map(len, models.values()))
        if dtype == "float64":
            wide = beyond(verdicts)
            lines.append(
                f"float64 within {ONE_PASS:.0e} in one pass and {WALKED:.0e} after up to {STEPS} "
                f"steps: {count - len(wide)} of {count} models"
            )
            lines += [f"not reached: {model} ({'; '.join(what)})" for model, what in wide.items()]
        parts = [f"{dtype} within its budgets: {len(models['equal'])} of {count} models"]
        if models["differs"]:
            parts.append(f"not equal: {', '.join(models['differs'])}")
        if models["undecided"]:
            why = (f"{model} ({_noise(model, dtype, verdicts)})" for model in models["undecided"])
            parts.append(f"not decided: {', '.join(why)}")
        lines.append("; ".join(parts))
    if any(models["undecided"] for models in reached(verdicts).values()):
        lines.append(UNDECIDED)
    return lines


def _noise(model: str, dtype: str, verdicts: Iterable[Verdict]) -> str:
    """Where rounding alone leaves a model undecided, and how far it reaches there."""
    found = {
        quantity: f"{quantity}: rounding alone reaches {finding.budget / STEPS_FACTOR:.0e}"
        for verdict in verdicts
        if (verdict.model, verdict.dtype) == (model, dtype)
        for quantity, finding in verdict.quantities.items()
        if finding.answer == "undecided"
    }
    return "; ".join(found.values())


def _told(finding: Finding) -> str:
    """The budget, and where the largest difference of two numbers lies, and how large it is."""
    place = f" at {finding.place}" if finding.place else ""
    size = [] if math.isnan(finding.most) else [f"{finding.most:.2g}"]
    size += [] if math.isnan(finding.ulps) else [f"{finding.ulps:.2g} ULP"]
    where = f"{finding.worst}{place}".strip()
    parts = [f"budget {finding.budget:.1e}", ": ".join(filter(None, (where, ", ".join(size))))]
    return ", ".join(filter(None, parts))


def differences(verdicts: Iterable[Verdict]) -> list[str]:
    """For each verdict that is "differs": the first layer, and every quantity that differs."""
    lines = []
    for verdict in verdicts:
        apart = [
            f"{quantity} {f.error:.1e} ({_told(f)})"
            for quantity, f in verdict.quantities.items()
            if f.answer == "differs"
        ]
        if apart:
            where = f"they part first at {verdict.first}" if verdict.first else ""
            where += f" ({verdict.cause})" if verdict.cause else ""
            where += "; " if where else ""
            lines.append(
                f"{verdict.model}, {verdict.dtype}, {verdict.engine}: {where}{'; '.join(apart)}"
            )
    return lines
