"""Training pictures varied as a recipe says, in NumPy, the same for every engine.

    from brain.data.augmentation import augment

    x = augment(x, (spec.Crop(4), spec.Flip()), seed=0, step=17)

What is drawn for a row depends on (seed, step, the augmentation, its place in the recipe, the row's
number) alone: not on the batch size, and not on what was drawn before, so that a training can be
taken up at any step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from brain import spec
from brain.errors import UserError
from brain.randomness import generator

Pictures = NDArray[np.float32]


def augment(
    x: Pictures, augmentations: Sequence[spec.Augmentation], seed: int, step: int
) -> Pictures:
    """The pictures `x` `(N, H, W, C)` after every augmentation in turn; `x` itself is not touched.

    float32 in and out; no augmentations give `x` as it is. Rows that are no pictures, and an
    augmentation that is too large for them, are a UserError.
    """
    for place, augmentation in enumerate(augmentations):
        kind = augmentation.kind
        if x.ndim != 4:
            raise UserError(
                f"{kind} varies pictures (N, H, W, C), and x is {x.shape}; leave the augmentation "
                "out, or choose a data set of images."
            )
        random = generator(seed, f"augmentation {place} {kind}", step)
        x = AUGMENTATIONS[type(augmentation)](augmentation, x, random)
    return x


def shift(augmentation: spec.Shift, x: Pictures, random: np.random.Generator) -> Pictures:
    """Each picture moved up or down, left or right; what it left behind is 0."""
    return _window(x, _fitting("Shift.pixels", augmentation.pixels, x), random)


def crop(augmentation: spec.Crop, x: Pictures, random: np.random.Generator) -> Pictures:
    """A window of each picture with zeros around it."""
    return _window(x, _fitting("Crop.padding", augmentation.padding, x), random)


def flip(augmentation: spec.Flip, x: Pictures, random: np.random.Generator) -> Pictures:
    """Every other picture or so with left and right exchanged."""
    chosen = random.random(len(x)) < 0.5  # (N,)
    y = x.copy()
    y[chosen] = x[chosen, :, ::-1]
    return y


def cutout(augmentation: spec.Cutout, x: Pictures, random: np.random.Generator) -> Pictures:
    """Each picture with a square of zeros, which may reach over its edges."""
    size = _fitting("Cutout.size", augmentation.size, x)
    samples, height, width, _ = x.shape
    first = random.integers((height, width), size=(samples, 2)) - size // 2  # (N, 2)
    down = np.arange(height) - first[:, :1]  # (N, H), from the square's first row
    across = np.arange(width) - first[:, 1:]  # (N, W)
    inside = _within(down, size)[:, :, None] & _within(across, size)[:, None]  # (N, H, W)
    y = x.copy()
    y[inside] = 0
    return y


def _window(x: Pictures, reach: int, random: np.random.Generator) -> Pictures:
    """A window of the pictures' own size, from each picture with `reach` zeros on every side."""
    samples, height, width, channels = x.shape
    around = ((0, 0), (reach, reach), (reach, reach), (0, 0))
    lines = np.pad(x, around).reshape(samples, height + 2 * reach, -1)  # (N, H + 2r, (W + 2r) C)
    first = random.integers(2 * reach + 1, size=(samples, 2))  # (N, 2)
    down = first[:, :1] + np.arange(height)  # (N, H)
    # A line's pixels lie side by side, so that a window of it is copied in one piece.
    windows = sliding_window_view(lines, width * channels, axis=2)  # (N, H + 2r, 2rC + 1, WC)
    chosen = windows[np.arange(samples)[:, None], down, first[:, 1:] * channels]  # (N, H, WC)
    return chosen.reshape(x.shape)


def _within(offset: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    return (offset >= 0) & (offset < size)


def _fitting(name: str, pixels: int, x: Pictures) -> int:
    """`pixels`, when they are fewer than those on either side of the pictures."""
    if pixels >= min(x.shape[1:3]):
        raise UserError(
            f"{name} is {pixels}, which must be less than either side of the pictures, "
            f"{x.shape[1]}x{x.shape[2]}."
        )
    return pixels


# Each: `draw(augmentation, x, random) -> a new array`; row i takes the i-th draws of `random`.
AUGMENTATIONS: dict[
    type[spec.Augmentation], Callable[[Any, Pictures, np.random.Generator], Pictures]
] = {
    spec.Shift: shift,
    spec.Flip: flip,
    spec.Crop: crop,
    spec.Cutout: cutout,
}
