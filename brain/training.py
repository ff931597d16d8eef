"""The one training loop: a generator of steps. Whoever wants a bar, a log or a plot consumes it.

for step in train(net, data.load("digits"), batch_size=32, epochs=10, seed=0):
    print(step.step, float(step.loss), step.metrics)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

from brain import checks, spec
from brain.ahead import ahead
from brain.data import Dataset
from brain.data.augmentation import augment
from brain.divergence import DivergenceError, Watch
from brain.engine import Network
from brain.errors import UserError
from brain.passes import Batch
from brain.randomness import generator

__all__ = ["DivergenceError", "Step", "batches", "train"]

WORTH_A_THREAD = 2**20
"""Bytes of a batch from which its rows are taken in a thread of their own, while the step before
is computed; varied pictures always are."""


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
    told: Callable[[str], object] = lambda text: None,
) -> Generator[Step, None, None]:
    """Train `net` on the training part of `dataset`; yields a `Step` after every step.

    The order of the batches, and how `augmentation` varies their pictures, is the same for every
    engine; they are prepared ahead of their steps. A network that has `first_step` steps of this
    training behind it, which took `first_second` seconds, goes on from there as if it had never
    stopped. Raises UserError for data that do not fit the model, and DivergenceError soon after the
    loss, a parameter or the optimizer's memory is no longer finite: it says in which layer this
    began, and leaves the network as it was before that step. Looking for it takes up to 200 steps
    once more: one line by `told` says so before.
    """
    if not isinstance(dataset, Dataset):
        raise UserError(f"train takes a data set, as data.load('digits'), not {dataset!r}.")
    if batch_size < 1 or epochs < 1:
        raise UserError(f"batch_size ({batch_size}) and epochs ({epochs}) must be at least 1.")
    x, y = dataset.x_train, dataset.y_train
    checks.inputs(net.model, x, x.dtype)
    checks.targets(net.model, y, len(x), y.dtype)
    an_epoch, start = spec.steps_in(len(x), batch_size), time.perf_counter() - first_second

    def prepared(step: int) -> Generator[Batch, None, None]:
        """The batches of the training after `step` steps."""
        for epoch in range(step // an_epoch, epochs):
            for rows in islice(batches(len(x), batch_size, seed, epoch), step % an_epoch, None):
                yield net.prepare(augment(x[rows], augmentation, seed, step), y[rows])
                step += 1

    watch, ready = Watch(net, prepared, first_step, told), prepared(first_step)
    if augmentation or batch_size * x[0].nbytes >= WORTH_A_THREAD:
        ready = ahead(ready)
    with closing(ready):
        for step, batch in enumerate(ready, first_step + 1):
            loss = net.train_step(batch)
            epoch, metrics = (step - 1) // an_epoch + 1, dict[str, float]()
            watch.look(loss, step, epoch, now=step % an_epoch == 0)
            if step % an_epoch == 0:
                metrics = net.evaluate(dataset.x_test, dataset.y_test)
                watch.judged(metrics["loss"], step, epoch, dataset.x_test, dataset.y_test)
            seconds = time.perf_counter() - start
            yield Step(step, epochs * an_epoch, epoch, loss, seconds, metrics)
