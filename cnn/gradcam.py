"""Grad-CAM: where in the picture a layer sees what speaks for a class.

R. R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization" (2017), section 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain.engine import Network
from cnn.places import image_layer, last_images
from scratch.seeing import picked

Array = NDArray[Any]


def gradcam(net: Network, x: Array, labels: ArrayLike, layer: str | None = None) -> Array:
    """Where `layer` sees what speaks for each picture's class: `(N, h, w)`, as large as its images.

    `x (N, H, W, C)`; `labels` is one class for all, or `(N,)`. Unless given, the layer is the last
    that gives images and is no pooling. UserError for a layer that is not there or gives no image.
    """
    node = last_images(net.model) if layer is None else image_layer(net.model, layer)
    chosen = picked(net.model, labels, len(x))
    trace = net.trace(x, dy=chosen, layers=[node.name])
    maps, gradient = trace.outputs[node.name], trace.d_outputs[node.name]  # (N, h, w, C)
    weights = gradient.mean(axis=(1, 2), keepdims=True)  # theory/seeing.md (7)
    return np.maximum((weights * maps).sum(axis=-1), 0)  # theory/seeing.md (8)


def enlarged(maps: Array, size: tuple[int, int]) -> Array:
    """Maps `(N, h, w)` stretched to `size` (H, W), linearly between the middles of their cells."""
    for axis, cells in ((1, size[0]), (2, size[1])):
        maps = _stretched(maps, axis, cells)
    return maps


def _stretched(maps: Array, axis: int, cells: int) -> Array:
    n = maps.shape[axis]
    place = np.clip((np.arange(cells) + 0.5) * n / cells - 0.5, 0, n - 1)
    low = np.minimum(place.astype(int), max(n - 2, 0))
    share = (place - low).reshape([-1 if i == axis else 1 for i in range(3)])
    first, second = maps.take(low, axis), maps.take(np.minimum(low + 1, n - 1), axis)
    return (1 - share) * first + share * second
