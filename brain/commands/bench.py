"""`brain bench`: how fast each engine is, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brain.names import TOOLS, WORKLOADS, look_up

HELP = f"Workloads: {', '.join(WORKLOADS)}.  (default: all)"
HOW = "How it is measured"
WRITTEN = "What comes out"


def bench(
    workloads: Annotated[list[str] | None, typer.Argument(help=HELP)] = None,
    engines: Annotated[
        str | None,
        typer.Option(
            help="numpy, torch, tensorflow: all there is in that framework. Or one by one: "
            "torch-eager, torch-compiled, torch_nn, tf-graph, tf-xla, tf_nn.  (default: all)"
        ),
    ] = None,
    phases: Annotated[
        str,
        typer.Option(
            help="forward; step, of training; place, a batch on the device; epoch, on real data; "
            "start, of a fresh process, with the time to compile; all."
        ),
    ] = "forward,step",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps: one, or several.")] = "cpu",
    precision: Annotated[
        str, typer.Option(help="Of products: float32; on cuda also tf32 and bf16.")
    ] = "float32",
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Another batch size than the workload's.")
    ] = None,
    scaling: Annotated[
        str | None,
        typer.Option(help="batch: 1 to 1,024 samples. width: a quarter to four times the units."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            rich_help_panel=HOW,
            help="Threads of each engine.  (default: the physical cores)",
        ),
    ] = None,
    rounds: Annotated[
        int,
        typer.Option(
            min=3, rich_help_panel=HOW, help="Turns of each, at most: fewer where ratios settle."
        ),
    ] = 15,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", rich_help_panel=HOW, help="Three short rounds: a look, not a result."
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, rich_help_panel=HOW, help="Of values, and of the turns' order.")
    ] = 0,
    json_file: Annotated[
        Path,
        typer.Option("--json", rich_help_panel=WRITTEN, help="The file for all raw samples."),
    ] = Path("reports/bench.json"),
    plots: Annotated[
        Path | None, typer.Option(rich_help_panel=WRITTEN, help="A folder for pictures.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            rich_help_panel=WRITTEN, help="Compare with such a file, of the same machine."
        ),
    ] = None,
    holds: Annotated[
        bool,
        typer.Option(
            "--check",
            rich_help_panel=WRITTEN,
            help="Hold NumPy's steps by plain PyTorch's against benchmarks/bounds.toml; exit code "
            "1 beyond them.",
        ),
    ] = False,
) -> None:
    """Time the engines side by side, and plain PyTorch and TensorFlow code beside them.

    Each computes in a process of its own, and all are asked in turns, so that what
    disturbs the machine disturbs all alike: trust the ratios more than the times.
    A time counts only where what was timed agrees with NumPy in float64; what does
    not is struck out.

        brain bench cnn-mnist                       what everybody needs for a step

        brain bench cnn-mnist --engines numpy,torch-eager --phases epoch

        brain bench mlp-wide --scaling batch --device cpu,cuda --plots plots

        brain bench --quick --against reports/before.json --json reports/after.json

    Ctrl-C keeps what was measured. benchmarks/README.md says how to read it.
    """
    run = look_up("tool", "bench", TOOLS)
    code = run(
        workloads=workloads,
        engines=engines,
        phases=phases,
        device=device,
        precision=precision,
        threads=threads,
        batch_size=batch_size,
        scaling=scaling,
        rounds=rounds,
        quick=quick,
        seed=seed,
        json_file=json_file,
        plots=plots,
        against=against,
        holds=holds,
    )
    if code:
        raise typer.Exit(code)
