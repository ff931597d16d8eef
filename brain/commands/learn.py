"""`brain learn`: exercises that are checked as you save them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from brain.commands import learn_report
from brain.commands.learning import (
    FOLDER,
    JSON,
    NAME,
    NAMES,
    TRACK,
    given,
    one,
    out,
    row,
    said,
    session,
)

app = typer.Typer(
    help="Exercises: write a function, save, and read what is wrong with it. Without a command "
    "beside it, brain learn watches your file and checks it at every save."
)


@app.callback(invoke_without_command=True)
def learn(
    context: typer.Context,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Work through the exercises of a track.

        brain learn                  # watch: every save is checked

        brain learn check softmax    # check once; hint, next, list, reset, solution likewise

    The files are in exercises/TRACK/dayN/. Each is run in a process of its own, with a limit on
    time and memory. What passed is remembered, and nothing you wrote is ever overwritten
    without a copy in exercises/.backups/.
    """
    if context.invoked_subcommand is not None:
        context.obj = (folder, track)
        return
    with session(folder, track) as at_work:
        if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
            from brain.learn import show

            said(show.task(at_work.following() or at_work.tasks[-1], at_work.folder))
            typer.echo("  there is no terminal to watch from here: check, hint, next, list, reset, "
                       "solution do it one by one (brain learn --help)")  # fmt: skip
            return
        import asyncio

        from brain.learn.watch import Watch, watching

        asyncio.run(watching(Watch(at_work, typer.echo)))


@app.command("check")
def check(
    context: typer.Context,
    names: Annotated[list[str] | None, NAMES] = None,
    again: Annotated[bool, typer.Option("--again", help="Run even what passed.")] = False,
    as_json: Annotated[bool, JSON] = False,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Check exercises: what was asked, expected and got, and why if the mistake is known.

        brain learn check softmax

        brain learn check day3 --json

    Exit code 0 if all passed, 1 if one did not. In JSON, status is passed, failed or unwritten.
    """
    from brain.learn import show
    from brain.learn.checking import PASSED

    with session(*given(context, folder, track), quiet=as_json) as at_work:
        results = []
        for result in at_work.check(at_work.meant(names or []), again):
            results.append(result)
            if not as_json:
                said(show.result(result, at_work.folder))
        if as_json:
            out({"results": [result.as_json() for result in results]})
        elif len(results) == 1 and results[0].status == PASSED:
            said(show.after(results[0].task, at_work.following(results[0].task)))
        elif len(results) > 1:
            done = sum(result.status == PASSED for result in results)
            typer.echo(f"{done} of {len(results)} passed")
        else:
            typer.echo(f"  brain learn hint {results[0].task.name} helps")
    if any(result.status != PASSED for result in results):
        raise typer.Exit(1)


@app.command("hint")
def hint(
    context: typer.Context,
    name: Annotated[str | None, NAME] = None,
    as_json: Annotated[bool, JSON] = False,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Show the next of three hints: a nudge, the formula with its page, pseudocode."""
    from brain.learn import show

    with session(*given(context, folder, track), quiet=as_json) as at_work:
        task = one(at_work, name)
        number = at_work.folder.hint(task)
        if as_json:
            out({"exercise": task.name, "number": number + 1, "hint": task.exercise.hints[number]})
        else:
            said(show.hint(task, number))


@app.command("next")
def next_(
    context: typer.Context,
    as_json: Annotated[bool, JSON] = False,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Show the first exercise that has not passed: what to write, where, what to read."""
    from brain.learn import show

    with session(*given(context, folder, track), quiet=as_json) as at_work:
        task = at_work.following()
        if as_json:
            out({"exercise": task and row(task, at_work)})
        elif task is None:
            typer.echo("everything passed: brain learn list")
        else:
            said(show.task(task, at_work.folder))


@app.command("list")
def list_(
    context: typer.Context,
    as_json: Annotated[bool, JSON] = False,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Show every exercise of the track, and what passed."""
    from brain.learn import show

    with session(*given(context, folder, track), quiet=as_json) as at_work:
        if as_json:
            out({"exercises": [row(task, at_work) for task in at_work.tasks]})
            return
        said(show.listing(at_work.tasks, at_work.folder))
        others = sorted({task.track for task in at_work.every} - {at_work.track})
        if others:
            typer.echo(f"other tracks here: {', '.join(others)} (brain learn --track NAME list)")


@app.command("reset")
def reset(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An exercise.", show_default=False)],
    as_json: Annotated[bool, JSON] = False,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Write an exercise's stub anew; what you wrote is kept in exercises/.backups/."""
    from brain.learn import show

    with session(*given(context, folder, track), quiet=as_json) as at_work:
        task = one(at_work, name)
        backup = at_work.folder.reset(task)
        file = at_work.folder.file(task)
        if as_json:
            out(
                {
                    "exercise": task.name,
                    "file": str(file),
                    "backup": str(backup) if backup else None,
                }
            )
            return
        typer.echo(f"{show.shown(file)} is the stub again")
        if backup:
            typer.echo(f"what you wrote is {show.shown(backup)}")


@app.command("solution")
def solution(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An exercise.", show_default=False)],
    as_json: Annotated[bool, JSON] = False,
    folder: Annotated[Path | None, FOLDER] = None,
    track: Annotated[str | None, TRACK] = None,
) -> None:
    """Print the solution of an exercise; your own file stays as it is."""
    from brain.regions import filled

    with session(*given(context, folder, track), quiet=as_json) as at_work:
        task = one(at_work, name)
        text = filled(task.solution)
        out({"exercise": task.name, "solution": text}) if as_json else typer.echo(text.rstrip())


app.command("report")(learn_report.report)
