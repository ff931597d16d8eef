"""A network with one hidden layer that tells classes apart: all of its training on one page.

x (N, D) -> z1 (N, H) -> h (N, H) -> z2 (N, F), N samples, D columns, H hidden units. With two
classes there is one output, F = 1, and a sigmoid; with more, F = K outputs and softmax. B is
the batch. Each line is derived on the page of its layer; `scratch/engine.py` computes the same with
parts that can be put together in any way.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from brain.data.options import SEEDS, real_number, whole_number
from brain.randomness import generator
from brain.stage import Tick
from brain.training import DivergenceError, batches
from scratch.activations import sigmoid_of
from scratch.classic.estimator import Array, Classifier, Ticks, classes_of, in_range, rows
from scratch.classic.logistic import log_softmax
from scratch.losses import binary_cross_entropy, softmax_cross_entropy


class OneHiddenLayer(Classifier):
    """D inputs, `hidden` units of ReLU, one output for two classes or one for each of more.

    `batch_size` says how many rows a step looks at: None is all of them (full-batch), 1 is one
    (stochastic), anything between is mini-batch. `momentum` is the share of the last step that is
    taken again. The rows' order and the first weights follow from `seed` alone.
    """

    params: dict[str, Array]
    """weight1 (D, H), bias1 (H,), weight2 (H, F), bias2 (F,)."""

    def __init__(
        self,
        hidden: int = 32,
        *,
        lr: float = 0.1,
        momentum: float = 0.9,
        batch_size: int | None = 32,
        epochs: int = 100,
        seed: int = 0,
    ) -> None:
        self.hidden = whole_number("hidden", hidden, 1, 10**6)
        self.lr = real_number("lr", lr, 0, 1e308)
        self.momentum = real_number("momentum", momentum, 0, 1)
        if batch_size is not None:
            whole_number("batch_size", batch_size, 1, 10**9)
        self.batch_size = batch_size
        self.epochs = whole_number("epochs", epochs, 1, 10**6)
        self.seed = whole_number("seed", seed, *SEEDS)

    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        for _ in self.steps(x, y):
            pass
        return self

    def predict_proba(self, x: ArrayLike) -> Array:
        x = self._new_rows(x)
        with np.errstate(over="ignore", invalid="ignore"):
            return in_range(self._probabilities(x))

    def _probabilities(self, x: Array) -> Array:
        z2 = self._forward(x)[-1]
        if z2.shape[1] == 1:
            return np.hstack([sigmoid_of(-z2), sigmoid_of(z2)])  # theory/activations.md (7)
        return np.exp(log_softmax(z2))  # (19)

    def steps(self, x: ArrayLike, y: ArrayLike) -> Ticks:
        """The training, a `Tick` a step; `loss` is that of the step's rows before the step.

        The last step of an epoch has the accuracy on all rows of `x` in its `metrics`. Raises
        UserError where the loss is no longer a finite number.
        """
        x = rows(x)
        self.classes, index = classes_of(y, len(x))
        self.columns = x.shape[1]
        self.params = self._first_weights(1 if len(self.classes) == 2 else len(self.classes))
        velocity = {name: np.zeros_like(w) for name, w in self.params.items()}
        size = min(self.batch_size or len(x), len(x))
        an_epoch = -(-len(x) // size)  # steps, the last one with the rows that are left
        step = 0
        for epoch in range(self.epochs):
            for chosen in batches(len(x), size, self.seed, epoch):
                step += 1
                with np.errstate(over="ignore", invalid="ignore"):
                    loss, gradients = self.loss_and_gradients(x[chosen], index[chosen])
                    self._move(gradients, velocity)
                    finite = all(np.isfinite(w).all() for w in self.params.values())
                    if not (np.isfinite(loss) and finite):
                        raise DivergenceError(
                            f"step {step} led to numbers that are not finite: the training "
                            f"diverged with the rate {self.lr:g}; take a smaller one."
                        )
                    metrics = {}
                    if step % an_epoch == 0:
                        right = self._probabilities(x).argmax(axis=1) == index
                        metrics["accuracy"] = float(right.mean())
                yield Tick(step, self.epochs * an_epoch, loss, metrics)

    def _move(self, gradients: dict[str, Array], velocity: dict[str, Array]) -> None:
        """One step of gradient descent with momentum, in place."""
        for name, w in self.params.items():
            velocity[name] *= self.momentum
            velocity[name] += gradients[name]  # theory/optimizers.md (1)
            w -= self.lr * velocity[name]  # (2)

    def loss_and_gradients(self, x: Array, index: Array) -> tuple[float, dict[str, Array]]:
        """The mean cross-entropy of the rows `x (B, D)`, and its gradient for each array.

        `index (B,)` has the place of each row's class in `classes`.
        """
        z1, h, z2 = self._forward(x)
        if z2.shape[1] == 1:
            loss, dz2 = binary_cross_entropy(z2, index[:, None])  # theory/losses.md (3), (4)
        else:
            loss, dz2 = softmax_cross_entropy(z2, index)  # theory/losses.md (1), (2)
        dh = dz2 @ self.params["weight2"].T  # theory/dense.md (4)
        dz1 = dh * (z1 > 0)  # theory/activations.md (2)
        return float(loss), {
            "weight1": x.T @ dz1,  # theory/dense.md (2)
            "bias1": dz1.sum(axis=0),  # (3)
            "weight2": h.T @ dz2,  # (2)
            "bias2": dz2.sum(axis=0),  # (3)
        }

    def _forward(self, x: Array) -> tuple[Array, Array, Array]:
        z1 = x @ self.params["weight1"] + self.params["bias1"]  # theory/dense.md (1)
        h = np.maximum(z1, 0)  # theory/activations.md (1)
        z2 = h @ self.params["weight2"] + self.params["bias2"]  # theory/dense.md (1)
        return z1, h, z2

    def _first_weights(self, outputs: int) -> dict[str, Array]:
        """Normal draws as large as the layers can bear, and biases of zero."""

        def draw(name: str, fan_in: int, fan_out: int, variance: float) -> Array:
            normal = generator(self.seed, f"initial {name}").standard_normal((fan_in, fan_out))
            return normal * np.sqrt(variance)

        inputs, hidden = self.columns or 0, self.hidden
        return {
            # theory/initial-values.md (2), for ReLU; (4) where none follows
            "weight1": draw("weight1", inputs, hidden, 2 / inputs),
            "bias1": np.zeros(hidden),
            "weight2": draw("weight2", hidden, outputs, 2 / (hidden + outputs)),
            "bias2": np.zeros(outputs),
        }
