"""`brain tracks`: the learning tracks of the project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import typer

from brain.errors import UserError

app = typer.Typer(no_args_is_help=True, help="The learning tracks: what each one teaches.")
FILE = Path(__file__).resolve().parent.parent.parent / "tracks.toml"


@app.command("list")
def list_() -> None:
    """Every track: its name, the branch it is for, and what it teaches."""
    if not FILE.exists():
        raise UserError("tracks.toml is not here: run this in a clone of the project.")
    for name, track in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        typer.echo(f"{name:14} {track['branch']:14} {track['title']}")
