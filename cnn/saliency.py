"""Which pixels a score hangs on: averaged and integrated gradients.

The gradient by itself, theory/seeing.md (1), (2), is `scratch.seeing.saliency`. All take images
`x (N, H, W, C)` and their classes `labels`, one for all or `(N,)`, and give `(N, H, W, C)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks
from brain.engine import Network
from brain.errors import UserError
from brain.randomness import generator
from cnn.places import image_shape
from scratch.seeing import score_gradient, scores

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
    total = np.zeros_like(x)
    for number in range(samples):
        drawn = generator(seed, "smoothgrad", number).standard_normal(x.shape)
        total += score_gradient(net, x + sigma * drawn, labels)
    return total / samples  # theory/seeing.md (3)


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
    total = np.zeros_like(x)
    for number in range(steps):
        total += score_gradient(net, start + (number + 0.5) / steps * way, labels)
    return way * total / steps  # theory/seeing.md (4), (6)


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
