"""`brain tracks`: the learning tracks, each on a git branch that is built from main."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brain.errors import UserError

if TYPE_CHECKING:
    from brain.tracks.build import Plan
    from brain.tracks.content import Source

app = typer.Typer(no_args_is_help=True, help="The learning tracks, each on a branch of its own.")
NAMES = typer.Argument(help="A track, or its branch: brain tracks list.", show_default=False)


@app.command("list")
def list_() -> None:
    """Show every track: what it teaches, and where its branch stands.

    A branch is built from a commit of main. It is behind when main has since
    changed what is on the branch.
    """
    from brain.tracks.table import tracks_here

    try:
        found, why = states(), ""
    except UserError as error:
        found, why = {}, f"How far each is built is not known: {error}"
    for name, track in tracks_here().items():
        heading = f"{name} (branch {track.branch})" if name != track.branch else name
        typer.echo(f"{typer.style(heading, bold=True)}: {track.title}")
        for line in (track.teaches, found.get(name)):
            typer.echo(f"  {line}") if line else None
    typer.echo(why, err=True) if why else None


def states() -> dict[str, str]:
    """Where the branch of each track stands, in a few words."""
    from brain.tracks.branches import main_revision
    from brain.tracks.content import Source
    from brain.tracks.git import Repository
    from brain.tracks.table import MAIN

    with Repository.at(Path.cwd()).aside() as repository:
        source = Source(repository, main_revision(repository))
        others = [name for name in source.tracks if name != MAIN]
        return {MAIN: f"at {source.commit[:12]}", **{n: state(source, n) for n in others}}


def state(source: Source, name: str) -> str:
    """Where the branch of one track stands, here or else at origin, in a few words."""
    from brain.tracks.build import plan

    try:
        one = plan(source, name)
    except UserError as error:
        return str(error)
    branch, newest = one.branch, one.branch.standing
    if newest is None:
        return "not built yet"
    words = [f"built from {newest.revision[:12]}"]
    if newest.tree != one.build.tree and one.build == branch.newest:
        words.append("a newer one is published: git pull --no-rebase")
    elif newest.tree == one.build.tree:
        words.append("from a later main than the one here" if one.earlier_main else "up to date")
    elif source.repository.commit(newest.revision):
        behind = source.repository.count(f"{newest.revision}..{source.commit}")
        words.append(f"{counted(behind, 'commit')} behind main")
    else:
        words.append("behind main")
    if branch.local is None:
        words.append(f"not here yet: git switch {branch.name}")
    if branch.own:
        words.append(f"with {counted(branch.own, 'commit')} of your own")
    return ", ".join(words)


@app.command("build")
def build(
    names: Annotated[list[str] | None, NAMES] = None,
    push: Annotated[
        bool, typer.Option("--push", help="Publish them at origin afterwards.")
    ] = False,
) -> None:
    """Make or advance the branches of the tracks named, or of all, from main.

    Your work tree is not touched. A branch that holds commits of your own,
    or is checked out, is not moved: its build goes to tracks/BRANCH, and the
    command to merge it is printed. Where nothing changed, nothing is done.

        brain tracks build

        brain tracks build scratch cnn
    """
    from brain.tracks import build as builds
    from brain.tracks.git import Repository

    began = time.perf_counter()
    repository = Repository.at(Path.cwd())
    plans = builds.build(repository, names)
    for one in plans:
        typer.echo(f"{one.track.branch:14} {outcome(one)}")
    if push:
        builds.push(repository, plans)
        typer.echo(f"published at origin: {', '.join(one.track.branch for one in plans)}")
    typer.echo(f"{counted(len(plans), 'track')} in {time.perf_counter() - began:.1f} s")


def outcome(one: Plan) -> str:
    """What a build did to one branch, in a line or two."""
    branch, at = one.branch, f"main {one.build.revision[:12]}"
    if one.earlier_main:
        at += ", which is ahead of main here"
    if one.merged:
        return f"nothing changed since {at}"
    if one.obstacle:
        place = branch.repository.in_use().get(branch.ref, ("", None))[1]
        first = f"cd {shlex.quote(str(place))}" if place else f"git switch {branch.name}"
        return (
            f"built from {at} on tracks/{branch.name}, as {one.obstacle}; to take it:\n"
            f"{'':15}{first} && git merge tracks/{branch.name}"
        )
    return f"{'advanced to' if branch.local else 'made from'} {at}"


@app.command("checkout")
def checkout(name: Annotated[str, NAMES]) -> None:
    """Switch this work tree to a track; build its branch where it is not yet.

    brain tracks checkout scratch
    """
    from brain.tracks import build as builds
    from brain.tracks.git import Repository

    track, said = builds.checkout(Repository.at(Path.cwd()), name)
    typer.echo(f"{said}\n\n{track.title}. {track.teaches}\n")
    if track.note:
        typer.echo(track.note.strip() + "\n")
    for step in (f"pip install -e {track.requirement}", *track.first_steps, *track.interactive):
        typer.echo(f"  {step}")


def counted(count: int, what: str) -> str:
    """`1 track`, `2 tracks`."""
    return f"{count} {what}{'' if count == 1 else 's'}"
