"""A training as `brain train` runs it: logged, kept, shown, stopped by Ctrl-C, recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from brain.commands.evaluate import shown
from brain.errors import UserError
from brain.names import TOOLS, installed, look_up

if TYPE_CHECKING:
    from brain.checkpoints import Keeper
    from brain.data import Dataset
    from brain.engine import Network
    from brain.records import Recorder
    from brain.spec import Recipe
    from brain.store import Saved, Store
    from brain.training import Step


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

    net, steps = start(recipe, engine, device, dataset, saved, told=typer.echo)
    keeper = None
    if keeping:
        run = resumed(saved, engine, device) if saved else record(recipe, engine, device, dataset)
        name = saved.name if saved else recipe.name or f"{recipe.model.name}-{recipe.data}"
        name = name if keeping.name is None else keeping.name
        keeper = Keeper(keeping.store, name, net, run, keeping.every)
    if log_file:
        first_step = saved.run.step if saved else 0
        every = keeper.every if keeper else None
        steps = log(steps, log_file, first_step=first_step, checkpoint_every=every)
    # the keeper outside the log, so that no version is ahead of it
    return net, keeper.watch(steps) if keeper else steps, keeper


def perform(
    net: Network,
    steps: Iterator[Step],
    keeper: Keeper | None,
    dataset: Dataset,
    held_out: bool,
    title: str,
    recorder: Recorder | None = None,
) -> None:
    """Run the steps and show them; save the end, or where Ctrl-C stopped them."""
    from brain.divergence import DivergenceError

    try:
        test = _run(net, steps, keeper, dataset, held_out, title)
    except DivergenceError as error:
        raise UserError(f"{str(error).removesuffix('.')}{_how_to_go_on(keeper)}") from None
    if keeper:
        reference = keeper.finish(test)
        typer.echo(f"saved {reference} in {keeper.store.root}/")
    if keeper and recorder:
        in_order = _in_order(net, dataset, keeper.run.recipe)
        typer.echo(f"wrote {recorder.write(keeper.name, keeper.run, in_order)}")


def _in_order(net: Network, dataset: Dataset, recipe: Recipe) -> float | None:
    """How well a language model foretells a text that it reads in order; None for other models."""
    from brain import data

    if data.describe(recipe.data).kind != "text" or not installed(TOOLS["in_order"]):
        return None
    found: float | None = look_up("tool", "in_order", TOOLS)(net, dataset, recipe.options)
    return found


def _run(
    net: Network,
    steps: Iterator[Step],
    keeper: Keeper | None,
    dataset: Dataset,
    held_out: bool,
    title: str,
) -> Mapping[str, float]:
    """Run the steps and show them; the metrics on the test rows."""
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
    return test


def _stop(step: Step, watched: Generator[Step, None, None], keeper: Keeper | None) -> NoReturn:
    """End a training between two steps, saved if it is kept, and say how it goes on."""
    try:
        watched.close()  # takes the bar away, and writes the log to its end
    finally:  # a log that cannot be written is no reason to lose the run
        saved = keeper.stop() if keeper else None
    where = f"stopped at step {step.step} of {step.steps}"
    if keeper is None:
        raise UserError(f"{where}; nothing is saved without --save.")
    raise UserError(f"{where}, saved as {saved}; go on with: {_resume(saved, keeper)}")


def _how_to_go_on(keeper: Keeper | None) -> str:
    """What is left of a training that diverged, as the end of a sentence."""
    if keeper is None or keeper.last is None:
        return "; nothing was saved."
    reference, step = keeper.last
    clip = keeper.run.recipe.optimizer.clip_norm
    smaller = 1.0 if clip is None else clip / 10
    again = f"{_resume(reference, keeper)} --clip-norm {smaller:g}"
    return f"; {reference}, of step {step}, is kept: go on from there with: {again}"


def _resume(reference: str | None, keeper: Keeper) -> str:
    place = "" if str(keeper.store.root) == "models" else f" --models {keeper.store.root}"
    return f"brain train --resume {reference}{place}"
