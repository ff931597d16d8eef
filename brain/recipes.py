"""From names to a recipe: a model fitted to a data set, with an optimizer that suits it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from brain import spec
from brain.data import Dataset
from brain.errors import UserError, unknown
from brain.names import MODELS, look_up

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


def model_for(name: str, dataset: Dataset) -> spec.Model:
    """The named model (or the one in the file `name`, if it ends in .json) for `dataset`.

    A named model takes its input shape, outputs and loss from the data; one from a file must fit.
    """
    if not name.endswith(".json"):
        factory = look_up("model", name, MODELS)
        made: spec.Model = factory(dataset.input_shape, dataset.outputs, LOSSES[dataset.task])
        return made
    model = spec.load_model(name)
    if model.input_shape != dataset.input_shape:
        raise UserError(
            f"{name}: the model takes {model.input_shape}, but a sample of {dataset.name} is "
            f"{dataset.input_shape}."
        )
    return model


def named_model(name: str) -> spec.Model:
    """The named model in its default shape, MNIST's; or the one in a .json file."""
    if name.endswith(".json"):
        return spec.load_model(name)
    made: spec.Model = look_up("model", name, MODELS)()
    return made


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
) -> spec.Recipe:
    """A recipe with the project's defaults: SGD, momentum 0.9, a cosine from 0.05 to 0.

    The cosine ends with the last step. `optimizer` is a key of `OPTIMIZERS`; `lr` is where the
    cosine begins, by default `LEARNING_RATES[optimizer]`.
    """
    if optimizer not in OPTIMIZERS:
        raise unknown("optimizer", optimizer, OPTIMIZERS)
    steps = spec.steps_in(len(dataset.x_train), max(batch_size, 1), max(epochs, 1))
    rate = spec.Cosine(LEARNING_RATES[optimizer] if lr is None else float(lr), steps)
    options: dict[str, Any] = {"weight_decay": weight_decay, "clip_norm": clip_norm}
    if optimizer == "sgd":
        options["momentum"] = 0.9
    return spec.Recipe(
        model=model_for(model, dataset),
        data=dataset.name,
        optimizer=OPTIMIZERS[optimizer](rate, **options),  # type: ignore[call-arg]
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        dtype=dtype,  # type: ignore[arg-type]  # Recipe checks it
    )


def is_recipe_file(name: str) -> bool:
    """Whether `name` is a JSON file that holds a recipe rather than a model."""
    if not name.endswith(".json"):
        return False
    try:
        text = Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserError(f"cannot read {name}: {error.strerror}.") from None
    return re.search(r'"kind"\s*:\s*"Recipe"', text) is not None
