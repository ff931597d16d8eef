"""Which pixels a score hangs on: averaged and integrated gradients.

The gradient by itself, theory/seeing.md (1), (2), is `scratch.seeing.saliency`. All take images
`x (N, H, W, C)` and their classes `labels`, one for all or `(N,)`, and give `(N, H, W, C)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks
from brain.engine import Network
from brain.errors import UserError
from brain.randomness import generator
from cnn.places import image_shape
from scratch.seeing import PIECE, picked, score_gradient, scores

Array = NDArray[Any]


def smoothgrad(
    net: Network,
    x: Array,
    labels: ArrayLike,
    samples: int = 25,
    noise: float = 0.15,
    seed: int = 0,
) -> Array:
    """The mean of the gradients at `samples` noisy copies of each picture.

    `noise` is the standard deviation as a share of the picture's range, from its smallest value to
    its largest. D. Smilkov et al., "SmoothGrad: removing noise by adding noise" (2017), section 3.
    The noise is drawn by the seed, the same for every engine. UserError for no sample or noise
    below 0.
    """
    if samples < 1 or noise < 0:
        raise UserError(f"samples ({samples}) must be at least 1, and noise ({noise}) not below 0.")
    x = _images(net, x)
    axes = (1, 2, 3)
    sigma = noise * (x.max(axis=axes, keepdims=True) - x.min(axis=axes, keepdims=True))

    def noisy(number: int) -> Array:
        return x + sigma * generator(seed, "smoothgrad", number).standard_normal(x.shape)

    return _mean_gradient(net, noisy, samples, labels, x.shape)  # theory/seeing.md (3)


def integrated_gradients(
    net: Network, x: Array, labels: ArrayLike, baseline: ArrayLike = 0.0, steps: int = 50
) -> Array:
    """What each pixel adds to the score on the straight way from a picture that says nothing.

    `baseline` is a number, black by default, or an image. The attributions of a picture add up to
    the difference of the two scores: `missing` tells how nearly. M. Sundararajan, A. Taly and
    Q. Yan, "Axiomatic Attribution for Deep Networks" (2017), section 3.
    """
    if steps < 1:
        raise UserError(f"steps ({steps}) must be at least 1.")
    x = _images(net, x)
    start = _start(baseline, x.shape)
    way = x - start

    def on_the_way(number: int) -> Array:
        return start + (number + 0.5) / steps * way

    mean = _mean_gradient(net, on_the_way, steps, labels, x.shape)
    return way * mean  # theory/seeing.md (4), (6)


def _mean_gradient(
    net: Network,
    pictures: Callable[[int], Array],
    count: int,
    labels: ArrayLike,
    shape: tuple[int, ...],
) -> Array:
    """The mean of the gradients at `pictures(0)` to `pictures(count - 1)`, each `(N, H, W, C)`.

    As many of them in one pass as `score_gradient` takes at once.
    """
    picked(net.model, labels, shape[0])  # told before they are repeated
    each = np.broadcast_to(np.asarray(labels), shape[:1])
    together = max(PIECE // shape[0], 1)
    total = np.zeros(shape)
    for first in range(0, count, together):
        many = [pictures(number) for number in range(first, min(first + together, count))]
        gradients = score_gradient(net, np.concatenate(many), np.tile(each, len(many)))
        total += gradients.reshape(len(many), *shape).sum(axis=0)
    return total / count


def missing(
    net: Network, x: Array, labels: ArrayLike, attributions: Array, baseline: ArrayLike = 0.0
) -> Array:
    """How far the sum of each picture's attributions is from the difference of scores: `(N,)`."""
    x = _images(net, x)
    start = np.broadcast_to(_start(baseline, x.shape), x.shape)
    difference = scores(net, x, labels) - scores(net, start, labels)
    return attributions.sum(axis=(1, 2, 3)) - difference  # theory/seeing.md (5)


def _images(net: Network, x: ArrayLike) -> Array:
    image_shape(net.model)
    return checks.inputs(net.model, x, np.dtype("float64"))


def _start(baseline: ArrayLike, shape: tuple[int, ...]) -> Array:
    start = np.asarray(baseline, np.float64)
    try:
        fits = np.broadcast_shapes(start.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise UserError(
            f"the baseline has shape {start.shape}; wanted a number, or an image {shape[1:]}."
        )
    return start
