"""Recipes in files: one training in a few lines of TOML, that any engine runs.

    what = "LeNet-5 reads handwritten digits"
    model = "lenet"                                # as `brain models` lists them
    epochs = 12
    batch_size = 64

    [data]
    name = "mnist"                                 # and the data set's own options

    [optimizer]
    kind = "SGD"                                   # a class of brain.spec, without its lr
    momentum = 0.9

    [schedule]
    kind = "OneCycle"                              # or Constant, Cosine; see below
    lr = 0.1

The schedule is told in shares of the whole training, so that it fits however long that is. What
else a file may say is in `RecipeFile`. The files lie in `cnn/recipes` and `rnn/recipes`, and
`brain.names.RECIPES` names them; anybody's own is given by its path.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import tomllib
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Field

from brain import data, spec
from brain.data import Dataset
from brain.data.table import check_options
from brain.errors import UserError, brief, shown, unknown
from brain.names import MODELS, RECIPES, absent, here
from brain.recipes import data_of, held_out, model_for, steps_of
from brain.spec.augmentations import AnyAugmentation
from brain.spec.declaration import (
    Count,
    Declaration,
    Fraction,
    Loose,
    NonNegative,
    Positive,
    declaration,
)
from brain.spec.optimizers import AnyOptimizer
from brain.spec.recipe import Options

QUICK_ROWS, QUICK_EPOCHS, QUICK_BATCH = 160, 2, 32
"""What is left of a recipe that is only to be seen running: at most ten steps."""


class Course(Declaration):
    """How the learning rate goes through a training; every share is one of the whole training."""

    def over(self, steps: int) -> spec.Schedule:
        """The schedule of a training of so many steps."""
        raise NotImplementedError


@declaration
class Constant(Course):
    """The same rate throughout, after a linear rise in the share `warmup`."""

    lr: Positive
    warmup: Fraction = 0.0

    def over(self, steps: int) -> spec.Schedule:
        return _warmed(spec.Constant(self.lr), round(self.warmup * steps))


@declaration
class Cosine(Course):
    """Half a cosine from `lr` to `final_lr`, after a linear rise in the share `warmup`."""

    lr: Positive
    final_lr: NonNegative = 0.0
    warmup: Fraction = 0.0

    def over(self, steps: int) -> spec.Schedule:
        rise = round(self.warmup * steps)
        return _warmed(spec.Cosine(self.lr, max(steps - rise, 1), self.final_lr), rise)


@declaration
class OneCycle(Course):
    """Up to `lr` in the share `rise`, then down: cosines, as `brain.spec.OneCycle`."""

    lr: Positive
    rise: Annotated[float, Field(gt=0, lt=1)] = 0.3
    start_divisor: Annotated[float, Field(ge=1)] = 25.0
    end_divisor: Annotated[float, Field(ge=1)] = 1e4

    def over(self, steps: int) -> spec.Schedule:
        divisors = self.start_divisor, self.end_divisor
        return spec.OneCycle(self.lr, max(steps, 2), self.rise, *divisors)


def _warmed(after: spec.Schedule, steps: int) -> spec.Schedule:
    return spec.LinearWarmup(steps, after) if steps else after


@declaration
class Every(Declaration):
    """How often a checkpoint is saved: every so many epochs, or steps."""

    epochs: Count | None = None
    steps: Count | None = None

    def __post_init__(self) -> None:
        if (self.epochs is None) == (self.steps is None):
            raise UserError("give epochs or steps, one of them.")


if TYPE_CHECKING:
    AnyCourse = Course
else:
    AnyCourse = Annotated[Union[Constant, Cosine, OneCycle], Field(discriminator="kind")]  # noqa: UP007


@declaration
class RecipeFile(Declaration):
    """What a file says; the defaults are those of `brain.spec.Recipe`.

    `what` is one line for `brain recipes`. In `data`, `name` is the set's and the rest its options.
    `augmentation` lists tables, as `{ kind = "Crop", padding = 4 }`. `checkpoint_every` is a table
    too: `{ epochs = 1 }`, unless given, or `{ steps = 500 }`.
    """

    what: Annotated[str, Field(min_length=1, max_length=80)]
    model: str
    data: Options
    optimizer: AnyOptimizer
    schedule: AnyCourse
    epochs: Count
    batch_size: Count = 32
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    dtype: Literal["float32", "float64"] = "float32"
    hold_out: Fraction = 0.0
    patience: Count | None = None
    augmentation: Annotated[tuple[AnyAugmentation, ...], Loose] = ()
    checkpoint_every: Every = field(default_factory=lambda: Every(epochs=1))

    @property
    def data_name(self) -> str:
        return str(self.data["name"])

    @property
    def options(self) -> Options:
        """The data set's own."""
        return {key: value for key, value in self.data.items() if key != "name"}


