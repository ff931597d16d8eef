"""Activation maximisation: the picture that a unit answers to most, climbed to from noise.

D. Erhan, Y. Bengio, A. Courville and P. Vincent, "Visualizing Higher-Layer Features of a Deep
Network" (2009); K. Simonyan, A. Vedaldi and A. Zisserman (2013), section 2; J. Yosinski et al.,
"Understanding Neural Networks Through Deep Visualization" (2015), section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain.engine import Network
from brain.errors import UserError
from brain.randomness import generator
from cnn.places import convolutions, place, unit, up_to
from scratch.seeing import picked

Array = NDArray[Any]


@dataclass(frozen=True)
class Ascent:
    """How to climb. Without what holds it back, a picture ends in noise that no eye can read.

    `rate` is how far the pixels move in a step, as the root of their mean square. `decay` draws
    them back to what is ordinary. A blur of `blur` pixels (standard deviation) comes every
    `blur_every` steps, and each gradient is taken at a picture moved by up to `jitter` pixels.
    """

    steps: int = 150
    rate: float = 0.02
    decay: float = 0.01
    blur: float = 0.5
    blur_every: int = 4
    jitter: int = 2

    def __post_init__(self) -> None:
        right = self.steps >= 1 and self.rate > 0 and 0 <= self.decay < 1
        if not (right and self.blur >= 0 and self.blur_every >= 1 and self.jitter >= 0):
            raise UserError(
                f"{self}: steps and blur_every must be at least 1, rate above 0, decay from 0 to "
                "below 1, blur and jitter not below 0."
            )


DEFAULT = Ascent()


def maximise(
    net: Network,
    units: Sequence[int],
    layer: str | None = None,
    *,
    everywhere: bool = True,
    ascent: Ascent = DEFAULT,
    rest: ArrayLike = 0.5,
    seed: int = 0,
) -> tuple[Array, Array]:
    """A picture for each of `units` that raises its answer: `(K, H, W, C)`, pixels from 0 to 1.

    Without `layer` the units are classes, and what is raised is their score; else they are units of
    that layer, or its channels, of which the mean over all places is raised, or the place in the
    middle alone, unless `everywhere`. Second come the answers before each step and after the last,
    `(steps + 1, K)`. `rest` is what `decay` draws back to: a number, or one for each channel.
    UserError for a layer, a channel or a class that is not there, and for a network without a
    convolution.
    """
    convolutions(net.model)
    if not len(units):
        raise UserError("maximise was given no unit: name one or more.")
    if layer is None:
        chosen = picked(net.model, np.asarray(units), len(units))
    else:
        chosen = _raised(net, layer, units, everywhere)
        net = up_to(net, layer)
    random = generator(seed, "maximise")
    shape = (len(units), *net.model.input_shape)
    middle = np.broadcast_to(np.asarray(rest, np.float64), shape)
    x = np.clip(middle + 0.05 * random.standard_normal(shape), 0, 1)
    answers = []
    for step in range(ascent.steps):
        shift = tuple(random.integers(-ascent.jitter, ascent.jitter + 1, 2).tolist())
        moved = np.roll(x, shift, axis=(1, 2))
        answers.append(_answers(net, x, chosen))
        gradient = net.trace(moved, dy=chosen, layers=()).d_input
        assert gradient is not None
        back = (-shift[0], -shift[1])
        x = climbed(x, np.roll(gradient, back, axis=(1, 2)), middle, ascent)
        if ascent.blur and (step + 1) % ascent.blur_every == 0:
            x = blurred(x, ascent.blur)
    return x, np.stack([*answers, _answers(net, x, chosen)])


def climbed(x: Array, gradient: Array, rest: Array, ascent: Ascent) -> Array:
    """One step up the gradient, all `(K, H, W, C)`; a picture without a gradient only decays."""
    size = np.sqrt((gradient.astype(np.float64) ** 2).mean(axis=(1, 2, 3), keepdims=True))
    direction = np.divide(gradient, size, out=np.zeros_like(x), where=size > 0)
    x = rest + (1 - ascent.decay) * (x - rest + ascent.rate * direction)  # theory/seeing.md (10)
    return np.clip(x, 0, 1)


def blurred(x: Array, sigma: float) -> Array:
    """Images `(K, H, W, C)` under a Gaussian of `sigma` pixels; outside, the border goes on."""
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()  # theory/seeing.md (11)
    for axis in (1, 2):
        around = [(reach, reach) if i == axis else (0, 0) for i in range(4)]
        padded, cells = np.pad(x, around, mode="edge"), x.shape[axis]
        shifted = [padded.take(range(start, start + cells), axis) for start in range(len(kernel))]
        x = np.tensordot(kernel, shifted, axes=1)
    return x


def _raised(net: Network, layer: str, units: Sequence[int], everywhere: bool) -> Array:
    """The cotangent `(K, *output)` that picks a unit a picture, or a channel's mean or middle."""
    node = place(net.model, layer)
    chosen = np.zeros((len(units), *node.output_shape))
    sizes = node.output_shape[:-1]
    where = (...,) if everywhere else tuple(size // 2 for size in sizes)
    for number, one in enumerate(units):
        share = 1 / np.prod(sizes) if everywhere else 1
        chosen[(number, *where, unit(node, one, net.model))] = share
    return chosen


def _answers(net: Network, x: Array, chosen: Array) -> Array:
    """What is raised, as it is: `(K,)`."""
    return (net.predict(x) * chosen).reshape(len(x), -1).sum(axis=1)
