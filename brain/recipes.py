"""From names to a recipe: a model fitted to a data set, with an optimizer that suits it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from brain import data, spec
from brain.consumers import early_stopping
from brain.data import Dataset
from brain.engine import Network, build
from brain.errors import UserError, unknown
from brain.names import MODELS, look_up
from brain.store import Saved
from brain.training import Step, train

LOSSES: dict[str, spec.Loss] = {
    "classification": spec.SoftmaxCrossEntropy(),
    "binary": spec.BinaryCrossEntropy(),
    "regression": spec.MeanSquaredError(),
}
"""The loss for each task of `brain.data`."""

OPTIMIZERS: dict[str, type[spec.Optimizer]] = {
    "sgd": spec.SGD,
    "adagrad": spec.AdaGrad,
    "rmsprop": spec.RMSprop,
    "adam": spec.Adam,
    "adamw": spec.AdamW,
}

LEARNING_RATES = {"sgd": 0.05, "adagrad": 0.02, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}
"""Where to begin with each optimizer; SGD's is for momentum 0.9."""


AUGMENTATIONS: dict[str, Callable[[int], spec.Augmentation]] = {
    "shift": lambda side: spec.Shift(min(2, side // 4)),
    "flip": lambda side: spec.Flip(),
    "crop": lambda side: spec.Crop(min(4, side // 4)),
    "cutout": lambda side: spec.Cutout(min(8, side // 2)),
}
"""Each as it suits pictures whose shorter side has so many pixels."""


def model_for(name: str, dataset: Dataset) -> spec.Model:
    """The named model (or the one in the file `name`, if it ends in .json) for `dataset`.

    A named model takes its input shape, outputs and loss from the data; one from a file must fit.
    UserError for a model that cannot take such rows, or gives no answer of the data's shape.
    """
    if not name.endswith(".json"):
        model = _made(name, dataset)
    else:
        model = spec.load_model(name)
        if model.input_shape != dataset.input_shape:
            raise UserError(
                f"{name}: the model takes {model.input_shape}, but a sample of {dataset.name} is "
                f"{dataset.input_shape}."
            )
    _check_kinds(name, model, dataset)
    return model


def _check_kinds(name: str, model: spec.Model, dataset: Dataset) -> None:
    """Refuse token ids where numbers are wanted, numbers for ids, and targets of another shape."""
    kinds = ("numbers", "token ids")
    wanted, held = model.ids is not None, dataset.x_train.dtype.kind == "i"
    if wanted != held:
        raise UserError(
            f"{name} takes {kinds[wanted]}, but the rows of {dataset.name} are {kinds[held]}."
        )
    answer, target = model.target_shape, dataset.y_train.shape[1:]
    if target not in (answer, answer[:-1] if answer[-1:] == (1,) else answer):
        raise UserError(_other_answer(name, model, dataset, target))


def _other_answer(name: str, model: spec.Model, dataset: Dataset, target: spec.Shape) -> str:
    """Why the model's targets have not the shape of the data's: the loss, an image, a sequence."""
    answer, usual = model.target_shape, LOSSES[dataset.task]
    if model.loss != usual and usual.target_shape(model.output_shape) == target:
        return (
            f"{name} has the loss {model.loss.kind}, for targets {answer}; those of {dataset.name} "
            f"are {target}, for {usual.kind}."
        )
    if len(model.output_shape) == 3:
        return (
            f"{name} ends in images, {model.output_shape}, but the targets of {dataset.name} are "
            f"{target}: put Flatten or GlobalAvgPool2D before the last layer."
        )
    places = {True: "one answer for each step", False: "one answer for a whole row"}
    return (
        f"{name} gives {places[len(answer) > len(target)]} of {dataset.name}, which asks for "
        f"{places[len(answer) <= len(target)]}: its targets are {target}, and the model's {answer}."
    )


def named_model(name: str) -> spec.Model:
    """The named model in its default shape, that of the data it is for; or the one in a file."""
    if name.endswith(".json"):
        return spec.load_model(name)
    return _made(name)


def _made(name: str, dataset: Dataset | None = None) -> spec.Model:
    factory = look_up("model", name, MODELS)
    fitting: tuple[Any, ...] = ()
    if dataset:
        fitting = (dataset.input_shape, dataset.outputs, LOSSES[dataset.task])
    try:
        model = factory(*fitting)
    except TypeError as error:
        raise UserError(
            f"{name!r} makes no model: a model's function takes input shape, outputs and loss, all "
            f"with defaults ({error})."
        ) from None
    except UserError as error:
        if not dataset:
            raise
        why = str(error).removeprefix(f"Model: model {name!r}, ")
        raise UserError(f"{name} cannot take the rows of {dataset.name}: {why}") from None
    if not isinstance(model, spec.Model):
        raise UserError(f"{name!r} makes no brain.spec.Model.")
    return model


def recipe_for(
    model: str,
    dataset: Dataset,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    optimizer: str = "sgd",
    lr: float | None = None,
    weight_decay: float = 0.0,
    clip_norm: float | None = None,
    seed: int = 0,
    dtype: str = "float32",
    patience: int | None = None,
    augmentation: Sequence[str] = (),
) -> spec.Recipe:
    """A recipe with the project's defaults: SGD, momentum 0.9, a cosine from 0.05 to 0.

    The cosine ends with the last step. `optimizer` is a key of `OPTIMIZERS`; `lr` is where the
    cosine begins, by default `LEARNING_RATES[optimizer]`; `clip_norm` is 1 for regression and for
    recurrent layers. With `patience`, a tenth of the training rows is held out to judge by.
    `augmentation` has keys of `AUGMENTATIONS`.
    """
    if optimizer not in OPTIMIZERS:
        raise unknown("optimizer", optimizer, OPTIMIZERS)
    hold_out = 0.0 if patience is None else 0.1
    rows = len(held_out(dataset, hold_out, seed).x_train)
    steps = spec.steps_in(rows, max(batch_size, 1), max(epochs, 1))
    rate = spec.Cosine(LEARNING_RATES[optimizer] if lr is None else float(lr), steps)
    made = model_for(model, dataset)
    recurrent = any(isinstance(node.layer, spec.Recurrent) for node in made.walk())
    if clip_norm is None and (recurrent or dataset.task == "regression"):
        # a squared error has no bound on its gradient; nor has a long product of the same weights
        # (Pascanu, Mikolov and Bengio 2013)
        clip_norm = 1.0
    options: dict[str, Any] = {"weight_decay": weight_decay, "clip_norm": clip_norm}
    if optimizer == "sgd":
        options["momentum"] = 0.9
    return spec.Recipe(
        model=made,
        data=dataset.name,
        optimizer=OPTIMIZERS[optimizer](rate, **options),  # type: ignore[call-arg]
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        dtype=dtype,  # type: ignore[arg-type]  # Recipe checks it
        hold_out=hold_out,
        patience=patience,
        augmentation=_augmentations(augmentation, dataset),
    )


def _augmentations(names: Sequence[str], dataset: Dataset) -> tuple[spec.Augmentation, ...]:
    for name in names:
        if name not in AUGMENTATIONS:
            raise unknown("augmentation", name, AUGMENTATIONS)
    if names and len(dataset.input_shape) != 3:
        raise UserError(
            f"pictures can be varied, and {dataset.name} holds none: leave the augmentation out."
        )
    return tuple(AUGMENTATIONS[name](min(dataset.input_shape[:2])) for name in names)


def data_of(recipe: spec.Recipe, whole: Dataset | None = None) -> Dataset:
    """The data that a recipe is trained and judged on; `whole` saves loading them.

    Where the recipe takes few of them, those are copies, so that the rest need not stay in memory.
    """
    if whole is None:
        whole = data.load(recipe.data, **recipe.options)  # type: ignore[arg-type]
    if recipe.rows is None:
        return whole
    parts = ("x_train", "y_train", "x_test", "y_test")
    few = {part: getattr(whole, part)[: recipe.rows].copy() for part in parts}
    gap = None if whole.gap is None else min(whole.gap, len(few["x_train"]))
    return replace(whole, **few, gap=gap)


def held_out(dataset: Dataset, share: float, seed: int) -> Dataset:
    """The data set with a share of its training rows in place of its test rows; none for 0."""
    return dataset.hold_out(share, seed=seed) if share else dataset


def start(
    recipe: spec.Recipe,
    engine: str,
    device: str = "cpu",
    dataset: Dataset | None = None,
    saved: Saved | None = None,
    told: Callable[[str], object] = lambda text: None,
) -> tuple[Network, Iterator[Step]]:
    """A recipe's network on an engine, and the steps of its training, not yet begun.

    `dataset` saves loading the recipe's data (`rows`) when they are at hand. With `saved`, a
    version of this recipe's run, the training goes on from there, as if it had never stopped.
    `told` is as in `train`.
    """
    if saved:
        net = saved.network(engine, device)
        if saved.run.finished:
            raise UserError(f"{saved.reference} is finished: there is nothing to go on with.")
    else:
        net = build(
            recipe.model,
            engine,
            seed=recipe.seed,
            dtype=recipe.dtype,
            device=device,
            optimizer=recipe.optimizer,
        )
    whole = data_of(recipe) if dataset is None else dataset
    judged = held_out(whole, recipe.hold_out, recipe.seed)
    if saved and saved.run.training_rows != checksum(judged):
        raise UserError(
            f"{saved.reference} was trained on other data than {recipe.data} is here, so it cannot "
            "go on as if it had never stopped."
        )
    steps: Iterator[Step] = train(
        net,
        judged,
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        seed=recipe.seed,
        augmentation=recipe.augmentation,
        first_step=saved.run.step if saved else 0,
        first_second=saved.run.seconds if saved else 0.0,
        told=told,
    )
    if recipe.patience is not None:
        history = [epoch.metrics for epoch in saved.run.history] if saved else []
        steps = early_stopping(steps, patience=recipe.patience, history=history)
    return net, steps


def steps_of(recipe: spec.Recipe, judged: Dataset) -> int:
    """How many steps the whole training takes, on the rows that `held_out` gives."""
    return spec.steps_in(len(judged.x_train), recipe.batch_size, recipe.epochs)


def checksum(judged: Dataset) -> str:
    """CRC-32 of the training rows that `held_out` gives: the same data, or others."""
    value = 0
    for array in (judged.x_train, judged.y_train):
        value = zlib.crc32(np.ascontiguousarray(array).data, value)
    return f"{value:08x}"


def is_recipe_file(name: str) -> bool:
    """Whether `name` is a JSON file that holds a recipe rather than a model."""
    if not name.endswith(".json"):
        return False
    try:
        text = Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserError(f"cannot read {name}: {error.strerror}.") from None
    return re.search(r'"kind"\s*:\s*"Recipe"', text) is not None
