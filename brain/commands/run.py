"""`brain run`: demos that train something small and draw what happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brain.errors import UserError
from brain.names import DEMOS, look_up, usable

if TYPE_CHECKING:
    from rich.console import Console


def run(
    names: Annotated[
        list[str] | None, typer.Argument(help="Demos to run, one after another.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run every demo.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the demos and end.")] = False,
    quick: Annotated[
        bool, typer.Option(help="Train a tenth as long: to see that it works.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the pictures go.")] = Path("plots"),
    seed: Annotated[int, typer.Option(min=0, help="Decides everything random.")] = 0,
) -> None:
    """Train something small and watch it learn; with no name, a menu.

    Pictures go to plots/; their paths are printed.

        brain run nn              a NumPy network learns two spirals

        brain run --all --quick   everything, in a hurry
    """
    from rich.console import Console

    from brain.outputs import check_folder

    console = Console()
    if list_:
        _list(console)
        return
    chosen = usable(DEMOS) if every else names or _menu(console)
    check_folder(out)
    demos = {name: look_up("demo", name, DEMOS) for name in chosen}  # unknown names fail first
    for name, demo in demos.items():
        console.rule(f"[bold]{name}")
        paths = demo(out, seed, quick, console)
        for path in paths:
            console.print(f"wrote {path}", highlight=False, soft_wrap=True)


def _list(console: Console) -> None:
    for number, (name, entry) in enumerate(DEMOS.items(), 1):
        console.print(f"{number:3}  [bold]{name:12}[/] {entry.what}", highlight=False)


def _menu(console: Console) -> list[str]:
    if not console.is_terminal:
        raise UserError("name a demo, or --all; `brain run --list` shows them.")
    _list(console)
    while True:
        answer = console.input("Number or name: ").strip()
        if answer in DEMOS:
            return [answer]
        if answer.isdigit() and 0 < int(answer) <= len(DEMOS):
            return [list(DEMOS)[int(answer) - 1]]
        console.print(f"Type a name, or a number from 1 to {len(DEMOS)}; Ctrl-C leaves.")
