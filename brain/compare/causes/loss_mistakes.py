"""The mistakes that a loss can have, and what would come of each: its values and its gradient.

A mistake is a formula for one position's loss, a way to sum the positions up, or a gradient of its
own. A formula's gradient is taken by a complex step, Im f(z + ih) / h, which is exact to rounding
(Squire and Trapp, SIAM Review 40, 1998): so a mistake is written once, as autograd would have it.
theory/losses.md
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Array
from brain.compare.causes.finder import factor
from brain.compare.causes.loss_formulas import FORMULAS, SMOOTH, Each, hot, sigmoid, softmax
from brain.compare.tolerances import error
from brain.parameters import Arrays

VALUES, GRADIENT = ("loss", "loss of each sample"), "d_output"
STEP = 1e-100
FEW = 50
"""The positions whose gradient is looked at before that of all is computed."""


@dataclass(frozen=True)
class Judged:
    """A loss and what goes into it: outputs `(N, ...)` and targets."""

    loss: spec.Loss
    x: Array
    y: Array


@dataclass(frozen=True)
class Mistake:
    """A mistake, and what would come of it: values by name, the gradient of the first positions."""

    cause: str
    values: Callable[[], Mapping[str, Any]]
    gradient: Callable[[int], Array]

    def value_left(self, theirs: Arrays, allowed: Mapping[str, float]) -> float:
        """The error that it leaves of the value; infinite where that is more than is allowed."""
        found = self.values()
        names = [name for name in VALUES if name in theirs]
        if not all(name in found and name in allowed for name in names):
            return math.inf
        left = {name: error(found[name], theirs[name]) for name in names}
        return max(e if e <= allowed[name] else math.inf for name, e in left.items())

    def gradient_left(self, theirs: Arrays, allowed: Mapping[str, float]) -> float:
        """The same of the gradient: of a few positions, and only where they fit, of all."""
        if GRADIENT not in allowed:
            return math.inf
        wanted = theirs[GRADIENT]
        left, size = math.inf, float(np.linalg.norm(wanted))
        for most in (FEW, wanted.size):
            found = self.gradient(most)
            rest = found - wanted.reshape(-1, found.shape[-1])[:most]
            left = float(np.linalg.norm(rest)) / (size or 1.0)
            if not left <= allowed[GRADIENT]:
                return math.inf
        return left


def mistakes(
    given: Judged, right: Arrays, theirs: Arrays, apart: Mapping[str, float]
) -> Iterator[Mistake]:
    """Each known mistake; the simplest first."""
    every = {name: Summed(given, each) for name, each in FORMULAS[type(given.loss)].items()}
    own, sums = every.pop(""), list(reductions(given))
    for cause, scale in sums:
        yield own.mistake(cause, scale)
    for cause, formula in every.items():
        yield formula.mistake(cause)
    yield from rooted(given, right)
    for cause, dz in gradients(given):
        yield Mistake(cause, dict, lambda most, dz=dz: dz[:most])  # type: ignore[misc]
    yield from smoothed(given, theirs)
    for cause, formula in every.items():
        for how, scale in sums:
            yield formula.mistake(f"{cause}, and {how}", scale)
    yield from multiples(given, right, theirs, apart)


# How the positions are summed up


Scale = Callable[[int, int, int], float]
"""The factor of the sum over all positions, from samples, positions of one sample, classes."""


def mean(samples: int, positions: int, classes: int) -> float:
    return 1 / (samples * positions)


def reductions(given: Judged) -> Iterator[tuple[str, Scale]]:
    """Other ways to sum the positions up, each by its name; none that is the same here."""
    samples, positions, classes = sizes(given)
    every = samples * positions
    width = 1 if classes > 1 else given.x.shape[-1]
    ways: dict[str, Scale] = {
        f"it is the sum over the {every} positions, not their mean": lambda n, p, k: 1.0,
        f"the {positions} positions of a sample are added up, not averaged": lambda n, p, k: 1 / n,
        f"the {samples} samples are added up, not averaged": lambda n, p, k: 1 / p,
        "it has the wrong sign": lambda n, p, k: -mean(n, p, k),
        "it is halved": lambda n, p, k: mean(n, p, k) / 2,
        "it is taken twice": lambda n, p, k: mean(n, p, k) * 2,
        "it is missing": lambda n, p, k: 0.0,
        f"it is divided by the {classes} classes too": lambda n, p, k: mean(n, p, k) / k,
        f"it is divided by the {samples} samples twice": lambda n, p, k: mean(n, p, k) / n,
        f"the {width} outputs of a position are added up, not averaged": (
            lambda n, p, k: mean(n, p, k) * width
        ),
        f"the {every // width} positions are added up, of each the mean of its outputs": (
            lambda n, p, k: 1 / width
        ),
        "it is half of the sum over all positions": lambda n, p, k: 0.5,
        "the positions of a sample are added up, not averaged, and it is halved": (
            lambda n, p, k: 0.5 / n
        ),
    }
    seen = set()
    for cause, scale in {"": mean, **ways}.items():  # of the batch, and of a sample alone
        size = scale(samples, positions, classes), scale(1, positions, classes)
        if size not in seen:
            seen.add(size)
            if cause:
                yield cause, scale


def sizes(given: Judged) -> tuple[int, int, int]:
    """Samples, positions of one sample, and classes of one position: 1 where each has its own."""
    z, _ = flat(given)
    return len(given.x), len(z) // len(given.x), z.shape[1]


def flat(given: Judged) -> tuple[Array, Array]:
    """Outputs `(M, K)` and targets `(M,)` of all positions."""
    classes = given.x.shape[-1] if isinstance(given.loss, spec.SoftmaxCrossEntropy) else 1
    kind = np.int64 if given.loss.labels else np.float64
    return given.x.astype(np.float64).reshape(-1, classes), given.y.ravel().astype(kind)


class Summed:
    """A formula summed up over all positions, and its gradient; both are computed once."""

    def __init__(self, given: Judged, each: Each) -> None:
        self.each, self.sizes = each, sizes(given)
        self.z, self.y = flat(given)
        self._gradients: dict[int, Array] = {}

    @cached_property
    def losses(self) -> Array:
        """The sum of each sample."""
        with np.errstate(all="ignore"):
            every = self.each(self.z.astype(complex), self.y).real
        return every.reshape(self.sizes[0], -1).sum(axis=1)

    def mistake(self, cause: str = "", scale: Scale = mean) -> Mistake:
        """With one way to sum up."""
        samples, *others = self.sizes
        whole, alone = scale(samples, *others), scale(1, *others)
        return Mistake(
            cause,
            lambda: dict(
                zip(VALUES, (whole * self.losses.sum(), alone * self.losses), strict=True)
            ),
            lambda most: whole * self.derivative(most),
        )

    def derivative(self, most: int) -> Array:
        """Of the first positions' sum, `(most, K)`."""
        if most not in self._gradients:
            z, y = self.z[:most], self.y[:most]
            dz = np.empty_like(z)
            for k in range(z.shape[1]):
                moved = z.astype(complex)
                moved[:, k] += 1j * STEP
                with np.errstate(all="ignore"):
                    dz[:, k] = self.each(moved, y).imag / STEP
            self._gradients[most] = dz
        return self._gradients[most]


