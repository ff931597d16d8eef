"""What a command line asks for, checked, measured and shown: behind `brain bench`."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import check, machine, report
from benchmarks.places import engine_of
from benchmarks.results import Results, baseline
from benchmarks.suite import PAUSE, Asked, measure
from benchmarks.workloads import Workload, scaled
from brain.errors import UserError, unknown
from brain.names import CONTENDERS, ENGINES, WORKLOADS, installed, look_up, require, usable
from brain.outputs import check_folder, check_writable

PHASES = ("forward", "step", "place", "epoch", "start")
DEVICES = ("cpu", "cuda", "mps")
PRECISIONS = ("float32", "tf32", "bf16")
BATCHES = (1, 4, 16, 64, 256, 1024)
WIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
TURN, QUICK_TURN, QUICK_ROUNDS = 0.5, 0.1, 3
BUSY = 0.5
"""Processes that compute, by cores, from which a machine is too busy to measure on."""
CHECKED = ("numpy", "torch-eager")
"""Whose ratio `--check` holds."""


def run(
    *,
    workloads: list[str] | None,
    engines: str | None,
    phases: str,
    device: str,
    precision: str,
    threads: int | None,
    batch_size: int | None,
    scaling: str | None,
    rounds: int,
    quick: bool,
    seed: int,
    json_file: Path,
    plots: Path | None,
    against: Path | None,
    holds: bool,
) -> int:
    """Measure and show what is asked for; the exit code, 1 where `holds` and a bound is not held.

    UserError for every fault in what is asked, before anything is measured.
    """
    if holds and scaling:
        raise UserError("--check holds the workloads as they are: leave out --scaling.")
    threads = threads or machine.cores()
    asked = Asked(
        workloads=list(_workloads(workloads, batch_size, scaling, quick)),
        contenders=list(CHECKED) if holds else contenders(engines),
        phases=["step"] if holds else listed("phase", phases, PHASES),
        devices=["cpu"] if holds else listed("device", device, DEVICES),
        precisions=listed("precision", precision, PRECISIONS),
        threads=threads,
        rounds=min(rounds, QUICK_ROUNDS) if quick else rounds,
        turn=QUICK_TURN if quick else TURN,
        seed=seed,
        quick=quick,
    )
    for name in CHECKED if holds else ():
        _require(name)
    facts = machine.facts(threads)
    earlier = baseline(against, facts) if against else None
    bounds = check.bounds() if holds else None
    check_writable(json_file)
    if plots:
        check_folder(plots)
    results = _empty(asked, facts)
    console = Console()
    if (load := results.settings["load"]) > BUSY * facts["cores"]:
        text = f"the machine is busy (load {load:.1f} on {facts['cores']} cores): threads that "
        text += "wait for each other suffer most, so even ratios mislead; measure in quiet"
        console.print(text, style="yellow", soft_wrap=True, highlight=False)
    _measured(asked, results, json_file, earlier, console)
    if line := report.summary(results):
        console.print(line, soft_wrap=True, highlight=False)
    console.print(f"wrote {json_file}", highlight=False, soft_wrap=True)
    if plots:
        from benchmarks.plots import draw

        for path in draw(results, plots):
            console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    if bounds is None:
        return 0
    verdicts = check.held(results, bounds)
    for verdict in verdicts:
        console.print(verdict.sentence, style=None if verdict.holds else "red", soft_wrap=True)
    return 0 if all(verdict.holds for verdict in verdicts) else 1


def _measured(
    asked: Asked, results: Results, path: Path, earlier: Results | None, console: Console
) -> None:
    """Measure, and show each workload as soon as it is done; Ctrl-C keeps what there is."""
    status = Console(stderr=True).status("starting")
    whole: list[str] = []
    try:
        with status, closing(measure(asked, results, path, status.update)) as groups:
            for rows in groups:
                whole.append(rows[0].title)
                console.print(report.table(rows, results, earlier))
                if (started := report.starts(rows)) is not None:
                    console.print(started)
                for line in report.remarks(rows):
                    console.print(line, soft_wrap=True, highlight=False)
    except KeyboardInterrupt:
        done = f"{len(whole)} of them whole: {', '.join(whole)}" if whole else "none of them whole"
        raise UserError(
            f"stopped by Ctrl-C; what was measured of {len(asked.workloads)} workloads is in "
            f"{path}, {done}."
        ) from None


def _empty(asked: Asked, facts: dict[str, Any]) -> Results:
    settings = {"seed": asked.seed, "rounds": asked.rounds, "turn": asked.turn, "pause": PAUSE}
    settings["load"] = machine.load()
    begun = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    words = sys.argv[1:] if len(sys.argv) > 1 and sys.argv[1] == "bench" else ["bench"]
    return Results(f"brain {' '.join(words)}", begun, facts, settings)


def contenders(text: str | None) -> list[str]:
    """The contenders in a list with commas; an engine's name stands for all in its framework.

    All that can be used here, where nothing is given. UserError for one that is not.
    """
    if text is None:
        return [n for n in usable(CONTENDERS) if installed(ENGINES[engine_of(n)])]
    found: list[str] = []
    known = {**ENGINES, **CONTENDERS}
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name not in known:
            raise unknown("engine", name, known)
        chosen = [n for n in CONTENDERS if engine_of(n) == name] if name in ENGINES else [name]
        for one in chosen:
            _require(one)
        found += chosen
    if not found:
        raise UserError(f"--engines names none; known: {', '.join(known)}.")
    return list(dict.fromkeys(found))


def _require(contender: str) -> None:
    require(contender, CONTENDERS)
    require(engine_of(contender), ENGINES)


def listed(what: str, text: str, known: Iterable[str]) -> list[str]:
    """The names in a list with commas, or all of them for `all`; UserError for an unknown one."""
    known = tuple(known)
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [""]:
        if name not in (*known, "all"):
            raise unknown(what, name, known)
    return [name for name in known if name in names or "all" in names]


def _workloads(
    names: list[str] | None, batch_size: int | None, scaling: str | None, quick: bool
) -> Iterable[Workload]:
    kinds = listed("scaling", scaling, ("batch", "width")) if scaling else []
    if batch_size and "batch" in kinds:
        raise UserError("--scaling batch chooses the batch sizes: leave out --batch-size.")
    sizes = (BATCHES[::2] if quick else BATCHES) if "batch" in kinds else ()
    factors = (WIDTHS[1:-1] if quick else WIDTHS) if "width" in kinds else ()
    found: dict[tuple[str, int, float], Workload] = {}
    for name in names or usable(WORKLOADS):
        require(name, WORKLOADS)
        one = scaled(look_up("workload", name, WORKLOADS)(), batch_size)
        series = [one] if "width" in kinds or not kinds else []
        series += [scaled(one, size) for size in sizes] + [scaled(one, width=f) for f in factors]
        found |= {(w.name, w.batch_size, w.width): w for w in series}
    return found.values()
