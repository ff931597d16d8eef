"""`brain bench`: how long a training step takes, side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from brain.names import TOOLS, WORKLOADS, look_up, usable

HELP = f"Workloads: {', '.join(WORKLOADS)}.  (default: all)"


def bench(
    workloads: Annotated[list[str] | None, typer.Argument(help=HELP)] = None,
    engines: Annotated[
        str | None,
        typer.Option(
            help="Engines to time, the first against the others.  (default: all that are here)"
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=3, help="How often each is timed, in turns.")] = 15,
) -> None:
    """Time one training step of each engine, in turns on the same machine; medians and ratios.

    With torch there is also a plain PyTorch loop, written by hand, as a yardstick.

        brain bench mlp-small --engines numpy,torch,tensorflow
    """
    from rich.console import Console

    from brain.commands.compare import engine_names

    chosen = [look_up("workload", name, WORKLOADS)() for name in workloads or usable(WORKLOADS)]
    names = engine_names(engines)
    measure, table = (look_up("tool", name, TOOLS) for name in ("measure-steps", "show-steps"))
    for workload in chosen:
        with Console(stderr=True).status(f"timing {workload.model.name} {rounds} times"):
            seconds = measure(workload, names, rounds)
        Console().print(table(workload, seconds))
