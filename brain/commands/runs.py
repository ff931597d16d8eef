"""`brain runs`: the saved runs, newest first; one in detail; two side by side."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brain.commands.evaluate import RUN_HELP, shown

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod

    from brain.store import Run, Saved, Store

app = typer.Typer(help="The saved runs: list them, look into one, compare two.")
MODELS = typer.Option(help="Where saved runs lie.")


@app.callback(invoke_without_command=True)
def list_(context: typer.Context, models: Annotated[Path, MODELS] = Path("models")) -> None:
    """List the saved runs, newest first: how far each has come, and its metrics."""
    from rich.console import Console

    from brain.store import Store

    context.obj = models
    if context.invoked_subcommand is None:
        _list(Store(models), Console())


def _list(store: Store, console: Console) -> None:
    from rich import box
    from rich.table import Table

    table, damaged = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)), []
    for heading in ("run", "engine", "step", "loss", "score", "saved"):
        justify: JustifyMethod = "right" if heading in ("step", "loss") else "left"
        table.add_column(heading, justify=justify, no_wrap=heading != "score", overflow="fold")
    runs = []
    for reference, run in store.listed():
        if isinstance(run, Exception):
            damaged.append(f"{reference}: {run}")
        else:
            runs.append((run.saved, reference, run))
    for _, reference, run in sorted(runs, key=lambda row: row[:2], reverse=True):
        loss = f"{run.metrics['loss']:.4f}" if "loss" in run.metrics else ""
        table.add_row(reference, run.engine, _progress(run), loss, _score(run), _when(run))
    if runs:
        console.print(table)
    for line in damaged:
        console.print(f"damaged: {line}", highlight=False, markup=False)
    if not runs and not damaged:
        typer.echo(f"nothing is saved in {store.root}/ yet; save a run with: brain train --save")


@app.command("show")
def show(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help=RUN_HELP)],
    models: Annotated[Path | None, MODELS] = None,
) -> None:
    """Show one run: its model, recipe, metrics after each epoch, versions."""
    from brain.store import Store

    saved = Store(models or context.obj).open(run)
    typer.echo(f"{saved.reference}, saved {_when(saved.run)} in {saved.folder}\n")
    typer.echo(f"{saved.run.recipe.model}\n")
    for name, value in _facts(saved).items():
        typer.echo(f"{name:14} {value}")
    for epoch in saved.run.history:
        typer.echo(f"epoch {epoch.epoch:<8} {shown(epoch.metrics)}")


@app.command("compare")
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help=RUN_HELP)],
    second: Annotated[str, typer.Argument(help=RUN_HELP)],
    models: Annotated[Path | None, MODELS] = None,
) -> None:
    """Show where two runs differ: recipe, metrics, and how far apart their weights are."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from brain.store import Store

    one, two = (Store(models or context.obj).open(reference) for reference in (first, second))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", one.reference, two.reference, "difference"):
        table.add_column(heading)
    facts, others = _facts(one), _facts(two)
    alike = [name for name, value in facts.items() if others[name] == value]
    for name, value in facts.items():
        if name not in alike:
            table.add_row(name, value, others[name], "")
    for name in one.run.metrics | two.run.metrics:
        a, b = one.run.metrics.get(name), two.run.metrics.get(name)
        apart = "" if a is None or b is None else f"{b - a:+.4f}"
        table.add_row(name, *("" if v is None else f"{v:.4f}" for v in (a, b)), apart)
    console = Console()
    console.print(table)
    console.print("alike: " + (", ".join(alike) or "nothing"), highlight=False)
    console.print(_distance(one, two), highlight=False)


def _distance(one: Saved, two: Saved) -> str:
    """How far the weights are apart, in a sentence."""
    import numpy as np

    from brain.compare.tolerances import error

    a, b = one.weights, two.weights
    if {k: v.shape for k, v in a.items()} != {k: v.shape for k, v in b.items()}:
        return "weights: of two different models, not to be compared"
    if all(np.array_equal(a[name], b[name]) for name in a):
        return "weights: equal, bit for bit"
    worst = max(a, key=lambda name: error(b[name], a[name]))
    return f"weights: at most {error(b[worst], a[worst]):.1e} apart (relative, {worst})"


def _facts(saved: Saved) -> dict[str, str]:
    """What there is to say of a run, beside its metrics."""
    from brain.spec import describe

    run, recipe = saved.run, saved.run.recipe
    layers = ", ".join(describe(layer) for layer in recipe.model.layers)
    return {
        "model": recipe.model.name,
        "layers": f"{recipe.model.input_shape} {layers}",
        "data": ", ".join([recipe.data, *(f"{k} {v}" for k, v in recipe.options.items())]),
        "rows": "all" if recipe.rows is None else f"at most {recipe.rows:,}",
        "optimizer": describe(recipe.optimizer),
        "recipe": recipe.name or "-",
        "epochs": str(recipe.epochs),
        "batch size": str(recipe.batch_size),
        "augmentation": ", ".join(describe(a) for a in recipe.augmentation) or "none",
        "held out": f"{recipe.hold_out:.0%}" if recipe.hold_out else "nothing",
        "patience": f"{recipe.patience} epochs" if recipe.patience else "-",
        "seed": str(recipe.seed),
        "dtype": recipe.dtype,
        "engine": f"{run.engine} on {run.device}",
        "versions": ", ".join(f"{name} {number}" for name, number in run.versions.items()),
        "step": _progress(run),
        "seconds": f"{run.seconds:.1f}",
        "judged by": f"{run.judged_by} rows",
        "resumed from": run.resumed or "-",
    }


def _score(run: Run) -> str:
    """Accuracy in percent, or R²; of held-out rows until the test rows have been judged."""
    metrics = run.metrics
    if "accuracy" in metrics:
        score = f"{metrics['accuracy']:.2%}"
    else:
        score = f"R² {metrics['r2']:.4f}" if "r2" in metrics else "none yet"
    return score if run.judged_by == "test" else f"{score} {run.judged_by}"


def _progress(run: Run) -> str:
    return f"{run.step:,}" if run.finished else f"{run.step:,}/{run.steps:,}"


def _when(run: Run) -> str:
    """When it was saved, in local time."""
    try:
        return f"{datetime.fromisoformat(run.saved).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return run.saved or "unknown"
