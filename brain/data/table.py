"""The data sets by name: one table, at the foot of this file, and what is asked of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from brain.data import bundled, files, generated, images
from brain.data.dataset import Dataset
from brain.data.options import SEEDS, whole_number
from brain.data.sources import SOURCES
from brain.errors import UserError, unknown


@dataclass(frozen=True)
class Entry:
    """One line of the table: what a data set is, how large, under which licence, where from.

    `make` builds it; its keyword parameters, but for `seed`, are the options that `load` takes.
    """

    name: str
    what: str
    size: str
    licence: str
    origin: str
    make: Callable[..., Dataset]

    def available(self) -> bool:
        """Whether `load` would need nothing more: no download, no package to install.

        Nothing is loaded or downloaded to find out.
        """
        if self.origin == SCIKIT_LEARN:
            return bundled.has_scikit_learn()
        return self.name not in SOURCES or files.locate(self.name) is not None


def load(name: str, *, seed: int = 0, **options: object) -> Dataset:
    """The data set `name`, whole in memory, in canonical layout.

    `seed` decides what is drawn: generated points, and which rows are the test rows. Gates and
    published sets have nothing to draw, and ignore it. `options` are the set's own, as
    `moons(n=..., noise=...)`. A name, option or value that does not exist, a missing package and
    a file that cannot be had are each a UserError.
    """
    entry = describe(name)
    whole_number("seed", seed, *SEEDS)
    takes = set(inspect.signature(entry.make).parameters)
    for option in sorted(options.keys() - takes):
        if not takes - {"seed"}:
            raise UserError(f"the data set {name!r} has no options; leave out {option!r}.")
        raise unknown(f"option of {name}", option, takes - {"seed"})
    if "seed" in takes:
        options["seed"] = seed
    return entry.make(**options)


def fetch(name: str) -> tuple[Path, ...]:
    """Makes sure that `load(name)` needs no network, and returns the set's files, if it has any.

    Files that are missing are downloaded into the cache. An unknown name, a missing package and
    a file that cannot be had are each a UserError.
    """
    entry = describe(name)
    if entry.origin == SCIKIT_LEARN:
        bundled.require_scikit_learn(name)
    return files.fetch(name) if name in SOURCES else ()


def describe(name: str) -> Entry:
    """The table's line for `name`; an unknown name is a UserError."""
    if name not in DATASETS:
        raise unknown("data set", name, DATASETS)
    return DATASETS[name]


def catalogue() -> tuple[Entry, ...]:
    """Every line of the table, in its order."""
    return tuple(DATASETS.values())


def _gate(name: str) -> Entry:
    what = f"the logic gate {name.upper()}; its four rows are training and test rows alike"
    return Entry(name, what, "4 rows of 2", "none needed", GENERATED, partial(generated.gate, name))


GENERATED = "generated"
SCIKIT_LEARN = "scikit-learn"

DATASETS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        *(_gate(name) for name in generated.GATES),
        Entry(
            name="clusters",
            what="round clouds of points, one for each class",
            size="300 points in the plane, 3 classes",
            licence="none needed",
            origin=GENERATED,
            make=generated.clusters,
        ),
        Entry(
            name="moons",
            what="two half-circles that no line divides",
            size="400 points in the plane, 2 classes",
            licence="none needed",
            origin=GENERATED,
            make=generated.moons,
        ),
        Entry(
            name="spirals",
            what="arms that wind around one another, one for each class",
            size="400 points in the plane, 2 classes",
            licence="none needed",
            origin=GENERATED,
            make=generated.spirals,
        ),
        Entry(
            name="surface",
            what="the surface x1^2 + x2^2 over a square: a regression",
            size="400 points in the plane, 1 target",
            licence="none needed",
            origin=GENERATED,
            make=generated.surface,
        ),
        Entry(
            name="iris",
            what="iris flowers of three species, by four lengths in centimetres",
            size="150 rows of 4, 3 classes",
            licence="CC BY 4.0",
            origin=SCIKIT_LEARN,
            make=bundled.iris,
        ),
        Entry(
            name="digits",
            what="handwritten digits, small",
            size="1,797 images 8x8x1, 10 classes",
            licence="CC BY 4.0",
            origin=SCIKIT_LEARN,
            make=bundled.digits,
        ),
        Entry(
            name="mnist",
            what="handwritten digits",
            size="60,000 + 10,000 images 28x28x1, 10 classes",
            licence="CC BY-SA 3.0",
            origin="Y. LeCun and C. Cortes; downloaded once, 12 MB",
            make=images.mnist,
        ),
        Entry(
            name="fashion_mnist",
            what="pictures of clothes",
            size="60,000 + 10,000 images 28x28x1, 10 classes",
            licence="MIT",
            origin="Zalando SE; downloaded once, 31 MB",
            make=images.fashion_mnist,
        ),
    )
}
