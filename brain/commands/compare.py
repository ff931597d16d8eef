"""`brain compare`: hold PyTorch and TensorFlow against NumPy."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brain.errors import UserError, unknown
from brain.names import ENGINES, MODELS, absent, installed, require, usable

if TYPE_CHECKING:
    from brain.compare.report import Report

OWN = "Your own models"
STEPS, EPOCHS, OPTIMIZER = 100, 5, "nesterov"


def compare(
    models: Annotated[
        list[str] | None,
        typer.Argument(help="Models by name, .json files, or all.  (default: all)"),
    ] = None,
    engines: Annotated[
        str | None,
        typer.Option(
            help="Engines to compare; numpy is the reference, always.  (default: all that are here)"
        ),
    ] = None,
    dtype: Annotated[
        str, typer.Option(help="float64 proves the mathematics, float32 shows the rounding.")
    ] = "float64,float32",
    steps: Annotated[
        int,
        typer.Option(
            min=1,
            max=100_000,
            help="Optimizer steps; parameters are held after 1, 10, 100 and the last.",
        ),
    ] = STEPS,
    batch_size: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Samples of the pass and of each step.  (default: few, by the model's size)",
        ),
    ] = None,
    optimizer: Annotated[
        str,
        typer.Option(
            help="sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw: everything switched on."
        ),
    ] = OPTIMIZER,
    device: Annotated[
        str, typer.Option(help="Where PyTorch and TensorFlow compute: cpu or cuda.")
    ] = "cpu",
    data: Annotated[
        str | None,
        typer.Option(help="Also train each model on these data sets, as `digits,mnist`."),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of that training.")] = EPOCHS,
    skip_missing: Annotated[
        bool, typer.Option("--skip-missing", help="Leave out data that cannot be had, and say so.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything found to this file.")
    ] = None,
    html_file: Annotated[
        Path | None,
        typer.Option("--html", help="Write a page with plots, layer by layer, to this file."),
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(help="With --data: the folder for the loss curves.")
    ] = None,
    torch: Annotated[
        str | None,
        typer.Option(
            rich_help_panel=OWN, help="Your PyTorch model: module:factory or file.py:factory."
        ),
    ] = None,
    keras: Annotated[
        str | None, typer.Option(rich_help_panel=OWN, help="Your Keras model, likewise.")
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(rich_help_panel=OWN, help="A saved run, or a model by name: against yours."),
    ] = None,
    input_file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            rich_help_panel=OWN,
            help="Samples for them, .npy: (N, H, W, C), (N, T, D), (N, D), or ids (N, T).",
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", rich_help_panel=OWN, help='Which layer is which, TOML: "fc.0" = "dense_3".'
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            rich_help_panel=OWN,
            help="Go back from this loss: cross-entropy, binary-cross-entropy or mse of the output "
            "and --targets.  (default: from a random gradient of the output)",
        ),
    ] = None,
    targets: Annotated[
        Path | None, typer.Option(rich_help_panel=OWN, help="The targets for --loss, .npy.")
    ] = None,
    keep_weights: Annotated[
        bool,
        typer.Option(
            "--keep-weights",
            rich_help_panel=OWN,
            help="Take both models' own weights, to check a port; else the first's are copied. "
            "Let the factories load them: what is drawn depends on the dtype.",
        ),
    ] = False,
    evaluation_only: Annotated[
        bool,
        typer.Option(
            "--evaluation-only",
            rich_help_panel=OWN,
            help="Outputs in evaluation alone: no gradients, no running statistics.",
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(rich_help_panel=OWN, help="For what the factories draw.")
    ] = 0,
) -> None:
    """Prove engines equal: outputs, loss, every gradient, parameters after 1, 10, 100 steps.

    Each engine runs in a process of its own. Exit code 1 when they differ
    anywhere by more than rounding explains; the first layer where they part is
    named, and the cause, if it is a known mistake: each is tried on that layer
    alone. Where rounding alone leads two right engines so far apart that it
    could hide a difference, the verdict is "undecided": the exit code is 0, and
    the last lines name the model, the steps and how far rounding reaches.

        brain compare mlp --engines numpy,torch

        brain compare lenet --html reports/lenet.html

        brain compare mlp --data digits,mnist --plots reports --json reports/compare.json

    Your own models are compared in the same way, layer by layer, forward and backward: the weights
    and running statistics of the first are copied into the other, across the frameworks' layouts.

        brain compare --torch net.py:make --keras port.py:make --input samples.npy --html port.html

        brain compare --run mlp-digits --torch net.py:make --input samples.npy
    """
    if torch or keras or run:
        from brain.commands.compare_own import compare_own

        others: dict[str, object] = {
            "a model's name": models,
            "--data": data,
            "--engines": engines,
            "--plots": plots,
        }
        others |= {"--batch-size": batch_size, "--skip-missing": skip_missing}
        others |= {"--steps": steps != STEPS, "--epochs": epochs != EPOCHS}
        others |= {"--optimizer": optimizer != OPTIMIZER, "--device": device != "cpu"}
        for option in (name for name, given in others.items() if given):
            raise UserError(f"your own models are compared by themselves: leave out {option}.")
        given = {"run": run, "torch": torch, "keras": keras}
        compare_own(
            {option: factory for option, factory in given.items() if factory},
            dtype=dtype,
            input_file=input_file,
            map_file=map_file,
            loss=loss,
            targets_file=targets,
            copies=not keep_weights,
            training=not evaluation_only,
            seed=seed,
            json_file=json_file,
            html_file=html_file,
        )
        return
    if input_file or map_file or loss or targets or keep_weights or evaluation_only or seed:
        raise UserError("--input and its like go with your own models: --torch, --keras, --run.")
    from rich.console import Console

    from brain.compare.cases import optimizers
    from brain.compare.whole import compare_all
    from brain.outputs import check_folder, check_writable
    from brain.worker import Worker

    names = _model_names(models or ["all"])
    specs = _models(names)
    dtypes = _listed("dtype", dtype, ("float64", "float32"))
    rules = optimizers(steps)
    if optimizer not in rules:
        raise unknown("optimizer", optimizer, rules)
    if plots and not data:
        raise UserError("--plots draws the curves of a training: say on which --data.")
    chosen = _with_reference(engine_names(engines))
    for file in filter(None, (json_file, html_file)):
        check_writable(file)
    if plots:
        check_folder(plots)
    every = "all" in (models or ["all"])
    recipes = _recipes(names, data, epochs, skip_missing, every)
    settings: dict[str, Any] = {
        "models": [m.name for m in specs],
        "engines": chosen,
        "dtypes": dtypes,
    }
    settings |= {"steps": steps, "optimizer": optimizer, "device": device, "epochs": epochs}
    settings["batch_size"] = batch_size
    with ExitStack() as stack:
        # a comparison's arrays are small: with more threads, most of the time goes into waiting
        # for each other (six times as long for resnet-8 on two cores)
        workers = {engine: stack.enter_context(Worker(engine, threads=1)) for engine in chosen}
        shown = stack.enter_context(Console(stderr=True).status("starting one process each"))
        report = compare_all(specs, recipes, workers, settings, plots, shown.update)
    _show(report, json_file, html_file, plots)
    if report.answer == "differs":
        raise typer.Exit(1)


def engine_names(text: str | None) -> list[str]:
    """The engines in a list with commas, or all that are installed and on this branch.

    UserError for an unknown one, or one that is named but not here.
    """
    if text is None:
        return usable(ENGINES)
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in ENGINES and ":" not in name:
            raise unknown("engine", name, ENGINES)
        require(name, ENGINES)
    return list(dict.fromkeys(names))


def _with_reference(names: list[str]) -> list[str]:
    names = ["numpy", *(name for name in names if name != "numpy")]
    if len(names) < 2:
        text = "numpy is the reference: name at least one engine besides it"
        raise UserError(f"{text}{_besides_numpy()}")
    return names


def _besides_numpy() -> str:
    """Which engines that could be, or what is missing."""
    others = {name: entry for name, entry in ENGINES.items() if name != "numpy"}
    if found := usable(others):
        return f", as --engines {','.join(found)}"
    for entry in others.values():
        if entry.needs and installed(replace(entry, needs=None)):
            return f"; {absent(entry.needs)}"
    return "; no other is on this branch: git switch main has them"


def _listed(what: str, text: str, known: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [""]:
        if name not in known:
            raise unknown(what, name, known)
    return list(dict.fromkeys(names))


def _model_names(names: list[str]) -> list[str]:
    """The names without doubles, `all` replaced by every model of the table that is here."""
    every = [n for name in names for n in (usable(MODELS) if name == "all" else [name])]
    return list(dict.fromkeys(every))


def _models(names: list[str]) -> list[Any]:
    from brain.recipes import named_model

    specs = [named_model(name) for name in names]
    titles = [model.name for model in specs]
    for title in titles:
        if titles.count(title) > 1:
            raise UserError(f"two of the models are called {title!r}; give one another name.")
    return specs


def _recipes(
    models: list[str], names: str | None, epochs: int, skip: bool, every: bool
) -> list[Any]:
    """A recipe for each model on each data set, fitted to it; data are had before any run.

    Of `every` model there is, those that cannot take a data set's rows are left out, and told.
    """
    from brain import data
    from brain.recipes import recipe_for

    recipes = []
    for name in (names or "").split(",") if names else []:
        data.describe(name.strip())  # an unknown name is never skipped
        try:
            dataset = data.load(name.strip())
        except UserError as error:
            if not skip:
                raise
            typer.echo(f"left out {name}: {error}", err=True)
            continue
        for model in models:
            try:
                recipes.append(recipe_for(model, dataset, epochs=epochs))
            except UserError as error:
                if not every:
                    raise
                typer.echo(f"left out: {error}", err=True)
    return recipes


def _show(
    report: Report, json_file: Path | None, html_file: Path | None, plots: Path | None
) -> None:
    from rich.console import Console

    from brain.compare.report import differences, summary
    from brain.compare.tables import training_table, verdict_table
    from brain.outputs import write_whole

    console = Console()
    console.print(verdict_table(report.verdicts, report.noise))
    if report.trainings:
        console.print(training_table(report.trainings))
    for line in summary(report.verdicts):
        style = "yellow" if "not decided" in line else None
        console.print(line, style=style, highlight=False, soft_wrap=True)
    for line in differences(report.verdicts):
        console.print(line, style="red", highlight=False)
    written = [plots / f"{t.model}-{t.data}.png" for t in report.trainings] if plots else []
    if json_file:
        write_whole(json_file, json.dumps(report.to_json(), indent=1) + "\n")
        written.append(json_file)
    if html_file:
        from brain.compare.page import write_page

        write_page(report, html_file)
        written.append(html_file)
    for path in written:
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    line, style = ENDS[report.answer]
    console.print(line, style=style)


ENDS = {
    "equal": ("equal, everywhere within rounding", "bold green"),
    "undecided": ("undecided in part; equal within rounding everywhere else", "bold yellow"),
    "differs": ("the engines differ", "bold red"),
}
