"""`brain predict`: what a saved run says about samples in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brain.commands.evaluate import ENGINE_HELP, RUN_HELP
from brain.errors import UserError
from brain.names import ENGINES, require

if TYPE_CHECKING:
    from rich.table import Table

    from brain.store import Run

SHOWN = 20
"""Samples that are printed; a file gets them all."""


def predict(
    run: Annotated[str, typer.Argument(help=RUN_HELP)],
    file: Annotated[
        Path, typer.Argument(help="Samples: .npy, .csv (a sample a row) or a picture.")
    ],
    engine: Annotated[str | None, typer.Option(help=ENGINE_HELP)] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or mps.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write every prediction here: .npy or .csv.")
    ] = None,
    models: Annotated[Path, typer.Option(help="Where saved runs lie.")] = Path("models"),
) -> None:
    """Predict the samples of a file with a saved run: classes with probabilities, or numbers.

        brain predict mlp-digits samples.npy

        brain predict mlp-mnist three.png --engine torch --out answers.csv

    Numbers must be of the scale that the model was trained on: pixels 0 to 1, a series less its
    mean and divided by its deviation (`brain data show`). A picture is brought to the model's size
    and colours, 0 to 1; it should look like those it was trained on (MNIST's digits are white on
    black). What is written with --out has a row a sample and a column a class or output.
    """
    from rich.console import Console

    from brain.outputs import check_writable
    from brain.samples import read_samples
    from brain.store import Store

    if out and out.suffix not in (".npy", ".csv"):
        raise UserError(f"predictions are written as .npy or .csv, not as {str(out)!r}.")
    if out:
        check_writable(out)
        if out.exists() and file.exists() and out.samefile(file):
            raise UserError(f"{out} holds the samples: write the predictions to another file.")
    saved = Store(models).open(run)
    engine, device = saved.place(engine, device)
    require(engine, ENGINES)
    model = saved.run.recipe.model
    x = read_samples(file, model.input_shape)
    net = saved.network(engine, device, dtype)
    values = net.predict_proba(x) if model.loss.labels else net.predict(x)
    console = Console()
    if note := _out_of_range(saved.run, x):
        console.print(note, highlight=False)
    console.print(table(saved.run, values))
    if len(x) > SHOWN:
        console.print(f"and {len(x) - SHOWN:,} more; --out FILE writes them all", highlight=False)
    if out:
        _write(out, values)
        typer.echo(f"wrote {out}")


def table(run: Run, values: Any) -> Table:
    """The first predictions, a sample a row: the likeliest classes, or the numbers."""
    from rich import box
    from rich.table import Table

    rows = Table(box=box.SIMPLE_HEAD)
    rows.add_column("sample", justify="right")
    ranked = run.recipe.model.loss.labels and values.ndim == 2 and not _many_labels(run, values)
    for heading in ("answer", "probability", "then") if ranked else ("prediction",):
        rows.add_column(heading)
    for number, value in enumerate(values[:SHOWN]):
        rows.add_row(str(number), *(_likeliest(run, value) if ranked else [_numbers(value)]))
    return rows


def _out_of_range(run: Run, x: Any) -> str:
    """A note where the samples are of another scale than what the run was trained on."""
    if run.inputs is None:
        return ""
    low, high = run.inputs
    reach = (high - low) or 1.0
    if x.min() >= low - reach and x.max() <= high + reach:
        return ""
    return (
        f"note: the samples go from {x.min():.4g} to {x.max():.4g}, and those that it was trained "
        f"on from {low:.4g} to {high:.4g}: bring them to the same scale."
    )


def _many_labels(run: Run, values: Any) -> bool:
    """Whether each number is a label of its own rather than one of several classes."""
    return run.recipe.model.loss.kind == "BinaryCrossEntropy" and values.shape[-1] != 2


def _likeliest(run: Run, value: Any) -> list[str]:
    order = value.argsort()[::-1][:3]
    names = [run.classes[i] if i < len(run.classes) else str(i) for i in order]
    then = ", ".join(f"{n} {value[i]:.3f}" for n, i in zip(names[1:], order[1:], strict=True))
    return [names[0], f"{value[order[0]]:.4f}", then]


def _numbers(value: Any) -> str:
    flat = value.ravel()
    return " ".join(f"{number:.4g}" for number in flat[:8]) + (" ..." if flat.size > 8 else "")


def _write(out: Path, values: Any) -> None:
    import numpy as np

    from brain.outputs import replacing

    with replacing(out) as partial:
        if out.suffix == ".npy":
            np.save(partial, values, allow_pickle=False)
        else:
            np.savetxt(partial, values.reshape(len(values), -1), delimiter=",", fmt="%.9g")
