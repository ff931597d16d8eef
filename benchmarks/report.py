"""Results as tables: a workload's contenders side by side, phase by phase."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from benchmarks.figures import (
    NOISY,
    Spread,
    between,
    geometric_mean,
    of_rounds,
    ratio,
    spread,
    written,
)
from benchmarks.results import Results, Row

BASES = ("torch-eager", "tf-graph", "numpy")
"""What the others are held against: the first of them that was measured."""

NOTHING = 0.02
"""Seconds: what a first step takes longer by chance is no compiling."""


@dataclass(frozen=True)
class Line:
    """One contender in one phase; `against` is None for what does not count, or has no base."""

    row: Row
    phase: str
    time: Spread
    against: Spread | None

    @property
    def rate(self) -> float:
        """Operations a second; 0 where they are not counted."""
        return self.row.flops.get(self.phase, 0) / self.time.median

    @property
    def samples(self) -> float:
        """Samples a second."""
        steps = self.row.phases[self.phase].steps or 1
        return self.row.batch_size * steps / self.time.median


def base_of(rows: Sequence[Row]) -> Row | None:
    """Whom the others are held against: it was measured, and agrees."""
    measured = {row.contender: row for row in rows if row.agrees and row.phases}
    return next((measured[name] for name in BASES if name in measured), None)


def lines(rows: Sequence[Row]) -> Iterator[Line]:
    """What was measured of one workload, phase by phase."""
    base = base_of(rows)
    for phase in dict.fromkeys(phase for row in rows for phase in row.phases):
        for row in rows:
            kept = row.phases.get(phase)
            if kept is None or not any(kept.seconds):
                continue
            known = base.phases.get(phase) if base and row.agrees else None
            against = ratio(kept.seconds, known.seconds) if known else None
            yield Line(row, phase, of_rounds(kept.seconds), against)


def table(rows: Sequence[Row], results: Results, earlier: Results | None = None) -> Table:
    """The contenders of one workload; struck out is what computed something else.

    `peak` is the share of the matrix products' peak, `MiB` what the process grew by.
    """
    base = base_of(rows)
    title = f"{rows[0].title}; ratios to {base.contender}" if base else rows[0].title
    shown = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    shown.padding = (0, 0, 0, 1)
    shown.add_column("", no_wrap=True)
    headings = ["median", "quartiles", "ratio", "samples/s", "GFLOP/s", "peak", "MiB"]
    for heading in [*headings, *(["/ before"] if earlier else [])]:
        shown.add_column(heading, justify="right", no_wrap=True)
    phase = ""
    for line in lines(rows):
        if line.phase != phase:
            shown.add_row(line.phase, style="bold")
            phase = line.phase
        cells = [line.row.contender, *_figures(line), _share(line, results), _memory(line.row)]
        cells += [_before(line, earlier)] if earlier else []
        shown.add_row(*cells, style=None if line.row.agrees else "strike")
    return shown


def _figures(line: Line) -> list[str]:
    against = f"{line.against.median:.2f}" if line.against else ""
    rate = f"{line.rate / 1e9:.3g}" if line.rate else ""
    number = f"{line.samples:,.0f}"
    return [written(line.time.median), between(line.time), against, number, rate]


def _share(line: Line, results: Results) -> str:
    peak = results.peaks.get(f"{line.row.device} {line.row.precision}")
    return f"{line.rate / peak:.0%}" if peak and line.rate else ""


def _memory(row: Row) -> str:
    return f"{(row.memory.get('now') or 0) / 2**20:.0f}" if row.memory else ""


def remarks(rows: Sequence[Row]) -> list[str]:
    """What must be known to read a table, a line each: who disagrees, is noisy, is not there."""
    said = []
    for row in rows:
        if row.absent:
            said.append(f"{row.contender}: not measured: {row.absent}")
        elif not row.agrees:
            said.append(f"{row.contender} does not count, for it disagrees: {row.verdict}")
        elif row.notes.get("layout", "default") != "default":
            said.append(f"{row.contender}: images {row.notes['layout']}, faster here")
    found = list(lines(rows))
    if noisy := [f"{line.row.contender} ({line.phase})" for line in found if _noisy(line)]:
        said.append(f"noisy, quartiles more than {NOISY:.0%} apart: {', '.join(noisy)}")
    for line in found:
        kept = line.row.phases[line.phase]
        if kept.joules:
            used = spread(kept.joules).median / line.row.batch_size
            said.append(f"{line.row.contender}, {line.phase}: {used * 1e3:.3g} mJ a sample")
    short = {(k.steps, k.whole) for line in found if (k := line.row.phases[line.phase]).steps}
    said += [f"an epoch cut to {s} of {w:,} steps" for s, w in short if s and w and s < w]
    return said


def _noisy(line: Line) -> bool:
    """By its ratio, where it has one besides its own."""
    own = line.against is None or line.against.low == line.against.high == 1
    return line.time.noisy if own else bool(line.against and line.against.noisy)


def _before(line: Line, earlier: Results) -> str:
    """The time by that of an earlier result; in brackets where the quartiles overlap."""
    for row in earlier.rows:
        if (row.key, row.contender) == (line.row.key, line.row.contender):
            kept = row.phases.get(line.phase)
            if kept and any(kept.seconds):
                then = of_rounds(kept.seconds)
                now, change = line.time, line.time.median / then.median
                apart = now.low > then.high or now.high < then.low
                return f"{change:.2f}" if apart else f"({change:.2f})"
    return ""


def starts(rows: Sequence[Row]) -> Table | None:
    """Cold starts and compile times; None where none were measured."""
    if not any(row.starts for row in rows):
        return None
    title = f"{rows[0].title}: from a process's start to its first step"
    shown = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    shown.add_column("", no_wrap=True)
    for heading in ("all of it", "import", "build", "forward", "step", "compiling"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for row in (row for row in rows if row.starts):
        parts = ("whole", "import", "build", "forward", "step")
        cells = [written(_middle(row, part)) for part in parts]
        compiled = compile_time(row)
        shown.add_row(
            row.contender, *cells, written(compiled) if compiled and compiled > NOTHING else ""
        )
    return shown


def compile_time(row: Row) -> float | None:
    """What the first pass and step take beyond later ones: tracing, compiling, choosing.

    None where the later ones, or the start, were not measured.
    """
    steady = {p: of_rounds(k.seconds).median for p, k in row.phases.items() if any(k.seconds)}
    if not row.starts or not {"forward", "step"} <= set(steady):
        return None
    return sum(max(_middle(row, part) - steady[part], 0.0) for part in ("forward", "step"))


def _middle(row: Row, part: str) -> float:
    found = sorted(start[part] for start in row.starts)
    return found[len(found) // 2]


def means(results: Results, contender: str, phase: str = "step") -> dict[str, float]:
    """Ratios of a contender to the base, by workload, for a summary."""
    found = {}
    for rows in results.groups().values():
        for line in lines(rows):
            if (line.row.contender, line.phase) == (contender, phase) and line.against:
                found[line.row.title] = line.against.median
    return found


def summary(results: Results) -> str | None:
    """One sentence: NumPy against plain PyTorch, over all workloads."""
    ratios = means(results, "numpy")
    if len(ratios) < 2 or not any(r.contender == BASES[0] for r in results.rows):
        return None
    mean, most = geometric_mean(list(ratios.values())), max(ratios, key=ratios.__getitem__)
    return (
        f"NumPy / {BASES[0]}, a training step: geometric mean {mean:.2f} over {len(ratios)} "
        f"workloads, most {ratios[most]:.2f} ({most})"
    )
