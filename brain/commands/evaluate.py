"""`brain evaluate`: a saved run's score on the test rows, in any engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from brain.names import ENGINES, TOOLS, installed, look_up, require

ENGINE_HELP = f"Who computes: {', '.join(ENGINES)}, or module:Class.  (default: the run's own)"
RUN_HELP = "A saved run: NAME (what was saved last), NAME/VERSION, or the path of its folder."


def evaluate(
    run: Annotated[str, typer.Argument(help=RUN_HELP)],
    engine: Annotated[str | None, typer.Option(help=ENGINE_HELP)] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or mps.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None,
    models: Annotated[Path, typer.Option(help="Where saved runs lie.")] = Path("models"),
) -> None:
    """Print a saved run's loss and score on the test rows of its data set.

    brain evaluate mlp-digits

    brain evaluate mlp-digits/2 --engine torch

    A model of a text is judged character by character as well, read in order with its state
    carried along, beside what counting gives: unigrams, bigrams, 5-grams.
    """
    from brain import data
    from brain.recipes import data_of
    from brain.store import Store

    saved = Store(models).open(run)
    engine, device = saved.place(engine, device)
    require(engine, ENGINES)
    dataset = data_of(saved.run.recipe)
    net = saved.network(engine, device, dtype)
    typer.echo(f"{saved.reference} on {dataset.name}, {engine}")
    found = net.evaluate(dataset.x_test, dataset.y_test)
    typer.echo(f"test: {shown(found)}")
    if saved.run.test:
        typer.echo(f"when it was saved, {saved.run.engine}: {shown(saved.run.test)}")
    if data.describe(dataset.name).kind == "text" and installed(TOOLS["language"]):
        beside = look_up("tool", "language", TOOLS)
        beside(net, dataset, found["loss"], saved.run.recipe.options)


def shown(metrics: Mapping[str, float]) -> str:
    """Metrics on one line."""
    return "  ".join(f"{name} {value:.4f}" for name, value in metrics.items())
