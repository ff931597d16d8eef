"""What a network that tells pictures apart looks at, and where it goes wrong: arrays, no drawing.

Works on a `Network` of any engine. `x` is `(N, H, W, C)`; `labels` is one class for all pictures,
or `(N,)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks, spec
from brain.engine import Network
from brain.errors import UserError, shown

Array = NDArray[Any]

PIECE = 128
"""How many pictures are traced at once: every layer's output is kept for the way back."""


def picked(model: spec.Model, labels: ArrayLike, samples: int) -> Array:
    """What picks each picture's class out of the outputs: `(outputs * picked).sum(axis=1)`.

    `(samples, K)`, a one at the class; where one unit tells two classes apart, `(samples, 1)`, 1
    for class 1 and -1 for class 0. The sum is the score: a logit. UserError for a class that does
    not exist and for a model that has none.
    """
    if not model.loss.labels or len(model.output_shape) != 1:
        raise UserError(
            f"model {model.name!r} does not give one class for each picture, so there is no score "
            "of a class to explain: take a model with a loss for classes."
        )
    one_unit = model.output_shape == (1,)
    classes = 2 if one_unit else model.output_shape[0]
    array = checks.numbers("labels", labels)
    if array.shape not in ((), (samples,)):
        raise UserError(
            f"labels has shape {array.shape}; wanted one class, or {samples}, one for each picture."
        )
    array = np.broadcast_to(array, (samples,))
    wrong = array[(array < 0) | (array >= classes) | (array != np.trunc(array))]
    if len(wrong):
        raise UserError(
            f"there is no class {shown(wrong[0].item())}: model {model.name!r} has {classes} "
            f"classes, 0 to {classes - 1}."
        )
    array = array.astype(np.int64)
    return 2.0 * array[:, None] - 1 if one_unit else np.eye(classes)[array]


def scores(net: Network, x: Array, labels: ArrayLike) -> Array:
    """The score (a logit) of each picture's class: `(N,)`."""
    chosen = picked(net.model, labels, len(x))
    return (net.predict(x) * chosen).sum(axis=1)


def score_gradient(net: Network, x: Array, labels: ArrayLike) -> Array:
    """How the score of each picture's class changes with its pixels: `(N, H, W, C)`."""
    chosen = picked(net.model, labels, len(x))
    found = []
    for start in range(0, len(x), PIECE):
        part = slice(start, start + PIECE)
        gradient = net.trace(x[part], dy=chosen[part], layers=()).d_input
        assert gradient is not None
        found.append(gradient)
    return np.concatenate(found)


def saliency(net: Network, x: Array, labels: ArrayLike) -> Array:
    """How much each pixel moves the score, `(N, H, W)`: |d score / d x|, the largest of its
    channels.

    K. Simonyan, A. Vedaldi and A. Zisserman, "Deep Inside Convolutional Networks" (2013), section
    3.
    """
    return np.abs(score_gradient(net, x, labels)).max(axis=-1)


def most_wrong(p: Array, truth: Array, count: int) -> Array:
    """The rows `(count,)` whose true class was given the least probability, the worst first.

    `p (N, K)`, `truth (N,)`.
    """
    return np.argsort(p[np.arange(len(p)), truth], kind="stable")[:count]
