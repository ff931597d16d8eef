"""The door to one demo or experiment by itself: `main(run)` at the foot of its module."""

from __future__ import annotations

from collections.abc import Callable

from brain.stage import Stage


def main(run: Callable[[Stage], None]) -> None:
    """Run a demo by itself, as `python -m` of its module; takes --seed, --quick, --out, --no-show.

    Ends as the `brain` command does.
    """
    from brain import cli
    from brain.commands.run import alone

    cli.main(command=alone(run))
