"""The guard against becoming slow: ratios to plain PyTorch of the same run, held against bounds.

Ratios, for seconds would be the machine's. The bounds stand in `bounds.toml`, each with its reason.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.figures import geometric_mean
from benchmarks.results import Results

BOUNDS = Path(__file__).parent / "bounds.toml"
MEAN = "geometric mean"
SMALL = ("mlp-tiny", "mlp-small")
"""Nothing but overhead: not in the mean."""


@dataclass(frozen=True)
class Bound:
    """The most that NumPy's step may take, by plain PyTorch's; and where that is from."""

    most: float
    reason: str


@dataclass(frozen=True)
class Held:
    """A ratio against its bound; None where it could not be had, which holds nothing."""

    name: str
    ratio: float | None
    bound: Bound
    noisy: bool = False

    @property
    def holds(self) -> bool:
        return self.ratio is not None and self.ratio <= self.bound.most

    @property
    def sentence(self) -> str:
        if self.ratio is None:
            return f"{self.name}: no ratio could be measured; the table says why"
        word = "holds" if self.holds else "IS BROKEN"
        text = f"{self.name}: {self.ratio:.2f}, and {self.bound.most:.2f} {word}"
        text += "" if self.holds else f" ({self.bound.reason})"
        return f"{text}; but that is noisy: measure again in quiet" if self.noisy else text


def bounds(path: Path = BOUNDS) -> dict[str, Bound]:
    """The committed bounds, by workload, and that of the geometric mean."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Bound(float(t["most"]), t["reason"]) for name, t in tables.items()}


def held(results: Results, bounds: dict[str, Bound]) -> list[Held]:
    """Every measured workload against its bound; the mean too, where all it is over are there."""
    ratios: dict[str, float | None] = {}
    noisy = set()
    for rows in results.groups().values():
        found = [line for line in report.lines(rows) if line.row.contender == "numpy"]
        step = next((line.against for line in found if line.phase == "step"), None)
        base = report.base_of(rows)
        plain = step if base and base.contender == report.BASES[0] else None
        ratios[rows[0].workload] = plain.median if plain else None
        noisy |= {rows[0].workload} if plain and plain.noisy else set()
    verdicts = [Held(n, ratios[n], bounds[n], n in noisy) for n in ratios if n in bounds]
    wanted = [name for name in bounds if name not in (MEAN, *SMALL)]
    if MEAN in bounds and set(wanted) <= set(ratios):
        known = [ratio for name in wanted if (ratio := ratios[name])]
        mean = geometric_mean(known) if len(known) == len(wanted) else None
        verdicts.append(Held(MEAN, mean, bounds[MEAN]))
    return verdicts
