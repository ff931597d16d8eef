"""`brain train`: one model, one engine, one data set."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brain.errors import UserError
from brain.names import ENGINES, MODELS, look_up, require

if TYPE_CHECKING:
    from rich.console import Console

    from brain.data import Dataset
    from brain.spec import Recipe

MODEL_HELP = f"A model ({', '.join(MODELS)}), or a .json file with a model or a recipe."
ENGINE_HELP = f"Who computes: {', '.join(ENGINES)}, or module:Class."


def train(
    model: Annotated[str, typer.Argument(help=MODEL_HELP)] = "mlp",
    engine: Annotated[str, typer.Option(help=ENGINE_HELP)] = "numpy",
    data: Annotated[
        str | None, typer.Option(help="A data set; `brain data list`.  (default: digits, or moons)")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data.  (default: 10)")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Samples a step.  (default: 32)")] = None,
    optimizer: Annotated[
        str | None, typer.Option(help="sgd, adagrad, rmsprop, adam or adamw.  (default: sgd)")
    ] = None,
    lr: Annotated[
        float | None, typer.Option(help="Learning rate, falling to 0 along a cosine.")
    ] = None,
    weight_decay: Annotated[
        float | None, typer.Option(help="Pull of each weight towards 0.  (default: 0)")
    ] = None,
    clip_norm: Annotated[float | None, typer.Option(help="Largest norm of a gradient.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Initial values, batch order, dropout.  (default: 0)")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="float32 or float64.  (default: float32)")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps, as the engine has them.")] = "cpu",
    patience: Annotated[
        int | None,
        typer.Option(help="Stop after so many epochs without a better loss on rows set aside."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="Write every step to this file, one JSON a line.")
    ] = None,
    save_recipe: Annotated[
        Path | None, typer.Option(help="Write the whole recipe to this file.")
    ] = None,
) -> None:
    """Train a model and print its score on the test rows.

        brain train mlp --engine torch --data mnist --epochs 5

        brain train mlp-dropout --data fashion_mnist --optimizer adam --log run.jsonl

    The recipe that is run (model, data, optimizer, epochs, batch size, seed) can be written to a
    file with --save-recipe and given back in place of the model's name.
    """
    from rich.console import Console

    from brain import spec

    if not model.endswith(".json"):
        look_up("model", model, MODELS)  # an unknown name is told before anything is loaded
    require(engine, ENGINES)
    chosen = {
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "lr": lr,
        "weight_decay": weight_decay,
        "clip_norm": clip_norm,
        "seed": seed,
        "dtype": dtype,
        "patience": patience,
    }
    recipe, dataset = prepare(model, data, {k: v for k, v in chosen.items() if v is not None})
    if save_recipe:
        spec.save(recipe, save_recipe)
        typer.echo(f"wrote {save_recipe}")
    _run(recipe, dataset, engine, device, log, Console())


def prepare(model: str, data_name: str | None, options: dict[str, Any]) -> tuple[Recipe, Dataset]:
    """The recipe in the file `model`, or one made from names and options; and its data."""
    from brain import data, spec
    from brain.recipes import is_recipe_file, recipe_for

    if not is_recipe_file(model):
        dataset = data.load(
            data_name or ("digits" if data.describe("digits").available() else "moons")
        )
        return recipe_for(model, dataset, **options), dataset
    if data_name or set(options) - {"seed", "dtype"}:
        raise UserError(
            f"{model} is a whole recipe: change the file, or leave out everything but --seed, "
            "--dtype, --engine and --device (a schedule, for one, fits its number of epochs)."
        )
    recipe = dataclasses.replace(spec.load(spec.Recipe, model), **options)
    return recipe, data.load(recipe.data)


def _run(
    recipe: Recipe,
    dataset: Dataset,
    engine: str,
    device: str,
    log_path: Path | None,
    console: Console,
) -> None:
    from brain.consumers import log, progress
    from brain.recipes import start

    net, steps = start(recipe, engine, device, dataset)
    if log_path:
        steps = log(steps, log_path)
    judged = "set aside" if recipe.hold_out else "test"
    for step in progress(steps, f"{recipe.model.name} on {recipe.data}, {engine}", console):
        if step.metrics:
            shown = "  ".join(f"{k} {v:.4f}" for k, v in step.metrics.items())
            console.print(
                f"epoch {step.epoch:3}  {judged}: {shown}  {step.seconds:6.1f} s", highlight=False
            )
    if recipe.hold_out:
        score = net.evaluate(dataset.x_test, dataset.y_test)
        console.print(
            "test: " + "  ".join(f"{k} {v:.4f}" for k, v in score.items()), highlight=False
        )
    if log_path:
        console.print(f"wrote {log_path}", highlight=False, soft_wrap=True)
