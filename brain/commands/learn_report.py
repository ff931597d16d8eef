"""`brain learn report`: what a class has done. For teachers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brain.commands.learning import JSON, TRACK, given, out, said


def report(
    context: typer.Context,
    folders: Annotated[
        list[Path],
        typer.Argument(help="Learners' clones, or their exercises/.", show_default=False),
    ],
    as_json: Annotated[bool, JSON] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")] = False,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Check every exercise of many learners. For teachers.

        brain learn report class/*

        brain learn report class/* --csv > class.csv

    Each file runs in a process of its own, with limits on time and memory, without network and
    files; scratch/week1/teachers.md says how far that holds. What learners' folders say about
    themselves is not believed.
    """
    from rich.console import Console

    from brain.errors import UserError
    from brain.learn import report as reports
    from brain.learn.courses import tasks
    from brain.learn.session import named

    if as_json and as_csv:
        raise UserError("--json or --csv, not both.")
    every = tasks()
    chosen = [task for task in every if task.track == named(given(context, None, track)[1], every)]
    errors = Console(stderr=True)
    with reports.progressing(len(folders), errors) as done:
        learners = reports.report(folders, chosen, every, done)
    if as_json:
        out({"learners": [learner.as_json() for learner in learners]})
    elif as_csv:
        typer.echo(reports.as_csv(learners), nl=False)
    else:
        said(reports.table(learners))
