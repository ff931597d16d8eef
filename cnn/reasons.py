"""Five ways to ask where a picture shows its class, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.engine import Network
from brain.stage import Stage
from cnn.gradcam import enlarged, gradcam
from cnn.occlusion import occlusion
from cnn.saliency import integrated_gradients, missing, smoothgrad
from scratch.image_pictures import Row
from scratch.seeing import saliency, scores

Array = NDArray[Any]


def reasons(
    net: Network, x: Array, labels: Array, stage: Stage, layer: str | None = None
) -> tuple[list[Row], float]:
    """Five ways to ask where a picture shows its class of `labels`, each a row of maps.

    Second comes by how much integrated gradients miss the change of the score from a black picture,
    as a share of that change, over all pictures.
    """
    size = x.shape[1:3]
    attributions = integrated_gradients(net, x, labels, steps=8 if stage.quick else 64)
    smooth = smoothgrad(net, x, labels, samples=3 if stage.quick else 32, seed=stage.seed)
    cam = enlarged(gradcam(net, x, labels, layer), size)
    unit = "share of the\npicture's largest"
    rows = [
        Row("gradient", shares(saliency(net, x, labels)), unit),
        Row("SmoothGrad", shares(np.abs(smooth).max(axis=-1)), unit),
        Row("integrated\ngradients", shares(attributions.sum(axis=-1)), unit, signed=True),
        Row("Grad-CAM", shares(cam), unit, over=True),
        Row("occlusion", shares(occlusion(net, x, labels)), unit, signed=True),
    ]
    off = np.abs(missing(net, x, labels, attributions))
    whole = np.abs(scores(net, x, labels) - scores(net, np.zeros_like(x), labels))
    return rows, float(off.sum() / (whole.sum() or 1))


def shares(maps: Array) -> Array:
    """Each map `(N, H, W)` as shares of the largest of its own numbers."""
    largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
    return np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0)
