"""Logistic regression, for two classes and for more. theory/logistic-regression.md

N samples, D columns, K classes. Softmax over K scores is all it takes: with two classes the first
one's score is held at zero, and softmax becomes the sigmoid. F is the number of classes whose
weights are free: 1 for two classes, else K.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from brain.data.options import real_number, whole_number
from brain.errors import unknown
from brain.stage import Tick
from brain.training import DivergenceError
from scratch.classic.estimator import Array, Classifier, Ticks, classes_of, in_range, rows

LARGEST = float(np.finfo(np.float64).max)
ENOUGH = 1e-4
"""The share of the promised decrease that a step must bring: the constant of Armijo's condition
(Nocedal and Wright, section 3.1)."""
ROUNDING = 1e-15


class LogisticRegression(Classifier):
    """Classes parted by straight lines, the cross-entropy plus l2 |w|^2 / 2 as small as it can be.

    `l2` is what scikit-learn calls 1 / C; the biases are not held small. `method="newton"` takes
    the curvature (the Hessian) into account and needs a handful of steps, each of which solves
    equations in (D + 1) F unknowns; `"descent"` walks down the slope. Both halve a step until the
    loss falls, and end when the gradient of the mean loss is no longer than `tolerance`, or after
    `max_steps`: `converged` says which.
    """

    weight: Array  # (D, F)
    bias: Array  # (F,)
    converged: bool
    """Whether the gradient became as short as `tolerance`."""

    def __init__(
        self,
        l2: float = 1.0,
        method: Literal["newton", "descent"] = "newton",
        *,
        max_steps: int = 1000,
        tolerance: float = 1e-8,
    ) -> None:
        if method not in ("newton", "descent"):
            raise unknown("method", method, ("newton", "descent"))
        self.l2 = real_number("l2", l2, 0, LARGEST)
        self.method = method
        self.max_steps = whole_number("max_steps", max_steps, 1, 10**9)
        self.tolerance = real_number("tolerance", tolerance, 0, LARGEST)

    def fit(self, x: ArrayLike, y: ArrayLike) -> Self:
        for _ in self.steps(x, y):
            pass
        return self

    def predict_log_proba(self, x: ArrayLike) -> Array:
        """The logarithm of the probability of each class, `(N, K)`."""
        x = with_ones(self._new_rows(x))
        with np.errstate(over="ignore", invalid="ignore"):
            return in_range(log_softmax(scores(x, self._theta)))

    def predict_proba(self, x: ArrayLike) -> Array:
        return np.exp(self.predict_log_proba(x))

    def steps(self, x: ArrayLike, y: ArrayLike) -> Ticks:
        """The training from zero weights, a `Tick` a step: `weight` and `bias` move as it goes on.

        `loss` and the gradient's length in `metrics` are those after the step. Raises UserError
        where they are no longer finite numbers.
        """
        x = with_ones(rows(x))  # (N, D + 1)
        self.classes, index = classes_of(y, len(x))
        target = np.eye(len(self.classes))[index]  # (N, K), one at the class of each row
        free = 1 if len(self.classes) == 2 else len(self.classes)
        self._take(np.zeros((x.shape[1], free)))
        self.converged = False
        loss, gradient, p = loss_and_gradient(x, target, self._theta, self.l2)
        size = 1.0
        for step in range(1, self.max_steps + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                if self.method == "newton":
                    direction, size = newton_direction(x, p, gradient, self.l2), 1.0
                else:
                    direction, size = -gradient, 2 * size
                size = self._line_search(x, target, direction, size, loss, gradient)
                self._take(self._theta + size * direction)  # theory/logistic-regression.md (8)
                loss, gradient, p = loss_and_gradient(x, target, self._theta, self.l2)
                length = float(np.linalg.norm(gradient))
            if not np.isfinite(loss + length):
                raise DivergenceError(
                    f"the loss is {loss} and the gradient's length {length} at step {step}: bring "
                    "the columns of x to one scale, or take a smaller l2."
                )
            self.converged = length <= self.tolerance
            yield Tick(step, self.max_steps, loss, {"gradient": length})
            if self.converged:
                return

    def _take(self, theta: Array) -> None:
        """Take over weights and biases, `(D + 1, F)`; a bias is the weight of a column of ones."""
        self._theta, self.columns = theta, len(theta) - 1
        self.weight, self.bias = theta[:-1], theta[-1]

    def _line_search(
        self, x: Array, target: Array, direction: Array, size: float, loss: float, gradient: Array
    ) -> float:
        """Backtracking: `size`, halved until the loss falls by a share of what is promised. (9)"""
        slope = np.sum(gradient * direction)
        while size > 0:
            reached, _, _ = loss_and_gradient(x, target, self._theta + size * direction, self.l2)
            if reached <= loss + ENOUGH * size * slope + ROUNDING * abs(loss):
                break
            size /= 2
        return size


def with_ones(x: Array) -> Array:
    """`x` with a column of ones behind it, `(N, D + 1)`."""
    return np.column_stack([x, np.ones(len(x))])


def scores(x: Array, theta: Array) -> Array:
    """The scores of all classes, `(N, K)`; with two classes that of the first is zero. (1), (2)"""
    z = x @ theta
    return np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z


def log_softmax(z: Array) -> Array:
    """The logarithms of the probabilities, `(N, K)`; no exponential overflows. (3)"""
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def loss_and_gradient(
    x: Array, target: Array, theta: Array, l2: float
) -> tuple[float, Array, Array]:
    """The mean cross-entropy with its penalty, its gradient, and the probabilities.

    Gradient `(D + 1, F)`; probabilities of the free classes `(N, F)`.
    """
    n, free = len(x), theta.shape[1]
    small = theta * l2
    small[-1] = 0  # the biases are free
    log_p = log_softmax(scores(x, theta))
    loss = (-np.sum(target * log_p) + np.sum(small * theta) / 2) / n  # (4), (5)
    p = np.exp(log_p[:, -free:])
    gradient = (x.T @ (p - target[:, -free:]) + small) / n  # (6)
    return float(loss), gradient, p


def newton_direction(x: Array, p: Array, gradient: Array, l2: float) -> Array:
    """Where the parabola that touches the loss has its lowest point, `(D + 1, F)` from here. (8)

    A common shift of all K biases changes nothing, so the curvature has no inverse: of all
    directions that lead there, lstsq takes the shortest.
    """
    direction, *_ = np.linalg.lstsq(curvature(x, p, l2), -gradient.T.ravel(), rcond=None)
    return direction.reshape(gradient.T.shape).T


def curvature(x: Array, p: Array, l2: float) -> Array:
    """The Hessian, the loss's second derivatives, `(F (D + 1), F (D + 1))`, class by class. (7)"""
    (n, width), free = x.shape, p.shape[1]
    px = (p[:, :, None] * x[:, None, :]).reshape(n, free * width)
    second = -(px.T @ px)
    penalty = np.diag([l2] * (width - 1) + [0.0])
    for k in range(free):
        block = slice(k * width, (k + 1) * width)
        second[block, block] += x.T @ (p[:, [k]] * x) + penalty
    return second / n
