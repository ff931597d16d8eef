"""Linear regression, solved at once or by gradient descent; ridge. theory/linear-regression.md

N samples, D columns. The targets are `(N,)` or `(N, M)`; the weights are then `(D,)` or `(D, M)`.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from brain.data.options import real_number, whole_number
from brain.errors import unknown
from brain.stage import Tick
from brain.training import DivergenceError
from scratch.classic.estimator import Array, Regressor, Ticks, in_range, rows, targets

LARGEST = float(np.finfo(np.float64).max)


class LinearRegression(Regressor):
    """The straight line, plane or hyperplane with the least squared error, plus `ridge` |w|^2.

    `method="exact"` solves the normal equations; where several weights are equally good, because a
    column is a mixture of others or there are fewer rows than columns, it takes the shortest.
    `method="descent"` walks down the slope, by steps of `lr` (unless given, one over a bound on the
    largest curvature, which never climbs), until the gradient is no longer than `tolerance` or
    `max_steps` are done: `converged` says which.
    """

    weight: Array  # (D,) or (D, M)
    bias: Array  # () or (M,)
    converged: bool
    """Whether the gradient became as short as `tolerance`; always so for the exact solution."""

    def __init__(
        self,
        ridge: float = 0.0,
        method: Literal["exact", "descent"] = "exact",
        *,
        lr: float | None = None,
        max_steps: int = 100_000,
        tolerance: float = 1e-8,
    ) -> None:
        if method not in ("exact", "descent"):
            raise unknown("method", method, ("exact", "descent"))
        self.ridge = real_number("ridge", ridge, 0, LARGEST)
        self.method = method
        self.lr = None if lr is None else real_number("lr", lr, 0, LARGEST)
        self.max_steps = whole_number("max_steps", max_steps, 1, 10**9)
        self.tolerance = real_number("tolerance", tolerance, 0, LARGEST)

    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        if self.method == "exact":
            return self._solve(x, y)
        for _ in self.steps(x, y):
            pass
        return self

    def predict(self, x: ArrayLike) -> Array:
        x = self._new_rows(x)
        with np.errstate(over="ignore", invalid="ignore"):
            return in_range(x @ self.weight + self.bias)  # theory/linear-regression.md (1)

    def _solve(self, x: ArrayLike, y: ArrayLike) -> Self:
        """The weights at which the loss has no slope, by the singular values of the rows."""
        x = rows(x)
        y = targets(y, len(x))
        x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
        # the mean of equal numbers may be off by a rounding, which is no variation
        centred = np.where(np.ptp(x, axis=0) == 0, 0, x - x_mean)
        # (6): with centred = u diag(s) vt, it is solved without its condition being squared
        u, s, vt = np.linalg.svd(centred, full_matrices=False)
        counts = s > max(x.shape) * np.finfo(float).eps * s[0]  # the others are rounding noise
        u, s, vt = u[:, counts], s[counts], vt[counts]
        with np.errstate(all="ignore"):
            shrunk = vt.T * (s / (s * s + self.ridge))  # (D, rank)
            weight = in_range(shrunk @ (u.T @ (y - y_mean)))  # (7), (9)
            bias = in_range(y_mean - x_mean @ weight)  # (5)
        self.weight, self.bias = weight, bias
        self.columns, self.converged = x.shape[1], True
        return self

    def steps(self, x: ArrayLike, y: ArrayLike) -> Ticks:
        """Gradient descent from zero, a `Tick` a step: `weight` and `bias` move as it goes on.

        `metrics` holds the gradient's length before the step, as `loss` is that before it. Raises
        UserError where the rate is so large that the loss is no longer a finite number.
        """
        x = rows(x)
        y = targets(y, len(x))
        lr = safe_rate(x, self.ridge) if self.lr is None else self.lr
        self.weight, self.bias = np.zeros((x.shape[1], *y.shape[1:])), np.zeros(y.shape[1:])
        self.columns, self.converged = x.shape[1], False
        for step in range(1, self.max_steps + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                loss, dweight, dbias = self.loss_and_gradient(x, y)
                length = float(np.sqrt(np.sum(dweight**2) + np.sum(dbias**2)))
            if not np.isfinite(loss + length):
                raise DivergenceError(
                    f"the loss is {loss} at step {step}: the descent diverged with the rate "
                    f"{lr:g}; take a smaller one, or leave lr out."
                )
            self.weight = self.weight - lr * dweight  # (10)
            self.bias = self.bias - lr * dbias
            self.converged = length <= self.tolerance
            yield Tick(step, self.max_steps, loss, {"gradient": length})
            if self.converged:
                return

    def loss_and_gradient(self, x: Array, y: Array) -> tuple[float, Array, Array]:
        """The mean squared error plus ridge |w|^2 / N, and its gradients: dweight, dbias."""
        n = len(x)
        error = x @ self.weight + self.bias - y  # (N,) or (N, M)
        loss = (np.sum(error**2) + self.ridge * np.sum(self.weight**2)) / n  # (2), (8)
        dweight = 2 / n * (x.T @ error + self.ridge * self.weight)  # (3), (8)
        dbias = 2 / n * error.sum(axis=0)  # (4)
        return float(loss), dweight, dbias


def safe_rate(x: Array, ridge: float = 0.0) -> float:
    """One over a bound on the largest curvature of the loss: descent then never climbs. (11)"""
    with_ones = np.column_stack([x, np.ones(len(x))])  # the bias is the weight of a column of ones
    curvature = 2 / len(x) * (np.linalg.norm(with_ones, ord=2) ** 2 + ridge)
    return float(1 / curvature)
