"""Networks of any engine as forecasters: one model, its training, and its answers in float64."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.data import Dataset
from brain.engine import build
from brain.recipes import model_for
from brain.training import Step, train
from rnn.forecasting.forecasters import Windowed
from rnn.forecasting.preparation import Preparation

Array = NDArray[Any]
Watch = Callable[[Iterable[Step], str], Iterable[Step]]


@dataclass(frozen=True)
class Training:
    """How a network learns windows: Adam, its rate falling to 0 along a cosine."""

    epochs: int = 60
    batch_size: int = 16
    lr: float = 0.01
    clip_norm: float = 1.0
    weight_decay: float = 0.0

    def optimizer(self, rows: int) -> spec.Optimizer:
        """Adam for `rows` training windows; AdamW where there is weight decay."""
        rate = spec.Cosine(self.lr, spec.steps_in(rows, self.batch_size, self.epochs))
        if self.weight_decay:
            return spec.AdamW(rate, clip_norm=self.clip_norm, weight_decay=self.weight_decay)
        return spec.Adam(rate, clip_norm=self.clip_norm)


def unwatched(steps: Iterable[Step], title: str) -> Iterable[Step]:
    """Pass the steps on as they are."""
    return steps


class NetworkForecaster(Windowed):
    """The model `model` (a name, or a file) in `engine`; `watch` shows its training."""

    def __init__(
        self,
        model: str,
        preparation: Preparation,
        length: int,
        outputs: int = 1,
        *,
        training: Training | None = None,
        engine: str = "numpy",
        seed: int = 0,
        dtype: str = "float32",
        watch: Watch = unwatched,
    ) -> None:
        super().__init__(preparation, length, outputs)
        self.name = self.model = model
        self.training = training or Training()
        self.engine, self.seed, self.dtype, self.watch = engine, seed, dtype, watch

    def _learn(self, data: Dataset) -> None:
        # `train` scores the test rows after each epoch: nothing of the test part is looked at, so
        # that a row which is learned stands in its place, and its score is left out
        known = replace(data, x_test=data.x_train[-1:], y_test=data.y_train[-1:])
        self.net = build(
            model_for(self.model, known),
            self.engine,
            seed=self.seed,
            dtype=self.dtype,
            optimizer=self.training.optimizer(len(known.x_train)),
        )
        title = f"{self.name}, {self.outputs} ahead, {len(known.x_train)} windows"
        batch_size, epochs = self.training.batch_size, self.training.epochs
        steps = train(self.net, known, batch_size=batch_size, epochs=epochs, seed=self.seed)
        for _ in self.watch((replace(step, metrics={}) for step in steps), title):
            pass

    def _answer(self, x: Array) -> Array:
        return self.net.predict(x[:, :, None], batch_size=4096).astype(np.float64)