# What is no formula of one position


def rooted(given: Judged, right: Arrays) -> Iterator[Mistake]:
    """The root of the mean."""
    if isinstance(given.loss, spec.MeanSquaredError):
        values = {name: np.sqrt(right[name]) for name in VALUES}
        dz = right[GRADIENT].reshape(-1, 1) / np.maximum(2 * values["loss"], STEP)
        yield Mistake("the root of the mean is taken", lambda: values, lambda most: dz[:most])


def gradients(given: Judged) -> Iterator[tuple[str, Array]]:
    """Gradients that no value has, `(M, K)`: terms of the derivative left out, or left in."""
    if isinstance(given.loss, spec.MeanSquaredError):
        return
    z, y = flat(given)
    if isinstance(given.loss, spec.SoftmaxCrossEntropy):
        p, target, word = softmax(z), hot(z, y), "softmax"
        through = p * (p - target - ((p - target) * p).sum(axis=1, keepdims=True))
    else:
        p, target, word = sigmoid(z), y[:, None], "the sigmoid"
        through = (p - target) * p * (1 - p)
    with np.errstate(all="ignore"):
        towards = -target / p if z.shape[1] > 1 else (p - target) / (p * (1 - p))
    for cause, dz in {
        f"the derivative of {word} is left in": through,
        "the derivative of a sigmoid is left in": (p - target) * p * (1 - p),
        f"the derivative of {word} is left out": towards,
        "the label is not subtracted": p,
        "the output is taken for the probability": z - target,
    }.items():
        yield cause, dz / len(z)


def smoothed(given: Judged, theirs: Arrays) -> Iterator[Mistake]:
    """Labels smoothed by a share that is read off the gradient, which is linear in it."""
    smooth = SMOOTH.get(type(given.loss))
    if smooth is None or theirs[GRADIENT].shape != given.x.shape:
        return
    count = given.x.size
    none, every = (Summed(given, partial(smooth, s)).mistake().gradient(count) for s in (0.0, 1.0))
    share = factor(theirs[GRADIENT].reshape(none.shape) - none, every - none)
    if 0 < share < 1:
        cause = f"labels are smoothed by {share:.6g}"
        yield Summed(given, partial(smooth, share)).mistake(cause)


def multiples(
    given: Judged, right: Arrays, theirs: Arrays, apart: Mapping[str, float]
) -> Iterator[Mistake]:
    """A multiple of what it should be: of the gradient, or of the loss of each sample.

    Of one number alone, any other is a multiple: that says nothing.
    """
    dz = right[GRADIENT].reshape(-1, sizes(given)[2])
    for name in (GRADIENT, "loss of each sample"):
        c = factor(theirs[name], right[name]) if name in apart else math.nan
        if math.isfinite(c):
            values = {k: c * right[k] for k in VALUES} if VALUES[1] in theirs else {}
            yield Mistake(
                f"it is {c:.12g} times what it should be",
                lambda values=values: values,  # type: ignore[misc]
                lambda most, c=c: c * dz[:most],  # type: ignore[misc]
            )
