"""Write the measured part of the sequence track's page from the records in `rnn/records`.

    python -m rnn.page

`brain train RECIPE --record rnn/records` makes a record of a training, `python -m rnn.baselines
--record rnn/records/counting` one of what counting knows of a text, and `python -m rnn.forecasting
... --json rnn/records/forecasts/NAME.json` one of forecasts. What has none is "not measured".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from brain.names import RECIPES
from brain.outputs import write_whole
from brain.pages import (
    HEADINGS,
    NOTHING,
    agreement,
    apart,
    cells,
    commands,
    digits,
    groups,
    machines,
    markdown,
    page_of,
    rewritten,
    score,
    spread,
    table,
    where,
)
from brain.recipe_files import read as recipe_file
from brain.records import Record, read_all
from rnn.baselines import NAMES, Counted, counted
from rnn.forecasting import tables
from rnn.tasks import level

FOLDER = Path(__file__).parent
RECORDS, PAGE = FOLDER / "records", page_of(FOLDER)
BEGIN, END = "<!-- measured: python -m rnn.page -->", "<!-- end of what was measured -->"
OWN = [name for name, folder in RECIPES.items() if folder == "rnn"]
STEPS = {f"char-{kind}-hamlet": "hamlet" for kind in ("rnn", "lstm", "gru")}
"""Runs without a recipe, alike in all but the model, and their data."""
TASKS = {
    "adding": "Adding: the mean squared error on the test sequences. Without a memory the best is "
    "always to answer 1, which costs 1/6:\n",
    "copy": "Copying: the cross-entropy on the test sequences, in nats a step. Without a memory a "
    "network can know when a blank is due, but has to guess each of the S letters, one of eight: "
    "S log 8 nats in T steps:\n",
}
TEXTS = {"hamlet": "Hamlet", "tinyshakespeare": "Tiny Shakespeare"}


def main() -> None:
    write_whole(PAGE, regenerated())
    print(f"wrote {PAGE}")


def regenerated() -> str:
    """The page as the records make it."""
    forecasts = sorted((RECORDS / "forecasts").glob("*.json"))
    measured = "\n".join(page(read_all(RECORDS), counted(RECORDS / "counting"), forecasts))
    return rewritten(PAGE.read_text(encoding="utf-8"), BEGIN, END, measured, PAGE)


def page(
    records: Sequence[Record], counts: dict[str, Counted], forecasts: Sequence[Path]
) -> Iterator[str]:
    """The part between the markers: texts, memory tasks, series."""
    data = STEPS | {name: recipe_file(name).data_name for name in OWN}
    data |= {record.recipe_name: record.recipe.data for record in records}
    yield "### Texts\n"
    for text in TEXTS:
        recipes = [name for name in data if data[name] == text]
        own = [record for record in records if record.recipe.data == text]
        yield from _text(text, own, recipes, counts.get(text))
    yield "### Memory tasks\n"
    yield from _tasks(records, data)
    yield "### Series\n"
    yield from _series(records, data, forecasts)
    if records:
        yield "### The commands, and the machine\n"
        made = any(".toml" in record.command or ".json" in record.command for record in records)
        below = "; the files that they name are made further below" if made else ""
        yield (
            "Each line of the tables is made by one of these, with `--record rnn/records`"
            f"{below}:\n"
        )
        yield commands(records)
        yield machines(records)


def _text(
    text: str, records: Sequence[Record], recipes: Sequence[str], counts: Counted | None
) -> Iterator[str]:
    """Counting and networks on one text, the last tenth held out."""
    yield f"{TEXTS[text]}, the last tenth held out, in nats a character:\n"
    headings = ("foretold by", "engine", "seeds", "windows, each from zeros", "read in order")
    rows = []
    for name, nats in counts.nats.items() if counts else ():
        rows.append([NAMES[name], "counting", "", "", f"{nats:.4f}", "", "", ""])
    for name in recipes:
        found = list(groups(record for record in records if record.recipe_name == name))
        rows += [_line(same) for same in found] or [[name, NOTHING, *[""] * 6]]
    yield markdown((*headings, *HEADINGS[2:]), rows, words=2)
    if counts:
        yield f"Counting: `{counts.command}`.\n"
    for _, several in groupby(groups(records), key=lambda same: same[0].recipe_name):
        own = list(several)
        values = [_in_order(same) for same in own]
        if len(values) > 1 and all(values):
            yield f"{own[0][0].recipe_name}, read in order: {apart(values)}.\n"


def _line(same: Sequence[Record]) -> list[str]:
    """A recipe in one engine."""
    seeds, _, *rest = cells(same)
    windows = spread([record.test["loss"] for record in same])
    values = _in_order(same)
    in_order = spread(values) if values else NOTHING
    return [same[0].recipe_name, where(same[0]), seeds, windows, in_order, *rest]


def _in_order(same: Sequence[Record]) -> list[float]:
    """Nats a character of each, where all were asked."""
    found = [record.in_order for record in same if record.in_order is not None]
    return found if len(found) == len(same) else []


def _tasks(records: Sequence[Record], data: dict[str, str]) -> Iterator[str]:
    for task, said in TASKS.items():
        own = [record for record in records if record.recipe.data == task]
        names = [name for name in data if data[name] == task]
        yield said
        first, rules, *rows = table(own, names).splitlines(keepends=True)
        options = [record.recipe.options for record in own]
        options += [recipe_file(name).data for name in names if name in OWN]
        yield "".join([first, rules, *_without(task, options), *rows])
        if several := "".join(agreement(own)):
            yield "How far the engines are apart:\n"
            yield several
        yield from _by_seed(own)


def _without(task: str, options: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A row for what no memory gives, or several where the sequences are of several kinds."""
    levels = dict.fromkeys(level(task, one) for one in options)
    for nats, how in levels:
        unit = "squared error" if task == "adding" else "nats a step"
        yield f"| no memory: {how} | computed |  | {nats:.4f} {unit} |  |  |  |\n"


def _by_seed(records: Sequence[Record]) -> Iterator[str]:
    """Every seed's own score, where there are several: a mean would hide that some succeed."""
    for same in groups(records):
        if len(same) > 1:
            scores = [score(record)[0] for record in same]
            found = ", ".join(f"{one:{digits(scores)}}" for one in scores)
            seeds = ", ".join(f"{record.seed}" for record in same)
            yield f"- {same[0].recipe_name}, {where(same[0])}, seeds {seeds}: {found}"
    yield ""


def _series(
    records: Sequence[Record], data: dict[str, str], forecasts: Sequence[Path]
) -> Iterator[str]:
    apart_from = {*TASKS, *TEXTS}
    own = [record for record in records if record.recipe.data not in apart_from]
    yield "The recipes, one step ahead, the squared error of scaled values on the test part:\n"
    yield table(own, [name for name in data if data[name] not in apart_from])
    if several := "".join(agreement(own)):
        yield several
    yield (
        "Forecasts twelve steps ahead, beside rules of one line:\n"
        if forecasts
        else f"Forecasts twelve steps ahead: {NOTHING}.\n"
    )
    yield tables.markdown(*forecasts)


if __name__ == "__main__":
    main()
