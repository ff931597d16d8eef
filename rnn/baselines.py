"""What counting gives on the texts, held-out part: `python -m rnn.baselines [TEXT ...]`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from brain import spec
from brain.data import Dataset
from brain.engine import Network
from brain.errors import UserError
from brain.outputs import check_folder
from brain.sampling import one_step
from brain.spec.declaration import Count, Declaration, NonNegative, declaration
from rnn.language import Judged, baselines, held_out, parts

TEXTS = ("hamlet", "tinyshakespeare")
NAMES = {
    "unigram": "unigram",
    "bigram": "bigram",
    "5-gram": "5-gram of Witten and Bell",
}


def beside(net: Network, dataset: Dataset, evaluated: float, options: Mapping[str, Any]) -> None:
    """Print how a network foretells the held-out part of a text, beside what counting gives.

    `evaluated` is the loss that `evaluate` gives, each window from a state of zeros, and `options`
    are those that the data set was loaded with. Nothing is printed for a network that cannot be led
    through a text in order, or answers after the last step alone.
    """
    nats = in_order(net, dataset, options)
    if nats is None:
        return
    share = _share(options)
    text = parts(dataset.name, share)
    windows = f"{net.model.name}, {net.model.input_shape[0]} characters at a time"
    shown = named(baselines(text))
    shown[windows] = Judged(evaluated, dataset.y_test.size)
    shown[f"{net.model.name}, read in order"] = Judged(nats, text.judged)
    Console().print(table(f"{dataset.name}, the last {share:.0%}, held out", shown))


def in_order(net: Network, dataset: Dataset, options: Mapping[str, Any]) -> float | None:
    """Nats a character of the held-out part of a text that is read in order, the state carried.

    `options` are those that the data set was loaded with. None for a network that cannot be led
    through a text so, or answers after the last step alone.
    """
    try:
        one = one_step(net.model)
    except UserError:
        return None
    if len(one.output_shape) != 2:
        return None
    text = parts(dataset.name, _share(options))
    return held_out(net, text.ids, text.judged).nats


def _share(options: Mapping[str, Any]) -> float:
    """The part of a text that is held out."""
    return float(options.get("test_fraction", 0.1))


def named(found: Mapping[str, Judged]) -> dict[str, Judged]:
    """The baselines by what they are called in a table."""
    return {NAMES[name]: judged for name, judged in found.items()}


def table(title: str, rows: Mapping[str, Judged]) -> Table:
    """How well each foretells a text, one a row."""
    result = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    result.add_column("foretold by")
    for heading in ("nats", "bits", "perplexity", "characters"):
        result.add_column(heading, justify="right")
    for name, judged in rows.items():
        figures = f"{judged.nats:.4f}", f"{judged.bits:.3f}", f"{judged.perplexity:.2f}"
        result.add_row(name, *figures, f"{judged.characters:,}")
    return result


@declaration
class Counted(Declaration):
    """What counting gives on the held-out part of a text: nats a character, by baseline."""

    text: str
    command: str
    characters: Count
    nats: dict[str, NonNegative]


def counted(folder: Path) -> dict[str, Counted]:
    """The records in a folder, by text; UserError for a file that is none."""
    found = [spec.load(Counted, path) for path in sorted(folder.glob("*.json"))]
    return {one.text: one for one in found}


def show(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Texts.  (default: {' '.join(TEXTS)})")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(help="Write the figures into this folder as well.", metavar="FOLDER"),
    ] = None,
) -> None:
    """Print how well counting alone foretells the last tenth of each text, nats a character."""
    if record:
        check_folder(record)
    console = Console()
    for name in names or TEXTS:
        text = parts(name)
        found = baselines(text)
        console.print(table(f"{name}, the last 10%, held out", named(found)))
        if record:
            nats = {order: judged.nats for order, judged in found.items()}
            command = f"python -m rnn.baselines {name}"
            spec.save(Counted(name, command, text.judged, nats), record / f"{name}.json")
            console.print(f"wrote {record / name}.json", markup=False, soft_wrap=True)


def main() -> None:
    """The command line; it ends as the `brain` command does."""
    from brain import cli

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(show)
    cli.main(command=app)


if __name__ == "__main__":
    main()
