"""The one training loop: a generator of steps. Whoever wants a bar, a log or a plot consumes it.

for step in train(net, data.load("digits"), batch_size=32, epochs=10, seed=0):
    print(step.step, float(step.loss), step.metrics)
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

from brain import checks, spec
from brain.data import Dataset
from brain.data.augmentation import augment
from brain.engine import Network
from brain.errors import UserError
from brain.randomness import generator


@dataclass(frozen=True)
class Step:
    """What one step did. `loss` is that of the batch before the step, fetched when it is read.

    `metrics` is empty but for the last step of each epoch: there it is what `Network.evaluate`
    gives on the data set's test part, `{"loss": ..., "accuracy": ...}`.
    """

    step: int  # from 1
    steps: int  # in the whole training
    epoch: int  # from 1
    loss: SupportsFloat
    seconds: float  # since the training began
    metrics: dict[str, float] = field(default_factory=dict)


def batches(samples: int, batch_size: int, seed: int, epoch: int) -> Iterator[NDArray[np.intp]]:
    """The rows of each batch of one epoch, every row once, in an order of (seed, epoch) alone.

    The last batch is short where `batch_size` does not divide `samples`.
    """
    order = generator(seed, "batches", epoch).permutation(samples)
    for start in range(0, samples, batch_size):
        yield order[start : start + batch_size]


def train(
    net: Network,
    dataset: Dataset,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    seed: int = 0,
    augmentation: Sequence[spec.Augmentation] = (),
    first_step: int = 0,
    first_second: float = 0.0,
) -> Generator[Step, None, None]:
    """Train `net` on the training part of `dataset`; yields a `Step` after every step.

    The order of the batches, and how `augmentation` varies their pictures, is the same for every
    engine. A network that has `first_step` steps of this training behind it, which took
    `first_second` seconds, goes on from there as if it had never stopped. Raises UserError for data
    that do not fit the model, and when the loss is no longer a finite number.
    """
    if not isinstance(dataset, Dataset):
        raise UserError(f"train takes a data set, as data.load('digits'), not {dataset!r}.")
    if batch_size < 1 or epochs < 1:
        raise UserError(f"batch_size ({batch_size}) and epochs ({epochs}) must be at least 1.")
    x, y = dataset.x_train, dataset.y_train
    checks.inputs(net.model, x, x.dtype)
    checks.targets(net.model, y, len(x), y.dtype)
    an_epoch, start = spec.steps_in(len(x), batch_size), time.perf_counter() - first_second
    done = first_step
    for epoch in range(first_step // an_epoch, epochs):
        for rows in islice(batches(len(x), batch_size, seed, epoch), done % an_epoch, None):
            varied = augment(x[rows], augmentation, seed, done)
            loss = net.train_step(net.prepare(varied, y[rows]))
            done += 1
            metrics = {}
            if done % an_epoch == 0:
                _check_finite(loss, epoch + 1, done)
                metrics = net.evaluate(dataset.x_test, dataset.y_test)
                _check_finite(metrics["loss"], epoch + 1, done)  # of the last step itself
            seconds = time.perf_counter() - start
            yield Step(done, epochs * an_epoch, epoch + 1, loss, seconds, metrics)


class DivergenceError(UserError):
    """The loss of a training is no longer a finite number."""


def _check_finite(loss: SupportsFloat, epoch: int, step: int) -> None:
    if not math.isfinite(float(loss)):
        raise DivergenceError(
            f"the loss is {float(loss)} at step {step}, the end of epoch {epoch}: the training "
            "diverged; a smaller learning rate, or a clip_norm, usually mends it."
        )