@dataclasses.dataclass(frozen=True)
class Made:
    """A recipe fitted to its data: ready to be trained."""

    recipe: spec.Recipe
    dataset: Dataset  # the rows that the recipe takes
    checkpoint_every: int  # steps


def read(name: str) -> RecipeFile:
    """The recipe that `name` stands for in `RECIPES`, or the one in the file `name`, a .toml.

    Raises UserError, naming the file and the key, for an unknown or missing key, a value of
    another kind or out of range, and a name that nothing answers to.
    """
    source = path_of(name)
    try:
        fields = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {source}: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{source}: this is not TOML ({brief(error)}).") from None
    return _checked(fields, str(source))


def path_of(name: str) -> Path:
    """Where the file of a recipe lies."""
    if name.endswith(".toml"):
        return Path(name)
    if name not in RECIPES:
        raise unknown("recipe", name, RECIPES)
    folder = RECIPES[name]
    if not here(folder):
        raise absent(folder)
    found = importlib.util.find_spec(folder)
    assert found
    assert found.origin
    return Path(found.origin).parent / "recipes" / f"{name}.toml"


def _checked(fields: dict[str, Any], source: str) -> RecipeFile:
    for key in ("kind", "format"):
        if key in fields:
            raise UserError(f"{source}: {key}: unknown key; remove it.")
    optimizer = fields.get("optimizer")
    if isinstance(optimizer, dict):
        if "lr" in optimizer:
            raise UserError(f"{source}: optimizer.lr: the schedule says it, as schedule.lr.")
        optimizer["lr"] = 1.0  # until there is a schedule
    asked = fields.get("data")
    for key, value in (asked if isinstance(asked, dict) else {}).items():
        if not isinstance(value, bool | int | float | str):
            wanted = "a number, a text, true or false"
            raise UserError(f"{source}: data.{key}: it should be {wanted}, not {shown(value)}.")
    whole = {**fields, "kind": "RecipeFile", "format": spec.FORMAT}
    found = spec.from_json(RecipeFile, json.dumps(whole, default=str), source)
    if not isinstance(found.data.get("name"), str):
        raise UserError(f"{source}: data.name: the name of a data set is missing.")
    try:
        check_options(found.data_name, found.options)
    except UserError as error:
        raise UserError(f"{source}: data: {error}") from None
    if found.model not in MODELS and ":" not in found.model:
        raise UserError(f"{source}: model: {unknown('model', found.model, MODELS)}")
    return found


def make(
    name: str, *, quick: bool = False, seed: int | None = None, dtype: str | None = None
) -> Made:
    """The recipe of a name or a file, fitted to its data, which are loaded.

    With another `seed` or `dtype` than the file's, where given. `quick` leaves so few rows and
    epochs that the training takes seconds; its name then ends in `-quick`.
    """
    file = read(name)
    stem = Path(name).stem if name.endswith(".toml") else name
    changes = {key: value for key, value in (("seed", seed), ("dtype", dtype)) if value is not None}
    return fitted(file, f"{stem}-quick" if quick else stem, str(path_of(name)), quick, **changes)


def fitted(file: RecipeFile, name: str, source: str, quick: bool = False, **changes: Any) -> Made:
    """The recipe that a file says, with its data loaded; `make` says the rest."""
    try:
        whole = data.load(file.data_name, **file.options)  # type: ignore[arg-type]
    except UserError as error:
        option = next((key for key in file.options if str(error).startswith(key)), None)
        raise UserError(f"{source}: data.{error}" if option else str(error)) from None
    try:
        model = model_for(file.model, whole)
    except UserError as error:
        raise UserError(f"{source}: {error}") from None
    recipe = spec.Recipe(
        model=model,
        data=file.data_name,
        options=file.options,
        optimizer=file.optimizer,
        epochs=min(file.epochs, QUICK_EPOCHS) if quick else file.epochs,
        batch_size=min(file.batch_size, QUICK_BATCH) if quick else file.batch_size,
        seed=file.seed,
        dtype=file.dtype,
        hold_out=file.hold_out,
        patience=file.patience,
        augmentation=file.augmentation,
        rows=QUICK_ROWS if quick else None,
        name=name,
    )
    recipe = dataclasses.replace(recipe, **changes)
    dataset = data_of(recipe, whole)
    steps = steps_of(recipe, held_out(dataset, recipe.hold_out, recipe.seed))
    optimizer: Any = file.optimizer  # mypy sees no dataclass in an Optimizer
    told = dataclasses.replace(optimizer, lr=file.schedule.over(steps))
    every, an_epoch = file.checkpoint_every, steps // recipe.epochs
    return Made(
        dataclasses.replace(recipe, optimizer=told),
        dataset,
        an_epoch if quick else every.steps or an_epoch * (every.epochs or 1),
    )
