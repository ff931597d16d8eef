"""`brain compare --torch ... --keras ...`: a user's own models, held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from brain.errors import UserError, brief, unknown
from brain.names import READERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDS = {
    "equal": ("equal, everywhere within rounding", "bold green"),
    "undecided": ("equal in evaluation; in training they could not be compared", "bold yellow"),
    "differs": ("the models differ", "bold red"),
}

SAMPLES = 16
"""As many samples of a file are used: each layer's output is looked at whole."""


def compare_own(
    factories: Mapping[str, str],
    *,
    dtype: str,
    input_file: Path | None,
    map_file: Path | None,
    loss: str | None,
    targets_file: Path | None,
    copies: bool,
    training: bool,
    seed: int,
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    """Compare two models or three, each with the one before it; exit code 1 where they differ."""
    import json

    from rich.console import Console

    from brain.compare.findings import worst
    from brain.compare.own.held import Comparison
    from brain.compare.own.pairing import read_map
    from brain.compare.own.report import lines, table, to_json, write_page
    from brain.compare.own.sides import Side
    from brain.outputs import check_writable, write_whole
    from brain.worker import Worker

    if len(factories) < 2:
        (option,) = factories
        others = " or ".join(f"--{other}" for other in READERS if other != option)
        raise UserError(f"--{option} is compared with another model: give {others} too.")
    if input_file is None:
        raise UserError("--input FILE.npy holds the samples that go through both models.")
    rule = _loss(loss) if loss else None
    if bool(loss) != bool(targets_file):
        raise UserError("--loss and --targets go together: the loss is of the output and those.")
    if loss and not training:
        raise UserError("--loss is gone back from: leave out --evaluation-only.")
    chosen = _dtype(dtype)
    pairs = read_map(map_file) if map_file else {}
    x = _array("--input", input_file)
    y = _array("--targets", targets_file) if targets_file else None
    if y is not None and len(y) != len(x):
        raise UserError(f"{targets_file} holds {len(y)} targets, {input_file} {len(x)} samples.")
    for file in filter(None, (json_file, html_file)):
        check_writable(file)
    console = Console()
    if len(x) > SAMPLES:
        console.print(f"the first {SAMPLES} of {len(x):,} samples are used", highlight=False)
    x, y = x[:SAMPLES], None if y is None else y[:SAMPLES]
    with ExitStack() as stack:
        shown = stack.enter_context(Console(stderr=True).status("starting one process each"))
        numpy = stack.enter_context(Worker("numpy", threads=1))
        sides = []
        for option, factory in factories.items():
            engine, reader = READERS[option]
            worker = stack.enter_context(Worker(engine, threads=1))
            shown.update(f"--{option} {factory}")
            sides.append(Side(worker, numpy, reader, factory, chosen, seed))
        versions = {s.title: s.worker.call("brain.versions:versions") for s in sides}
        found = []
        for mine, theirs in pairwise(sides):
            comparison = Comparison(
                mine,
                theirs,
                x,
                pairs,
                copies=copies,
                training=training,
                loss=rule,
                targets=y,
                tell=shown.update,
            )
            found.append(comparison.run())
    for held in found:
        console.print(table(held))
        for line, style in lines(held):
            console.print(line, style=style, highlight=False, soft_wrap=True)
    settings: dict[str, Any] = {**factories, "input": str(input_file), "dtype": chosen}
    settings |= {"loss": loss, "copies": copies, "training": training, "seed": seed}
    if json_file:
        reports = [to_json(held, settings, versions) for held in found]
        written = reports[0] if len(reports) == 1 else {"comparisons": reports}
        write_whole(json_file, json.dumps(written, indent=1) + "\n")
        console.print(f"wrote {json_file}", highlight=False, soft_wrap=True)
    if html_file:
        for number, held in enumerate(found):
            file = html_file.with_stem(f"{html_file.stem}-{number + 1}") if number else html_file
            write_page(held, settings, versions, file)
            console.print(f"wrote {file}", highlight=False, soft_wrap=True)
    line, style = ENDS[worst(held.verdict.answer for held in found)]
    console.print(line, style=style)
    if line != ENDS["equal"][0]:
        raise typer.Exit(1)


def _dtype(text: str) -> str:
    """One dtype: float64 unless another one is asked for alone."""
    if text == "float64,float32":  # what `brain compare` does by itself
        return "float64"
    if text not in ("float64", "float32"):
        raise unknown("dtype", text, ("float64", "float32"))
    return text


def _loss(name: str) -> Any:
    from brain import spec

    losses = {
        "cross-entropy": spec.SoftmaxCrossEntropy(),
        "binary-cross-entropy": spec.BinaryCrossEntropy(),
        "mse": spec.MeanSquaredError(),
    }
    if name not in losses:
        raise unknown("loss", name, losses)
    return losses[name]


def _array(option: str, path: Path) -> NDArray[Any]:
    """The numbers of a `.npy` file: UserError for anything that a model cannot take."""
    import numpy as np

    from brain.checks import finite

    try:
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        raise UserError(f"{option} {path}: {brief(error.strerror or error)}.") from None
    except (ValueError, EOFError):
        array = None
    if not isinstance(array, np.ndarray):
        raise UserError(f"{option} {path} is no array of numbers: write one with np.save.")
    if array.dtype.kind not in "fiub":
        raise UserError(f"{option} {path} holds {array.dtype}; wanted real numbers, or token ids.")
    if array.ndim < 1 or not len(array):
        raise UserError(f"{option} {path} holds no samples: its shape is {array.shape}.")
    array = array.astype(np.int64) if array.dtype.kind in "ub" else array
    return finite(f"{option} {path}", array) if array.dtype.kind == "f" else array
