"""`brain data`: which data sets there are, getting them, and what is in one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brain.errors import UserError

if TYPE_CHECKING:
    from brain.data import Dataset, Entry, Text

SAMPLE = 12  # lines of a text

app = typer.Typer(no_args_is_help=True, help="The data sets: list them, get them, look at them.")


@app.command("list")
def list_() -> None:
    """Every data set: name, what it is, size, whether it is here, licence."""
    from rich.console import Console
    from rich.table import Table

    from brain import data

    table = Table(box=None, pad_edge=False)
    for heading in ("name", "what", "size", "here", "licence"):
        table.add_column(heading, overflow="fold")
    for entry in data.catalogue():
        here = "yes" if entry.available() else "no"
        table.add_row(entry.name, entry.what, entry.size, here, entry.licence)
    Console().print(table)


@app.command("get")
def get(
    names: Annotated[
        list[str] | None, typer.Argument(help="Data sets; `brain data list`.", metavar="NAME")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every set that has files.")] = False,
) -> None:
    """Download data sets into the cache, unless they are there; print where their files lie."""
    from brain import data
    from brain.data.sources import SOURCES

    if every == bool(names):
        raise UserError("name the data sets to get, or give --all, as: brain data get mnist")
    chosen = [*SOURCES] if every else names or []
    for name in chosen:
        data.describe(name)  # an unknown name is told before anything is downloaded
    for name in chosen:
        paths = data.fetch(name)
        for path in paths:
            typer.echo(str(path))
        if not paths:
            typer.echo(f"{name} needs no files: it is made when it is loaded.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A data set; `brain data list`.")],
    out: Annotated[
        Path | None, typer.Option(help="The picture, a .png file.  (default: plots/data-NAME.png)")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which rows are made, and which are shown.")] = 0,
) -> None:
    """Say what is in a data set, and draw some of it; of a text, print some lines.

    brain data show cifar10
    """
    from rich.console import Console
    from rich.table import Table

    from brain import data
    from brain.outputs import check_writable

    entry = data.describe(name)
    path = out or Path("plots") / f"data-{name}.png"
    if entry.kind == "text" and out:
        raise UserError(f"{name} is a text, which is printed, not drawn; leave out --out.")
    if path.suffix != ".png":
        raise UserError(f"the picture is a PNG file: give --out a name in .png, not {path.name!r}.")
    if entry.kind != "text":
        check_writable(path)  # before the work
    dataset = data.load(name, seed=seed)
    facts = Table.grid(padding=(0, 2))
    for heading, words in _facts(entry, dataset).items():
        facts.add_row(heading, words)
    Console(markup=False, highlight=False).print(facts)
    if entry.kind == "text":
        typer.echo(f"\n{_lines(name, seed)}")
        return
    from brain.pictures import PICTURES_OF

    typer.echo(f"wrote {PICTURES_OF[entry.kind](path, dataset, seed)}")


def _facts(entry: Entry, dataset: Dataset) -> dict[str, str]:
    """What there is to say of a data set in words."""
    x, y = dataset.x_train, dataset.y_train
    facts = {
        "title": dataset.title,
        "what": entry.what,
        "size": entry.size,
        "training": f"{len(x):,} rows: x {x.shape[1:]} {x.dtype}, y {y.shape[1:]} {y.dtype}",
        "test": f"{len(dataset.x_test):,} rows",
        "task": dataset.task,
    }
    if entry.kind == "text":
        text = _text(entry.name)
        characters = f"{len(text.text):,} characters, {len(text.vocabulary)} different"
        facts |= {"title": text.title, "size": characters}
    elif dataset.classes:
        facts["classes"] = f"{len(dataset.classes)}: {', '.join(dataset.classes)}"
    else:
        facts["targets"] = f"{y.min():.4g} to {y.max():.4g} in the training rows"
    if scaling := dataset.scaling:
        unit = f" {scaling.unit}".rstrip()
        facts["scaled"] = f"less {scaling.mean:.4g}, divided by {scaling.deviation:.4g}{unit}"
    return facts | {"licence": entry.licence, "origin": entry.origin}


def _lines(name: str, seed: int) -> str:
    """Some lines of a text, from a place that the seed chooses."""
    from brain.randomness import generator

    lines = _text(name).text.splitlines()
    first = generator(seed, f"show {name}").integers(max(len(lines) - SAMPLE, 1))
    return "\n".join(lines[first : first + SAMPLE])


def _text(name: str) -> Text:
    from brain import data

    return data.text(name)
