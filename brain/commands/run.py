"""`brain run`: demos that train something small and draw what happens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brain.errors import UserError, unknown
from brain.names import DEMOS, look_up, require

if TYPE_CHECKING:
    from rich.console import Console

    from brain.stage import Stage

Quick = Annotated[bool, typer.Option("--quick", help="Train far shorter: to see that it works.")]
Out = Annotated[Path, typer.Option(help="Where the pictures go.")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Decides everything random.")]
NoShow = Annotated[bool, typer.Option("--no-show", help="Open no window, even with a display.")]
PLOTS = Path("plots")


def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Demos to run, one after another; their numbers in --list do too."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run every demo.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the demos and end.")] = False,
    quick: Quick = False,
    out: Out = PLOTS,
    seed: Seed = 0,
    no_show: NoShow = False,
) -> None:
    """Train something small and watch it learn; with no name, a menu.

    A window shows it where there is a display, else the terminal. Pictures go to plots/; their
    paths are printed, after Ctrl-C too.

        brain run nn              a NumPy network learns two spirals

        brain run --all --quick   everything, in a hurry
    """
    from rich.console import Console

    from brain.commands import menu
    from brain.outputs import check_folder

    console = Console()
    if list_:
        menu.listing(console)
        return
    if every and names:
        raise UserError("give names, or --all for every demo, not both.")
    chosen = list(DEMOS) if every else [_named(word) for word in names or [menu.choose(console)]]
    for name in chosen:  # before anything runs
        if name not in DEMOS:
            raise unknown("demo", name, DEMOS)
        if not every:
            require(name, DEMOS)
    check_folder(out)
    left_out = []
    for name in dict.fromkeys(chosen):
        try:
            require(name, DEMOS)
            _perform(name, look_up("demo", name, DEMOS), _stage(console, quick, out, seed, no_show))
        except UserError as error:
            if not every:
                raise
            console.print(f"{name}: {error}", markup=False, highlight=False, soft_wrap=True)
            left_out.append(name)
    _hold(console, no_show)
    if left_out:
        many = f"{len(left_out)} of {len(chosen)} demos"
        raise UserError(f"{many} could not be run, as said above: {', '.join(left_out)}.")


def _named(word: str) -> str:
    """The name of a demo that may be given by its number in the list."""
    listed = list(DEMOS)
    return listed[int(word) - 1] if word in map(str, range(1, len(listed) + 1)) else word


def alone(demo: Callable[[Stage], None]) -> typer.Typer:
    """The command line of one demo, for `python -m` of its module."""
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.command(help=sys.modules[demo.__module__].__doc__)
    def command(
        quick: Quick = False, out: Out = PLOTS, seed: Seed = 0, no_show: NoShow = False
    ) -> None:
        from rich.console import Console

        from brain.outputs import check_folder

        console = Console()
        check_folder(out)
        _perform(Path(sys.argv[0]).stem, demo, _stage(console, quick, out, seed, no_show))
        _hold(console, no_show)

    return app


def _stage(console: Console, quick: bool, out: Path, seed: int, no_show: bool) -> Stage:
    from brain.stage import Stage

    return Stage(out, seed, quick, console, show=not no_show)


def _perform(name: str, demo: Callable[[Stage], None], stage: Stage) -> None:
    """Run one demo; whatever ends it, the paths of what it made are printed."""
    stage.console.rule(f"[bold]{name}")
    try:
        demo(stage)
    finally:
        for path in stage.paths:
            stage.say(f"wrote {path}")


def _hold(console: Console, no_show: bool) -> None:
    """Leave the window open for who is at a terminal; a script never waits for it to be closed."""
    if console.is_terminal and not no_show:
        from brain import window

        window.hold(console)
