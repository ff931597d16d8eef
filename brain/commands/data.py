"""`brain data`: which data sets there are, and getting them."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The data sets: list them, get them.")


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
def get(name: Annotated[str, typer.Argument(help="A data set; `brain data list`.")]) -> None:
    """Download a data set into the cache, unless it is there; print where it lies."""
    from brain import data

    paths = data.fetch(name)
    for path in paths:
        typer.echo(str(path))
    if not paths:
        typer.echo(f"{name} needs no files: it is made when it is loaded.")
