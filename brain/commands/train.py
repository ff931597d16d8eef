"""`brain train`: one model, one engine, one data set."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from brain.commands.evaluate import shown
from brain.errors import UserError
from brain.names import ENGINES, MODELS, look_up, require

if TYPE_CHECKING:
    from brain.checkpoints import Keeper
    from brain.data import Dataset
    from brain.engine import Network
    from brain.spec import Recipe
    from brain.store import Saved, Store
    from brain.training import Step

MODEL_HELP = "A model, as `brain models` lists them, or a .json file with a model or a recipe."
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
) -> None:
    """Train a model and print its score on the test rows.

        brain train mlp --engine torch --data mnist --epochs 5

        brain train mlp-dropout --data fashion_mnist --optimizer adam --checkpoint-every 500

        brain train --resume mlp-dropout-fashion_mnist

    The recipe that is run (model, data, optimizer, epochs, batch size, seed) can be written to a
    file with --save-recipe and given back in place of the model's name. A run that was saved
    before its end (Ctrl-C, --checkpoint-every) goes on with --resume as if it had never stopped.
    """
    from brain import data as datasets
    from brain import spec
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
    if resume is not None and (model or data or options):
        raise UserError(
            "--resume goes on with the recipe of the run: leave out the model, the data and "
            "everything but --engine, --device, --log, --checkpoint-every, --name and --models."
        )
    store = Store(models)
    saved = None if resume is None else store.open(resume)
    if saved:
        engine, device = saved.place(engine, device)
    engine, device = "numpy" if engine is None else engine, "cpu" if device is None else device
    require(engine, ENGINES)
    if saved:
        recipe, dataset = saved.run.recipe, datasets.load(saved.run.recipe.data)
    else:
        recipe, dataset = prepare(model or "mlp", data, options)
    if save_recipe:
        spec.save(recipe, save_recipe)
        typer.echo(f"wrote {save_recipe}")
    kept = saved or save or name is not None or checkpoint_every is not None
    keep = Keeping(store, name, checkpoint_every) if kept else None
    training = begin(recipe, dataset, engine, device, saved, keep, log)
    title = f"{recipe.model.name} on {recipe.data}, {engine}"
    _run(*training, dataset, bool(recipe.hold_out), title)
    if log:
        typer.echo(f"wrote {log}")


def prepare(model: str, data_name: str | None, options: dict[str, Any]) -> tuple[Recipe, Dataset]:
    """The recipe in the file `model`, or one made from names and options; and its data."""
    from brain import data, spec
    from brain.recipes import is_recipe_file, recipe_for

    if not model.endswith(".json"):
        look_up("model", model, MODELS)  # an unknown name is told before anything is loaded
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


@dataclasses.dataclass
class Keeping:
    """Where a training is to be saved, and how often."""

    store: Store
    name: str | None
    every: int | None


def begin(
    recipe: Recipe,
    dataset: Dataset,
    engine: str,
    device: str,
    saved: Saved | None,
    keeping: Keeping | None,
    log_file: Path | None,
) -> tuple[Network, Iterator[Step], Keeper | None]:
    """A network, the steps of its training, logged and kept as asked for, and who keeps it."""
    from brain.checkpoints import Keeper, record, resumed
    from brain.consumers import log
    from brain.recipes import start

    net, steps = start(recipe, engine, device, dataset, saved)
    keeper = None
    if keeping:
        run = resumed(saved, engine, device) if saved else record(recipe, engine, device, dataset)
        name = saved.name if saved else f"{recipe.model.name}-{recipe.data}"
        name = name if keeping.name is None else keeping.name
        keeper = Keeper(keeping.store, name, net, run, keeping.every)
    if log_file:
        first_step = saved.run.step if saved else 0
        every = keeper.every if keeper else None
        steps = log(steps, log_file, first_step=first_step, checkpoint_every=every)
    # the keeper outside the log, so that no version is ahead of it
    return net, keeper.watch(steps) if keeper else steps, keeper


def _run(
    net: Network,
    steps: Iterator[Step],
    keeper: Keeper | None,
    dataset: Dataset,
    held_out: bool,
    title: str,
) -> None:
    """Run the steps and show them; save the end, or where Ctrl-C stopped them."""
    from rich.console import Console

    from brain.consumers import progress
    from brain.interrupts import stopping

    console, judged = Console(), "set aside" if held_out else "test"
    test: Mapping[str, float] = {}
    with stopping() as asked, closing(progress(steps, title, console)) as watched:
        for step in watched:
            if step.metrics:
                test = step.metrics
                line = f"epoch {step.epoch:3}  {judged}: {shown(test)}  {step.seconds:6.1f} s"
                console.print(line, highlight=False)
            if asked() and step.step < step.steps:
                _stop(step, watched, keeper)
        if held_out or not test:
            test = net.evaluate(dataset.x_test, dataset.y_test)
            console.print(f"test: {shown(test)}", highlight=False)
        if keeper:
            reference = keeper.finish(test)
            typer.echo(f"saved {reference} in {keeper.store.root}/")


def _stop(step: Step, watched: Generator[Step, None, None], keeper: Keeper | None) -> NoReturn:
    """End a training between two steps, saved if it is kept, and say how it goes on."""
    try:
        watched.close()  # takes the bar away, and writes the log to its end
    finally:  # a log that cannot be written is no reason to lose the run
        saved = keeper.stop() if keeper else None
    where = f"stopped at step {step.step} of {step.steps}"
    if keeper is None:
        raise UserError(f"{where}; nothing is saved without --save.")
    place = "" if str(keeper.store.root) == "models" else f" --models {keeper.store.root}"
    raise UserError(f"{where}, saved as {saved}; go on with: brain train --resume {saved}{place}")
