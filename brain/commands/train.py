"""`brain train`: one model, one engine, one data set."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brain.commands.running import Keeping, begin, perform
from brain.errors import UserError, unknown
from brain.names import ENGINES, MODELS, RECIPES, look_up, require

if TYPE_CHECKING:
    from brain.data import Dataset
    from brain.spec import Recipe
    from brain.store import Saved

MODEL_HELP = (
    "A model, as `brain models` lists them; a recipe, as `brain recipes` does; or a file: .json "
    "with a model or a recipe, .toml with a recipe."
)
ENGINE_HELP = f"Who computes: {', '.join(ENGINES)}, or module:Class."


def train(
    model: Annotated[
        str | None, typer.Argument(help=f"{MODEL_HELP}  (default: mlp)", show_default=False)
    ] = None,
    engine: Annotated[str | None, typer.Option(help=f"{ENGINE_HELP}  (default: numpy)")] = None,
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
    clip_norm: Annotated[
        float | None,
        typer.Option(
            help="Largest norm of a gradient.  (default: none; 1 for regression and for recurrent "
            "layers)"
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Initial values, batch order, dropout.  (default: 0)")
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(help="float32 or float64.  (default: float32)")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="cpu, cuda or mps, as the engine has them.  (default: cpu)")
    ] = None,
    augment: Annotated[
        str | None,
        typer.Option(help="Vary the pictures: of shift, flip, crop, cutout, with commas."),
    ] = None,
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
    save: Annotated[
        bool, typer.Option("--save", help="Save the run; Ctrl-C saves it too.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="Save it under this name.  (default: MODEL-DATA)")
    ] = None,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(
            help="Save it every so many steps as well; a checkpoint makes way for the next.",
            metavar="STEPS",
        ),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(help="Go on with a saved run, in any engine; `brain runs`.", metavar="RUN"),
    ] = None,
    models: Annotated[Path, typer.Option(help="Where saved runs lie.")] = Path("models"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Of a recipe, few rows and two epochs: seconds.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(help="Write what it came to into this folder.", metavar="FOLDER"),
    ] = None,
) -> None:
    """Train a model, or run a whole recipe, and print the score on the test rows.

        brain train lenet-mnist --engine torch

        brain train mlp --engine torch --data mnist --epochs 5

        brain train mlp-dropout --data fashion_mnist --optimizer adam --checkpoint-every 500

        brain train --resume mlp-dropout-fashion_mnist

    The recipe that is run (model, data, optimizer, epochs, batch size, seed) can be written to a
    file with --save-recipe and given back in place of the model's name. A run that was saved
    before its end (Ctrl-C, --checkpoint-every) goes on with --resume as if it had never stopped.

    A recipe by its name says all of this itself; its run is saved under that name, and at the end
    of each epoch, or as often as the recipe says.
    """
    from brain import spec
    from brain.records import Recorder, command
    from brain.store import Store

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
        "augmentation": None if augment is None else [a.strip() for a in augment.split(",")],
    }
    options = {key: value for key, value in chosen.items() if value is not None}
    if resume is not None and (model or data or quick or set(options) - {"clip_norm"}):
        raise UserError(
            "--resume goes on with the recipe of the run: leave out the model, the data and "
            "everything but --engine, --device, --log, --checkpoint-every, --name, --models, "
            "--record and, for a training that diverged, --clip-norm."
        )
    store = Store(models)
    saved = None if resume is None else _opened(store.open(resume), options)
    if saved:
        engine, device = saved.place(engine, device)
    engine, device = "numpy" if engine is None else engine, "cpu" if device is None else device
    require(engine, ENGINES)
    if saved:
        prepared = Prepared.of(saved.run.recipe)
    else:
        with naming(options):
            prepared = prepare(model or "mlp", data, options, quick)
    recipe, dataset = prepared.recipe, prepared.dataset
    recorder = None
    if record:
        given = {"data": data, **options, "augmentation": None, "augment": augment, "quick": quick}
        where = {"engine": engine, "device": None if device == "cpu" else device}
        recorder = Recorder(record, command(model or "mlp", {**given, **where}, saved))
    if save_recipe:
        spec.save(recipe, save_recipe)
        typer.echo(f"wrote {save_recipe}")
    every = checkpoint_every if checkpoint_every is not None else prepared.checkpoint_every
    kept = saved or save or name is not None or every is not None or recorder
    keep = Keeping(store, name, every) if kept else None
    training = begin(recipe, dataset, engine, device, saved, keep, log)
    title = f"{recipe.name or recipe.model.name} on {recipe.data}, {engine}"
    perform(*training, dataset, bool(recipe.hold_out), title, recorder)
    if log:
        typer.echo(f"wrote {log}")


def _opened(saved: Saved, options: dict[str, Any]) -> Saved:
    """A run to go on with, its gradients clipped otherwise if so asked."""
    recipe = saved.run.recipe
    optimizer: Any = recipe.optimizer  # mypy sees no dataclass in an Optimizer
    with naming(options):
        changed = dataclasses.replace(recipe, optimizer=dataclasses.replace(optimizer, **options))
    return dataclasses.replace(saved, run=dataclasses.replace(saved.run, recipe=changed))


@contextmanager
def naming(options: Collection[str]) -> Iterator[None]:
    """A fault in one of the options is told by its name on the command line.

    >>> with naming(["batch_size"]):
    ...     raise UserError("Recipe.batch_size: it should be greater.")
    Traceback (most recent call last):
    brain.errors.UserError: --batch-size: it should be greater.
    """
    try:
        yield
    except UserError as error:
        found = re.match(r"[A-Z]\w*\.(\w+): ", str(error))
        if found is None or found[1] not in options:
            raise
        option = found[1].replace("_", "-")
        raise UserError(f"--{option}: {str(error)[found.end() :]}") from None


@dataclasses.dataclass
class Prepared:
    """A recipe and the rows that it takes; every how many steps it wants to be saved."""

    recipe: Recipe
    dataset: Dataset
    checkpoint_every: int | None = None

    @classmethod
    def of(cls, recipe: Recipe) -> Prepared:
        from brain.recipes import data_of

        return cls(recipe, data_of(recipe))


def prepare(model: str, data_name: str | None, options: dict[str, Any], quick: bool) -> Prepared:
    """The recipe of that name or in that file, or one made from a model's name and options."""
    from brain import data, spec
    from brain.recipes import is_recipe_file, recipe_for

    by_name = model in RECIPES or model.endswith(".toml")
    if not by_name and not model.endswith(".json"):
        if model not in MODELS and ":" not in model:
            raise unknown("model", model, [*MODELS, *RECIPES])
        look_up("model", model, MODELS)  # what is absent is told before anything is loaded
    if quick and not by_name:
        raise UserError(f"--quick is for a recipe by its name, and {model} is none; use --epochs.")
    if not by_name and not is_recipe_file(model):
        dataset = data.load(
            data_name or ("digits" if data.describe("digits").available() else "moons")
        )
        return Prepared(recipe_for(model, dataset, **options), dataset)
    if data_name or set(options) - {"seed", "dtype"}:
        raise UserError(
            f"{model} is a whole recipe: change the file, or leave out everything but --seed, "
            "--dtype, --engine and --device (a schedule, for one, fits its number of epochs)."
        )
    if not by_name:
        return Prepared.of(dataclasses.replace(spec.load(spec.Recipe, model), **options))
    from brain.recipe_files import make

    made = make(model, quick=quick, **options)
    return Prepared(made.recipe, made.dataset, made.checkpoint_every)
