"""The command line of `python -m rnn.forecasting`: what is asked for, checked and shown."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from brain import data
from brain.data import Series
from brain.errors import UserError, unknown
from brain.names import ENGINES, require
from brain.outputs import check_folder, check_writable
from brain.stage import Stage
from rnn.forecasting import records, study, tables
from rnn.forecasting.preparation import Preparation
from rnn.forecasting.show import perform
from rnn.forecasting.study import SETTINGS, STRATEGIES, Plan, Settings

PREPARED = "How the series is prepared and seen"
LEARNED = "How the network learns"
JUDGED = "How it is judged"
WRITTEN = "What comes out"
OWN = "A series of your own"


def forecast(
    series: Annotated[
        str | None, typer.Argument(help="airline, sunspots, temperatures, sine or mackey_glass.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A model for sequences of numbers; `brain models`.")
    ] = "forecast-gru",
    engine: Annotated[str, typer.Option(help="numpy, torch or tensorflow.")] = "numpy",
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Values ahead.  (default: the series' own)")
    ] = None,
    strategy: Annotated[
        str,
        typer.Option(
            help="recursive: one value at a time, fed back. direct: all at once, an output for "
            "each. Or both."
        ),
    ] = "both",
    transform: Annotated[
        str | None,
        typer.Option(help="Of each value: none, log or sqrt.", rich_help_panel=PREPARED),
    ] = None,
    difference: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Learn the change since so many values before: 12 for months; 0 for none.",
            rich_help_panel=PREPARED,
        ),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(min=1, help="Values that a forecast sees.", rich_help_panel=PREPARED),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, rich_help_panel=LEARNED)] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, rich_help_panel=LEARNED)] = None,
    lr: Annotated[
        float | None,
        typer.Option(help="Adam's rate; it falls to 0 along a cosine.", rich_help_panel=LEARNED),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Trainings, of as many seeds.", rich_help_panel=LEARNED)
    ] = 1,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32, help="The first of them.", rich_help_panel=LEARNED)
    ] = 0,
    test_fraction: Annotated[
        float, typer.Option(help="The last part, to be judged by.", rich_help_panel=JUDGED)
    ] = 0.2,
    every: Annotated[
        int | None,
        typer.Option(min=1, help="Forecast from every so-many-th value.", rich_help_panel=JUDGED),
    ] = None,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit",
            help="Learn anew at each origin, from all before it; else once, before the first.",
            rich_help_panel=JUDGED,
        ),
    ] = False,
    paths: Annotated[
        int,
        typer.Option(
            min=0, help="Bootstrap paths an origin, for intervals.", rich_help_panel=JUDGED
        ),
    ] = 200,
    tuning: Annotated[
        bool,
        typer.Option(
            "--tuning",
            help="To choose settings: judge by the last part of the training part alone; the test "
            "part is never seen.",
            rich_help_panel=JUDGED,
        ),
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file: a header, then a date (1949-01 or 1949-01-31) and a value in each "
            "row.",
            rich_help_panel=OWN,
        ),
    ] = None,
    period: Annotated[
        int | None,
        typer.Option(min=1, help="Values in a season, as 12 for months.", rich_help_panel=OWN),
    ] = None,
    unit: Annotated[str, typer.Option(help="What is counted.", rich_help_panel=OWN)] = "",
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write all errors to this file.", rich_help_panel=WRITTEN),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Where the pictures go.", rich_help_panel=WRITTEN)
    ] = Path("plots"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Two epochs and few origins: to see that it works.")
    ] = False,
) -> None:
    """Forecast a series from many origins, beside naive rules and a linear autoregression.

    Every forecaster sees the same windows and is judged at the same origins, which roll through the
    last fifth of the series. Nothing is learned from that part: not a weight, not a scale.

        python -m rnn.forecasting airline --horizon 12 --seeds 3

        python -m rnn.forecasting sunspots --model forecast-lstm --strategy direct

        python -m rnn.forecasting --csv sales.csv --period 12 --difference 12 --transform log

    MASE below 1 is better than the value a season ago was, one step ahead, on the training part.
    theory/forecasting.md says what each word means.
    """
    require(engine, ENGINES)
    if engine not in ENGINES and ":" not in engine:
        raise unknown("engine", engine, ENGINES)
    if strategy not in (*STRATEGIES, "both"):
        raise unknown("strategy", strategy, (*STRATEGIES, "both"))
    found = _series(series, csv, period, unit)
    given = {"horizon": horizon, "length": length, "every": every}
    learned = {"epochs": epochs, "batch_size": batch_size, "lr": lr}
    plan = Plan(
        settings=_settings(
            found.name if csv is None else "", given, learned, transform, difference
        ),
        model=model,
        engine=engine,
        strategies=STRATEGIES if strategy == "both" else (strategy,),  # type: ignore[arg-type]
        test_fraction=test_fraction,
        refit=refit,
        paths=paths,
        seeds=tuple(range(seed, seed + seeds)),
    )
    if json_file:
        check_writable(json_file)
    check_folder(out)
    stage = Stage(out, seed=seed, quick=quick, console=Console())
    _warn(stage, found)
    name = f"forecasting-{found.name}"
    known = study.known_part(found, test_fraction) if tuning else found
    result = perform(stage, plan, known, name, _command(), watched=not refit)
    stage.console.print(tables.terminal(result, stage.console.width))
    for sentence in tables.sentences(result, stage.console.width):
        stage.say(sentence)
    if json_file:
        records.write(result, json_file)
        stage.say(f"wrote {json_file}")
    for path in stage.paths:
        stage.say(f"wrote {path}")


def _series(name: str | None, csv: Path | None, period: int | None, unit: str) -> Series:
    if (name is None) == (csv is None):
        raise UserError(
            "name a series, as airline, or give a table of your own by --csv; not both."
        )
    if csv is not None:
        return study.from_csv(csv, period, unit)
    if period is not None or unit:
        raise UserError("--period and --unit go with --csv: a series of the project has its own.")
    if name not in data.table.SERIES and (Path(str(name)).exists() or str(name).endswith(".csv")):
        raise UserError(
            f"{name} is no series of the project; give a table of your own by --csv {name}"
        )
    return study.named(str(name))


def _settings(
    name: str,
    given: dict[str, int | None],
    learned: dict[str, int | float | None],
    transform: str | None,
    difference: int | None,
) -> Settings:
    """The series' own settings, but for what is given."""
    own = SETTINGS.get(name, Settings())
    usual = own.preparation
    preparation = Preparation(
        usual.transform if transform is None else transform,
        usual.season if difference is None else difference,
    )
    chosen: dict[str, Any] = {key: v for key, v in learned.items() if v is not None}
    training = replace(own.training, **chosen)
    rest: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    return replace(own, preparation=preparation, training=training, **rest)


def _warn(stage: Stage, series: Series) -> None:
    """Say where a user's dates leap: what follows is read as the next value none the less."""
    gaps = np.diff(series.times)
    if not len(gaps):
        return
    wide = gaps > 1.5 * np.median(gaps.astype(np.float64)).astype(gaps.dtype)
    if wide.any():
        place = int(wide.argmax())
        stage.say(
            f"{series.name}: the dates leap {int(wide.sum())} times, first from "
            f"{series.times[place]} to {series.times[place + 1]}; they are read as neighbours."
        )


def _command() -> str:
    """The command line, without folders of this machine."""
    return "python -m rnn.forecasting " + shlex.join(map(_without_folder, sys.argv[1:]))


def _without_folder(word: str) -> str:
    """A path, or an `--option=path`, by the file's name alone where it is absolute."""
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return option + equals + (Path(value).name if Path(value).is_absolute() else value)


def main() -> None:
    """The command line; it ends as the `brain` command does."""
    from brain import cli

    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command()(forecast)
    cli.main(command=app)
