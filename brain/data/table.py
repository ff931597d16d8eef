"""The data sets by name: one table, at the foot of this file, and what is asked of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from brain.data import bundled, cifar, files, generated, images, sequences, texts, timeseries, waves
from brain.data.dataset import Dataset
from brain.data.options import SEEDS, whole_number
from brain.data.sources import SOURCES
from brain.data.timeseries import Series
from brain.errors import UserError, unknown

Kind = Literal["points", "rows", "images", "text", "series", "sequences"]


@dataclass(frozen=True)
class Entry:
    """One line of the table: what a data set is, how large, under which licence, where from.

    `kind` is how one would look at it. `make` builds it; its keyword parameters, but for `seed`,
    are the options that `load` takes.
    """

    name: str
    kind: Kind
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
        if self.origin == PROJECT:
            return texts.has_theory()
        return self.name not in SOURCES or files.locate(self.name) is not None


def load(name: str, *, seed: int = 0, **options: object) -> Dataset:
    """The data set `name`, whole in memory, in canonical layout.

    `seed` decides what is drawn: generated points, and which rows are the test rows. Gates and
    published sets have nothing to draw, and ignore it. `options` are the set's own, as
    `moons(n=..., noise=...)`. A name, option or value that does not exist, a missing package and
    a file that cannot be had are each a UserError.
    """
    return _made(name, describe(name).make, seed, options)


def series(name: str, *, seed: int = 0, **options: object) -> Series:
    """The series `name`, a key of `SERIES`, whole and in its own unit.

    `seed` and `options` are a computed wave's own, as `sine(n=..., noise=...)`; what does not
    exist, and a file that cannot be had or read, are each a UserError, as for `load`.
    """
    if name not in SERIES:
        raise unknown("series", name, SERIES)
    return _made(name, SERIES[name], seed, options)


def check_options(name: str, options: Collection[str]) -> None:
    """Raise the sentence that `load` would where the data set, or an option of it, is unknown."""
    _check_options(name, describe(name).make, set(options) - {"seed"})


def _made(name: str, make: Callable[..., Any], seed: int, options: dict[str, object]) -> Any:
    whole_number("seed", seed, *SEEDS)
    takes = _check_options(name, make, options)
    return make(**options, **({"seed": seed} if "seed" in takes else {}))


def _check_options(name: str, make: Callable[..., Any], options: Collection[str]) -> set[str]:
    """What `make` takes; UserError for an option that it does not."""
    takes = set(inspect.signature(make).parameters)
    for option in sorted(set(options) - takes):
        if not takes - {"seed"}:
            raise UserError(f"the data set {name!r} has no options; leave out {option!r}.")
        raise unknown(f"option of {name}", option, takes - {"seed"})
    return takes


def fetch(name: str) -> tuple[Path, ...]:
    """Makes sure that `load(name)` needs no network, and returns the set's files, if it has any.

    Files that are missing are downloaded into the cache. An unknown name, a missing package and
    a file that cannot be had are each a UserError.
    """
    entry = describe(name)
    if entry.origin == SCIKIT_LEARN:
        bundled.require_scikit_learn(name)
    if entry.origin == PROJECT:
        texts.text(name)  # says what to do where the pages are missing
    return files.fetch(name) if name in SOURCES else ()


def describe(name: str) -> Entry:
    """The table's line for `name`; an unknown name is a UserError."""
    if name not in DATASETS:
        raise unknown("data set", name, DATASETS)
    return DATASETS[name]


def catalogue() -> tuple[Entry, ...]:
    """Every line of the table, in its order."""
    return tuple(DATASETS.values())


GENERATED = "generated"
SCIKIT_LEARN = "scikit-learn"
PROJECT = "this project"
NEEDS_NONE = "none needed"


def _gate(name: str) -> Entry:
    what = f"the logic gate {name.upper()}"
    make = partial(generated.gate, name)
    return Entry(name, "points", what, "4 rows of 2 bits", NEEDS_NONE, GENERATED, make)


def _text(name: str, what: str, size: str, licence: str, origin: str) -> Entry:
    return Entry(name, "text", what, size, licence, origin, partial(texts.characters, name))


