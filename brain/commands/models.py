"""`brain models`: the models by name, and what is in one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brain.errors import UserError
from brain.names import MODELS, installed


def models(
    name: Annotated[str | None, typer.Argument(help="A model's name, or a .json file.")] = None,
    data: Annotated[str | None, typer.Option(help="Fit it to this data set.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write it to this file, as JSON.")] = None,
) -> None:
    """List the models, or print one as a table: layers, shapes, parameters, FLOPs.

    brain models mlp --data digits --save mlp.json
    """
    if name is None and (data or save):
        raise UserError("name a model for --data and --save, as: brain models mlp --save mlp.json")
    if name is None:
        for key, entry in MODELS.items():
            absent = "" if installed(entry) else "  (not on this branch)"
            typer.echo(f"{key:{max(map(len, MODELS))}}  {entry.what}{absent}")
        return
    from brain import data as datasets
    from brain.recipes import model_for, named_model

    model = model_for(name, datasets.load(data)) if data else named_model(name)
    typer.echo(str(model))
    if save:
        model.save(save)
        typer.echo(f"wrote {save}")
