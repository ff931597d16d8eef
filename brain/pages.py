"""What the pages of the tracks say of trainings, made from their records alone.

A page has a part between two markers; `rewritten` replaces it and leaves all else as it is.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from brain.errors import UserError
from brain.names import ENGINES, RECIPES
from brain.records import Record

NOTHING = "not measured"
HEADINGS = ("seeds", "score", "parameters", "CPU seconds an epoch", "waiting included")


def page_of(folder: Path) -> Path:
    """The page of a track; on the track's own branch it is the first page of all."""
    own = folder / "README.md"
    return own if own.is_file() else folder.parent / "README.md"


def rewritten(text: str, begin: str, end: str, measured: str, page: Path) -> str:
    """`text`, which is that of `page`, with another part between the markers `begin` and `end`.

    UserError where it lacks them.
    """
    head, found, rest = text.partition(begin)
    _, last, tail = rest.partition(end)
    if not (found and last):
        raise UserError(f"{page} lacks the markers between which the results stand.")
    return f"{head}{begin}\n\n{measured.strip()}\n\n{end}{tail}"


def score(record: Record) -> tuple[float, str]:
    """What a training is judged by, on the test rows, and its unit.

    The share of right answers in percent; of a model that answers at every step the loss, nats a
    step; for numbers the mean squared error.
    """
    model = record.recipe.model
    if not model.loss.labels:
        return record.test["loss"], "squared error"
    if model.target_shape:
        return record.test["loss"], "nats a step"
    return 100 * record.test["accuracy"], "%"


def table(records: Iterable[Record], recipes: Sequence[str] = ()) -> str:
    """Records as a table in Markdown: one row for each recipe and engine, over all seeds.

    Those of `recipes` come first, in that order; one without a record is "not measured". After ±
    stands the standard deviation over the seeds (of the sample, dividing by n - 1).
    """
    found = list(records)
    left = sorted({record.recipe_name for record in found} - set(recipes))
    rows = []
    for name in (*recipes, *left):
        own = list(groups(record for record in found if record.recipe_name == name))
        rows += [[name, where(same[0]), *cells(same)] for same in own]
        rows += [] if own else [[name, NOTHING, *[""] * len(HEADINGS)]]
    return markdown(("recipe", "engine", *HEADINGS), rows, words=2)


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table in Markdown; after the first columns, `words` of them, all hold numbers."""
    rules = ["---"] * words + ["---:"] * (len(headings) - words)
    return "".join(f"| {' | '.join(row)} |\n" for row in (headings, rules, *rows))


def groups(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Records that differ by their seed alone, together; the engines in the order of `ENGINES`."""
    for _, same in groupby(sorted(records, key=_place), key=lambda record: _place(record)[:-1]):
        yield list(same)


def _place(record: Record) -> tuple[int, str, int, str, str, str, int]:
    recipe, engine = record.recipe_name, record.engine
    first = list(RECIPES).index(recipe) if recipe in RECIPES else len(RECIPES)
    second = list(ENGINES).index(engine) if engine in ENGINES else len(ENGINES)
    return first, recipe, second, engine, record.device, record.gpu or "", record.seed


def where(record: Record) -> str:
    """The engine, and the device where it is no CPU."""
    return record.engine if record.device == "cpu" else f"{record.engine}, {on(record)}"


def on(record: Record) -> str:
    """The device: a GPU by its name."""
    return record.gpu or record.device


def cells(same: Sequence[Record]) -> list[str]:
    """What stands under `HEADINGS`, of records that differ by their seed alone."""
    epochs = [max(len(record.epochs), 1) for record in same]
    spent = [r.seconds / n for r, n in zip(same, epochs, strict=True)]
    whole = [(r, n) for r, n in zip(same, epochs, strict=True) if not r.resumed]
    computed = [r.cpu_seconds / n for r, n in whole]
    unit = score(same[0])[1]
    return [
        f"{len(same)}",
        f"{spread([score(record)[0] for record in same], unit)} {unit}",
        f"{same[0].parameters:,}",
        f"{statistics.fmean(computed):.3g}" if computed else NOTHING,
        f"{statistics.fmean(spent):.3g}",
    ]


def spread(values: Sequence[float], unit: str = "") -> str:
    """`99.12 ± 0.05`, or without a spread where there is one value."""
    form = digits(values, unit)
    deviation = f" ± {statistics.stdev(values):{form}}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):{form}}{deviation}"


def digits(values: Sequence[float], unit: str = "") -> str:
    """The format of scores: two decimals of a percentage, else four, or more where the values are
    so small that four would show none of their digits."""
    smallest = min((abs(value) for value in values if value), default=1.0)
    places = max(4, 1 - math.floor(math.log10(smallest)))
    return ".2f" if unit == "%" else f".{min(places, 9)}f"


def agreement(
    records: Iterable[Record], judge: Callable[[Record], tuple[float, str]] = score
) -> Iterator[str]:
    """For each recipe that several engines ran: how far they are apart, and how far the seeds."""
    for name, same in groupby(groups(records), key=lambda rows: rows[0].recipe_name):
        found = [[judge(record)[0] for record in rows] for rows in same]
        if len(found) < 2:
            continue
        yield f"- {name}: {apart(found)}.\n"


def apart(found: Sequence[Sequence[float]]) -> str:
    """In words, how far the means of several engines are apart, beside their seeds' deviation."""
    means = [statistics.fmean(values) for values in found]
    between = f"the engines' means lie within {max(means) - min(means):.2g}"
    deviations = [statistics.stdev(values) for values in found if len(values) > 1]
    if not deviations:
        return f"{between}; how far seeds lie apart is {NOTHING}"
    return f"{between}, the seeds of one engine deviate by up to {max(deviations):.2g}"


def commands(records: Iterable[Record]) -> str:
    """A block of the commands that made the records, one line where they differ by their seed."""
    seeds: dict[str, list[int]] = {}
    for record in (record for same in groups(records) for record in same):
        line = re.sub(r"--seed \d+", "--seed S", record.command)
        seeds.setdefault(line, []).append(record.seed)
    lines = []
    for line, own in seeds.items():
        if len(own) > 1:
            lines.append(f"{line}   # S = {', '.join(map(str, own))}")
        else:
            lines.append(line.replace("--seed S", f"--seed {own[0]}"))
    return "\n".join(["```bash", *lines, "```\n"])


def machines(records: Iterable[Record]) -> str:
    """A sentence on where and when: processor, threads, GPU, versions, how busy the machine was."""
    found = list(records)
    places = dict.fromkeys(
        f"{r.processor}, {r.cores} cores, {r.threads} thread{'s' if r.threads > 1 else ''}"
        + (f", {on(r)}" if r.device != "cpu" else "")
        for r in found
    )
    versions: dict[str, set[str]] = {}
    for record in found:
        for package, version in record.versions.items():
            versions.setdefault(package, set()).add(version)
    packages = ", ".join(f"{name} {' and '.join(sorted(v))}" for name, v in versions.items())
    loads = [record.load for record in found]
    begun = sorted(record.begun[:10] for record in found)
    days = begun[0] if begun[0] == begun[-1] else f"{begun[0]} to {begun[-1]}"
    return (
        f"{'; '.join(places)}; {packages}; {days}. When these trainings began, {min(loads):.1f} to "
        f"{max(loads):.1f} processes wanted to compute: where that is more than the cores, an "
        "epoch waits for others. The CPU seconds are what it computed itself, on all its threads; "
        '"waiting included" is the time by the clock.\n'
    )
