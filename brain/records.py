"""What a training came to, as a file: its recipe, its scores, its time, and the machine.

`brain train NAME --record FOLDER` writes `FOLDER/NAME-ENGINE-SEED.json`, and `read` takes it up
again. The pages of the tracks are made from these files (brain/pages.py).
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import prod
from pathlib import Path
from typing import Annotated

from brain import machine, recipe_files, spec
from brain.errors import UserError
from brain.names import RECIPES, here
from brain.outputs import check_folder
from brain.spec.declaration import Count, Declaration, Loose, NonNegative, declaration
from brain.spec.recipe import Recipe
from brain.store import Epoch, Run, Saved
from brain.store.run import Whole


@declaration
class Record(Declaration):
    """One training that came to its end.

    `command` made it, `begun` is when (UTC, ISO 8601). `seconds` and those in `epochs` are the
    training's, with its evaluations; `cpu_seconds` those that the process computed, over all
    threads. Where the training was stopped and gone on with (`resumed`), `begun`, `cpu_seconds`
    and `load` are the last process's. `load` is how many processes wanted to compute in the minute
    before. `epochs` has the metrics on the rows that the recipe judges by, `test` those on the
    test rows at the end. `in_order` is of language models: nats a character of the text that is
    held out, read in order, the state carried along. `gpu` is the name of the one computed on.
    """

    name: str
    recipe: Recipe
    engine: str
    device: str
    command: str
    begun: str
    seconds: NonNegative
    cpu_seconds: NonNegative
    load: NonNegative
    processor: str
    cores: Count
    threads: Count
    versions: dict[str, str]
    parameters: Whole
    steps: Count
    epochs: Annotated[tuple[Epoch, ...], Loose]
    test: dict[str, float]
    resumed: bool = False
    in_order: NonNegative | None = None
    gpu: str | None = None

    @property
    def recipe_name(self) -> str:
        """The recipe's own name, whatever the run was called."""
        return self.recipe.name or self.name

    @property
    def seed(self) -> int:
        return self.recipe.seed

    @property
    def file(self) -> str:
        """How its file is called."""
        engine = re.sub(r"[^A-Za-z0-9._]+", "_", self.engine)  # module:Class
        return f"{self.name}-{engine}-{self.seed}.json"


@dataclass
class Recorder:
    """Takes the time from when it is made, for the record of a training that `command` began."""

    folder: Path
    command: str
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    load: float = field(default_factory=machine.load)
    cpu: float = field(default_factory=time.process_time)

    def __post_init__(self) -> None:
        check_folder(self.folder)

    def write(self, name: str, run: Run, in_order: float | None = None) -> Path:
        """Write the record of a run that is finished; its path. A recipe's goes by its own name."""
        found = machine.gpu() if run.device == "cuda" else None
        record = Record(
            name=run.recipe.name or name,
            recipe=run.recipe,
            engine=run.engine,
            device=run.device,
            command=self.command,
            begun=self.begun.isoformat(timespec="seconds"),
            seconds=round(run.seconds, 3),
            cpu_seconds=round(time.process_time() - self.cpu, 3),
            load=round(self.load, 2),
            processor=machine.processor(),
            cores=machine.cores(),
            threads=_threads(),
            versions={"python": platform.python_version(), **run.versions},
            parameters=sum(prod(i.shape) for i in run.recipe.model.parameters().values()),
            steps=run.step,
            epochs=tuple(Epoch(e.epoch, e.metrics, round(e.seconds, 3)) for e in run.history),
            test=run.test,
            resumed=run.resumed is not None,
            in_order=in_order,
            gpu=found["name"] if found else None,
        )
        path = self.folder / record.file
        spec.save(record, path)
        return path


def command(model: str, given: Mapping[str, object], saved: Saved | None = None) -> str:
    """The command line of a training, with the names of files in place of their paths.

    Of one that goes on from a `saved` version of a recipe's run, the line that would do it all;
    where its gradients were clipped otherwise on the way, so that no line does, the one that went
    on.
    """
    recipe = saved.run.recipe if saved else None
    if recipe and recipe.name and not _clipped_otherwise(recipe, given):
        model = _file_of(recipe)
        dtype = None if recipe.dtype == "float32" else recipe.dtype
        told = {"seed": recipe.seed, "quick": recipe.rows is not None, "dtype": dtype}
        given, saved = {**told, **_present(given)}, None
    words = ["brain", "train", Path(model).name if model.endswith((".json", ".toml")) else model]
    if saved:
        words[2:] = ["--resume", saved.reference]
    for option, value in _present(given).items():
        words += [f"--{option.replace('_', '-')}", *([] if value is True else [f"{value}"])]
    return shlex.join(words)


def _file_of(recipe: Recipe) -> str:
    """The name of the recipe that a run was made by, or of its file."""
    name = recipe.name.removesuffix("-quick") if recipe.rows else recipe.name
    return name if name in RECIPES else f"{name}.toml"


def _clipped_otherwise(recipe: Recipe, given: Mapping[str, object]) -> bool:
    """Whether it is clipped otherwise from now on, or is already than its recipe says."""
    name = _file_of(recipe)
    if given.get("clip_norm") is not None:
        return True
    if name not in RECIPES or not here(RECIPES[name]):
        return False  # a user's file may be gone
    return recipe_files.read(name).optimizer.clip_norm != recipe.optimizer.clip_norm


def _present(given: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in given.items() if value is not None and value is not False}


def _threads() -> int:
    """How many threads the engines were told to compute with, or the cores."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdigit() and int(told) else machine.cores()


def read(path: Path) -> Record:
    """The record in a file; UserError, naming file and key, for anything that is none."""
    record = spec.load(Record, path)
    if path.name != record.file:
        raise UserError(f"{path} holds the record of {record.file}: give it that name.")
    return record


def read_all(folder: Path) -> list[Record]:
    """Every record in a folder, by name, engine and seed; UserError for a file that is none."""
    found = [read(path) for path in folder.glob("*.json")]
    return sorted(found, key=lambda record: (record.name, record.engine, record.seed))
