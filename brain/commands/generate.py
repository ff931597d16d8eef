"""`brain generate`: a saved run writes on from a prompt, a character at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from brain.commands.evaluate import ENGINE_HELP, RUN_HELP
from brain.errors import UserError
from brain.names import ENGINES, require


def generate(
    run: Annotated[str, typer.Argument(help=RUN_HELP)],
    prompt: Annotated[
        str, typer.Option(help="What it reads before it writes.  (default: a line's end)")
    ] = "",
    length: Annotated[int, typer.Option(help="How many characters it writes.")] = 400,
    temperature: Annotated[
        float, typer.Option(help="0: always the likeliest; 1: as it expects; more: wilder.")
    ] = 0.8,
    top_k: Annotated[
        int | None, typer.Option(help="Draw from the k likeliest alone.  (default: from all)")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides what is drawn.")] = 0,
    engine: Annotated[str | None, typer.Option(help=ENGINE_HELP)] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda or mps.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32 or float64.")] = None,
    models: Annotated[Path, typer.Option(help="Where saved runs lie.")] = Path("models"),
) -> None:
    """Let a saved language model write, a character at a time.

    brain generate char-gru-hamlet --prompt "To be" --temperature 0.8

    brain generate char-gru-hamlet --top-k 5 --seed 1 --engine torch

    The same seed gives the same text in every engine. An empty prompt lets
    it begin a line. The prompt is printed first, in bold on a terminal;
    Ctrl-C ends the text where it is.
    """
    from brain.interrupts import stopping
    from brain.sampling import NetworkReader, Sampling, prompt_ids, vocabulary_of, written
    from brain.store import Store

    sampling = Sampling(temperature, top_k)
    if seed < 0:
        raise UserError(f"the seed must be a whole number, 0 or more, not {seed}.")
    saved = Store(models).open(run)
    engine, device = saved.place(engine, device)
    require(engine, ENGINES)
    vocabulary = vocabulary_of(saved.run.classes, saved.run.recipe.model)
    begin = prompt_ids(vocabulary, prompt)
    reader = NetworkReader(saved.network(engine, device, dtype))
    characters = written(reader, begin, length, sampling, seed)
    typer.secho(prompt, bold=True, nl=False)
    with stopping() as asked:
        for done, character in enumerate(characters, start=1):
            typer.echo(vocabulary.characters[character], nl=False)  # which flushes
            if asked() and done < length:
                typer.echo()
                raise UserError(f"stopped after {done:,} of {length:,} characters.")
    typer.echo()
