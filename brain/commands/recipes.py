"""`brain recipes`: the recipes by name, and what is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from brain.names import RECIPES, here

if TYPE_CHECKING:
    from brain.recipe_files import RecipeFile


def recipes(
    name: Annotated[
        str | None, typer.Argument(help="A recipe's name, or a .toml file.", show_default=False)
    ] = None,
) -> None:
    """List the recipes, or show one: model, data, optimizer, schedule, epochs.

        brain recipes lenet-mnist

        brain train lenet-mnist --engine torch

    A recipe is a file, in cnn/recipes or rnn/recipes; copy one, change it, and train it by its
    path: brain train mine.toml
    """
    from brain.recipe_files import path_of, read

    if name is not None:
        read(name)  # what is wrong with it is said first
        typer.echo(f"# {path_of(name)}\n{path_of(name).read_text(encoding='utf-8').rstrip()}")
        return
    present = {key: read(key) for key, folder in RECIPES.items() if here(folder)}
    rows = [_row(key, present.get(key)) for key in RECIPES]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _row(name: str, recipe: RecipeFile | None) -> tuple[str, ...]:
    """Name, model, data, epochs, what it is."""
    if recipe is None:
        return name, "", "", "", "(not on this branch)"
    return name, recipe.model, recipe.data_name, f"{recipe.epochs:4} epochs", recipe.what
