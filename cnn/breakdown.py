"""One picture's way through a network: what each layer makes of it, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network
from brain.errors import UserError
from cnn.places import image_shape

Array = NDArray[Any]

FAMILIES: dict[str, tuple[type[spec.Layer], ...]] = {
    "conv": (spec.Conv2D,),
    "norm": (spec.BatchNorm, spec.LayerNorm),
    "activation": (spec.Activation,),
    "pool": (spec.MaxPool2D, spec.AvgPool2D, spec.GlobalAvgPool2D),
    "dense": (spec.Dense,),
    "sum": (spec.Residual,),
}
"""The kinds of work in a network for images; what is in none only moves numbers about."""


@dataclass(frozen=True)
class Stop:
    """A layer on the way: what came out of it, and what it cost.

    `zeros` is the share of exact zeros, `size` the root of the mean square.
    """

    name: str
    family: str
    shape: spec.Shape
    zeros: float
    size: float
    flops: int
    parameters: int


def breakdown(net: Network, image: Array) -> list[Stop]:
    """Every layer that an image `(H, W, C)` passes, those inside a nest before its sum.

    FLOPs are those of the direct algorithm, forward, for this one picture.
    """
    if image.shape != image_shape(net.model):
        raise UserError(
            f"the picture is {image.shape}, but model {net.model.name!r} takes "
            f"{net.model.input_shape}: give one picture, without the batch axis."
        )
    outputs = net.trace(image[None]).outputs
    stops = []
    for node in _in_order(net.model.nodes):
        values = outputs[node.name].astype(np.float64)
        own = sum(math.prod(info.shape) for info in node.parameters.values())
        stops.append(
            Stop(
                node.name,
                family(node.layer),
                node.output_shape,
                float(np.mean(values == 0)),
                float(np.sqrt(np.mean(values**2))),
                node.flops,
                own,
            )
        )
    return stops


def family(layer: spec.Layer) -> str:
    """Which of `FAMILIES` a layer belongs to; "other" for none."""
    return next((name for name, kinds in FAMILIES.items() if isinstance(layer, kinds)), "other")


def by_family(stops: Sequence[Stop]) -> dict[str, tuple[int, int]]:
    """FLOPs and parameters of each family that is on the way."""
    found: dict[str, tuple[int, int]] = {}
    for stop in stops:
        flops, parameters = found.get(stop.family, (0, 0))
        found[stop.family] = flops + stop.flops, parameters + stop.parameters
    return found


def _in_order(nodes: Sequence[spec.Node]) -> list[spec.Node]:
    """Layers in the order in which their outputs are ready; a chain that counts as one is left
    out, since its last layer's output is its own."""
    order = []
    for node in nodes:
        for inside in node.nests.values():
            order += _in_order(inside)
        if not isinstance(node.layer, spec.Sequential):
            order.append(node)
    return order