def _series(name: str, what: str, size: str, origin: str, length: int) -> Entry:
    make = partial(timeseries.published_forecasts, name, length=length)
    return Entry(name, "series", what, size, "none stated", origin, make)


DATASETS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        *(_gate(name) for name in generated.GATES),
        Entry(
            name="clusters",
            kind="points",
            what="round clouds of points",
            size="300 points, 3 classes",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=generated.clusters,
        ),
        Entry(
            name="moons",
            kind="points",
            what="two half-circles, interlocked",
            size="400 points, 2 classes",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=generated.moons,
        ),
        Entry(
            name="spirals",
            kind="points",
            what="arms wound around one another",
            size="400 points, 2 classes",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=generated.spirals,
        ),
        Entry(
            name="surface",
            kind="points",
            what="the surface x1² + x2²",
            size="400 points, 1 target",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=generated.surface,
        ),
        Entry(
            name="iris",
            kind="rows",
            what="three species, by four lengths",
            size="150 rows of 4, 3 classes",
            licence="CC BY 4.0",
            origin=SCIKIT_LEARN,
            make=bundled.iris,
        ),
        Entry(
            name="digits",
            kind="images",
            what="handwritten digits, small",
            size="1,797 of 8x8x1",
            licence="CC BY 4.0",
            origin=SCIKIT_LEARN,
            make=bundled.digits,
        ),
        Entry(
            name="mnist",
            kind="images",
            what="handwritten digits",
            size="70,000 of 28x28x1",
            licence="CC BY-SA 3.0",
            origin="Y. LeCun and C. Cortes; downloaded once, 12 MB",
            make=images.mnist,
        ),
        Entry(
            name="fashion_mnist",
            kind="images",
            what="pictures of clothes",
            size="70,000 of 28x28x1",
            licence="MIT",
            origin="Zalando SE; downloaded once, 31 MB",
            make=images.fashion_mnist,
        ),
        Entry(
            name="cifar10",
            kind="images",
            what="small colour photographs",
            size="60,000 of 32x32x3",
            licence="none stated",
            origin="A. Krizhevsky (2009); downloaded once, 170 MB",
            make=cifar.cifar10,
        ),
        _text(
            "hamlet",
            "Shakespeare's Hamlet",
            "162,881 characters",
            "public domain",
            "Project Gutenberg, as packaged in NLTK; downloaded once, 4 MB",
        ),
        _text(
            "tinyshakespeare",
            "40,000 lines of Shakespeare",
            "1,115,394 characters",
            "public domain",
            "A. Karpathy, char-rnn; downloaded once, 1.1 MB",
        ),
        _text(
            "theory",
            "this project's theory pages",
            "about 55,000 characters",
            "MIT",
            PROJECT,
        ),
        _series(
            "airline",
            "passengers by month, 1949-60",
            "144 values",
            "Box and Jenkins (1976); downloaded once, 2 kB",
            length=12,
        ),
        _series(
            "sunspots",
            "sunspots by month, 1749-1983",
            "2,820 values",
            "Andrews and Herzberg (1985); downloaded once, 45 kB",
            length=36,
        ),
        _series(
            "temperatures",
            "daily minima, Melbourne 1981-90",
            "3,650 values",
            "Australian Bureau of Meteorology; downloaded once, 68 kB",
            length=30,
        ),
        Entry(
            name="sine",
            kind="series",
            what="a sine wave",
            size="1,000 values",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=waves.sine_forecasts,
        ),
        Entry(
            name="mackey_glass",
            kind="series",
            what="a chaotic equation",
            size="2,000 values",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=waves.mackey_glass_forecasts,
        ),
        Entry(
            name="adding",
            kind="sequences",
            what="memory: add two marked numbers",
            size="2,000 of 50 steps",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=sequences.adding,
        ),
        Entry(
            name="copy",
            kind="sequences",
            what="memory: repeat what was read",
            size="2,000 of 50 steps",
            licence=NEEDS_NONE,
            origin=GENERATED,
            make=sequences.copy,
        ),
    )
}

SERIES: dict[str, Callable[..., Series]] = {
    **{name: partial(timeseries.published, name) for name in timeseries.FILES},
    "sine": waves.sine,
    "mackey_glass": waves.mackey_glass,
}
