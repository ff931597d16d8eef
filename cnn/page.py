"""Write the measured part of the vision track's page from the records in `cnn/records`.

    python -m cnn.page

`brain train RECIPE --record cnn/records` makes a record; a recipe without one is "not measured".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from brain import spec
from brain.names import RECIPES
from brain.outputs import write_whole
from brain.pages import agreement, commands, machines, page_of, rewritten, table
from brain.records import Record, read_all

FOLDER = Path(__file__).parent
RECORDS, PAGE = FOLDER / "records", page_of(FOLDER)
BEGIN, END = "<!-- measured: python -m cnn.page -->", "<!-- end of what was measured -->"
OWN = [name for name, folder in RECIPES.items() if folder == "cnn"]
STEPS = [f"{name}-in-five" for name in ("softmax-regression", "mlp", "conv", "lenet")]
"""Runs of five epochs on MNIST, alike in all but the model."""


def main() -> None:
    write_whole(PAGE, regenerated())
    print(f"wrote {PAGE}")


def regenerated() -> str:
    """The page as the records make it."""
    measured = "\n".join(page(read_all(RECORDS)))
    return rewritten(PAGE.read_text(encoding="utf-8"), BEGIN, END, measured, PAGE)


def page(records: Sequence[Record]) -> Iterator[str]:
    """The part between the markers."""
    steps = [record for record in records if record.recipe_name in STEPS]
    how = f"five epochs of Adam each{_rate(steps)}, alike in all but the layers"
    yield f"Four models on MNIST, {how}:\n"
    yield table(steps, STEPS)
    recipes = [record for record in records if record.recipe_name not in STEPS]
    yield "The recipes, after their last epoch; ± over the seeds:\n"
    yield table(recipes, OWN)
    if not records:
        return
    if apart := "".join(agreement(recipes)):
        yield "How far the engines are apart, in percent of the test pictures:\n"
        yield apart
    yield (
        "Each line of the tables is made by one of these, with `--record cnn/records`, those of "
        "five epochs with `--name MODEL-in-five` besides:\n"
    )
    yield commands(records)
    yield machines(records)


def _rate(records: Sequence[Record]) -> str:
    """In words, what learning rate all of these had, if it was the same and fell along a cosine."""
    rates = {getattr(record.recipe.optimizer, "lr", None) for record in records}
    rate = rates.pop() if len(rates) == 1 else None
    if not isinstance(rate, spec.Cosine):
        return ""
    return f" at a learning rate that falls from {rate.lr:g} to {rate.final_lr:g} along a cosine"


if __name__ == "__main__":
    main()
