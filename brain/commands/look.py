"""`brain look`: what a saved network sees, or remembers, as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brain.commands.evaluate import ENGINE_HELP, RUN_HELP
from brain.commands.run import PLOTS, Seed
from brain.errors import UserError
from brain.names import ENGINES, LOOKS, look_up, require

if TYPE_CHECKING:
    from brain.spec import Model


def look(
    run: Annotated[str, typer.Argument(help=RUN_HELP)],
    engine: Annotated[str | None, typer.Option(help=ENGINE_HELP)] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or mps.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look less closely: to see that it works.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the pictures go.  (default: plots/NAME/VERSION of the run)"),
    ] = None,
    seed: Seed = 0,
    models: Annotated[Path, typer.Option(help="Where saved runs lie.")] = Path("models"),
) -> None:
    """Draw what a saved network sees in images, or remembers of a text or a series.

        brain look lenet-mnist

        brain look shakespeare/2 --engine torch --out pictures

    For images: filters, feature maps, saliency, Grad-CAM, occlusion, the worst mistakes. For
    texts: hidden states and gates along a line, what single cells answer to, gradients over time.
    For series and memory tasks: hidden states and gates, gradients over time, and of a series what
    was foretold beside what came. Each saved run has a folder of its own, plots/NAME/VERSION.
    """
    from rich.console import Console

    from brain.outputs import check_folder
    from brain.recipes import data_of
    from brain.stage import Stage
    from brain.store import Store

    saved = Store(models).open(run)
    kind = _kind(saved.reference, saved.run.recipe.model)
    engine, device = saved.place(engine, device)
    require(engine, ENGINES)
    require(kind, LOOKS)
    out = _folder(saved.reference) if out is None else out
    check_folder(out)
    dataset = data_of(saved.run.recipe)
    net = saved.network(engine, device, dtype)
    draw = look_up("look", kind, LOOKS)
    stage = Stage(out, seed, quick, Console())
    stage.say(f"{saved.reference} on {dataset.name}, {engine}")
    try:
        draw(net, dataset, stage)
    finally:
        for path in stage.paths:
            stage.say(f"wrote {path}")


def _folder(reference: str) -> Path:
    """Where the pictures of the run `NAME/0003` go: nowhere that another run's do."""
    return PLOTS.joinpath(*filter(None, reference.split("/")))


def _kind(reference: str, model: Model) -> str:
    """The key in `LOOKS` of who draws such a model."""
    if model.ids is not None:
        return "text"
    if len(model.input_shape) == 3:
        return "images"
    if len(model.input_shape) == 2:
        return "numbers"
    raise UserError(
        f"{reference}: brain look draws networks that take images, a text or sequences, and "
        f"{model.name} takes {model.input_shape}."
    )
