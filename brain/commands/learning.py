"""What the commands of `brain learn` share: options, the session, the exercises that are meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from brain.learn.courses import Task
    from brain.learn.session import Session

FOLDER = typer.Option("--folder", help="Your exercises; default: exercises/.", show_default=False)
TRACK = typer.Option(
    "--track",
    help="scratch, torch_nn, tf_nn, cnn or rnn; default: the branch's.",
    show_default=False,
)
NAMES = typer.Argument(
    help="Exercises by name (softmax), days (day3), files, or `all`; default: the next one.",
    show_default=False,
)
NAME = typer.Argument(help="An exercise; default: the next one.", show_default=False)
JSON = typer.Option("--json", help="Print JSON, for scripts.")


def session(folder: Path | None, track: str | None, quiet: bool = False) -> Session:
    """The learner at work; tells of the stubs that are new."""
    from brain.learn.session import Session

    made = Session(folder, track)
    if made.new and not quiet:
        typer.echo(f"wrote {len(made.new)} exercises to {made.folder.path / made.track}", err=True)
    return made


def out(value: Any) -> None:
    """Print JSON."""
    typer.echo(json.dumps({"schema": 1, **value}, indent=1))


def said(lines: Any) -> None:
    """Print lines."""
    for line in lines:
        typer.echo(line)


def given(context: typer.Context, folder: Path | None, track: str | None) -> tuple[Any, Any]:
    """The options, before or after the command."""
    before = context.obj or (None, None)
    return folder or before[0], track or before[1]


def one(at_work: Session, name: str | None) -> Task:
    """The one exercise that is meant."""
    from brain.errors import UserError

    chosen = at_work.meant([name] if name else [])
    if len(chosen) > 1:
        raise UserError(f"{name} is {len(chosen)} exercises; name one: "
                        f"{', '.join(task.name for task in chosen)}.")  # fmt: skip
    return chosen[0]


def row(task: Task, at_work: Session) -> dict[str, Any]:
    """An exercise for JSON."""
    return {
        "exercise": task.name,
        "track": task.track,
        "day": task.day,
        "title": task.exercise.title,
        "file": task.place,
        "status": "passed" if at_work.folder.passed(task) else "open",
    }
