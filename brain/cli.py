"""The `brain` command. Its help imports no framework; each command imports what it needs."""

from __future__ import annotations

import io
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from brain import __version__
from brain.commands import (
    bench,
    compare,
    data,
    evaluate,
    generate,
    learn,
    look,
    models,
    predict,
    recipes,
    run,
    runs,
    tracks,
    train,
)
from brain.errors import UserError, WorkerError

INTERRUPTED = "stopped by Ctrl-C."


class Commands(TyperGroup):
    """The commands; Ctrl-C in any of them is a sentence too."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise UserError(INTERRUPTED) from None


app = typer.Typer(
    cls=Commands,
    name="brain",
    help="The same neural networks in NumPy, PyTorch and TensorFlow: run, train, compare.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("predict")(predict.predict)
app.command("generate")(generate.generate)
app.add_typer(runs.app, name="runs")
app.command("look")(look.look)
app.add_typer(learn.app, name="learn")
app.command("compare")(compare.compare)
app.command("bench")(bench.bench)
app.command("models")(models.models)
app.command("recipes")(recipes.recipes)
app.add_typer(data.app, name="data")
app.add_typer(tracks.app, name="tracks")


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"inside-ai-brain {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """Options before the command."""


def main(arguments: list[str] | None = None, command: typer.Typer = app) -> None:
    """Run the command line, of `brain` or of a `command` of its own.

    A user's error is one sentence on standard error and exit code 2; a worker process that failed
    ends with 3, so that 1 means that a comparison found a difference (or that whoever read the
    output has left).
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that a terminal lacks is no error
            stream.reconfigure(errors="replace")
    sys.path.append("")  # so that module:Class finds what lies in the current folder
    try:
        command(arguments)
    except UserError as error:
        _end(str(error), 2)
    except MemoryError as error:
        _end(f"there is not enough memory for this ({error}).", 2)
    except OSError as error:  # what no command foresaw: a full disk, a folder that is gone
        _end(f"{error.filename or 'the system'}: {error.strerror or error}.", 2)
    except WorkerError as error:
        _end(str(error), 3)
    except SystemExit as end:
        if end.code == 130:  # Ctrl-C while the arguments were read
            _end(INTERRUPTED, 2)
        raise


def _end(sentence: str, code: int) -> NoReturn:
    print(f"brain: {sentence}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
