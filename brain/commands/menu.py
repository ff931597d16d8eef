"""The menu of `brain run`: what can be run, what it teaches, how long it takes."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from brain.errors import UserError
from brain.names import DEMOS, Demo

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent
    from rich.console import Console

QUESTION = "Arrow keys or 1 to 9, then Enter; 10 and above start at once; Ctrl-C leaves."


def line(name: str, demo: Demo) -> str:
    """A demo in one line of less than 75 columns: name, what it teaches, expected time."""
    return f"{name:15} {demo.what:48} {demo.seconds:3} s"


def listing(console: Console) -> None:
    """Print every demo with its number, group by group."""
    numbered = enumerate(DEMOS.items(), 1)
    for group, demos in groupby(numbered, key=lambda one: one[1][1].group):
        console.print(f"[bold]{group}")
        for number, (name, demo) in demos:
            console.print(f"{number:3}. {line(name, demo)}", highlight=False, soft_wrap=True)


def choose(console: Console) -> str:
    """The name of the demo that the user picks, with the arrow keys where the terminal has them."""
    if not (console.is_terminal and sys.stdin.isatty()):
        raise UserError("name a demo, or --all; `brain run --list` shows them.")
    try:
        return _asked(console) if os.environ.get("TERM") in ("dumb", "unknown") else _picked()
    except EOFError:
        raise UserError("no demo was chosen.") from None


def _picked() -> str:
    from prompt_toolkit.shortcuts import choice

    options = [(name, line(name, demo)) for name, demo in DEMOS.items()]
    return choice(QUESTION, options=options, key_bindings=_two_digits())


def _two_digits() -> KeyBindings:
    """The numbers from 10, which start their demo at once; the menu itself knows 1 to 9."""
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()
    for number, name in enumerate(DEMOS, 1):
        if number >= 10:

            @keys.add(*str(number))
            def start(event: KeyPressEvent, name: str = name) -> None:
                event.app.exit(result=name)

    return keys


def _asked(console: Console) -> str:
    """The same without arrow keys: a number or a name, asked until it is one."""
    listing(console)
    while True:
        answer = console.input("Number or name: ").strip()
        if answer in DEMOS:
            return answer
        if answer.isdigit() and 0 < int(answer) <= len(DEMOS):
            return list(DEMOS)[int(answer) - 1]
        console.print(f"Type a name, or a number from 1 to {len(DEMOS)}; Ctrl-C leaves.")
