"""Receptive fields: which pixels a unit can see, by arithmetic, and which do move it, by gradients.

The arithmetic: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning"
(2016); A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of Convolutional Neural
Networks", Distill (2019). The gradients: W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the
Effective Receptive Field in Deep Convolutional Neural Networks" (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network
from brain.errors import UserError
from brain.spec.images import windows
from cnn.places import convolutions, image_layer, up_to

Array = NDArray[Any]


@dataclass(frozen=True)
class Field:
    """The pixels that the units of a layer can see, by their place.

    Unit (p, q) sees `size` rows and columns, the first of them `start[0] + p * jump` and
    `start[1] + q * jump`; a number below 0 is padding. Dilated windows leave out some in between.
    """

    layer: str
    size: int = 1
    jump: int = 1
    start: tuple[int, int] = (0, 0)

    def pixels(self, unit: tuple[int, int], image: tuple[int, int]) -> tuple[slice, slice]:
        """What unit (p, q) can see of an image (H, W).

        Where the windows of a layer before leave cells over at the far end, a unit there that also
        looks at padding sees less than this.
        """
        first = [s + self.jump * place for s, place in zip(self.start, unit, strict=True)]
        rows, columns = (
            slice(max(a, 0), min(a + self.size, n)) for a, n in zip(first, image, strict=True)
        )
        return rows, columns


def receptive_fields(model: spec.Model) -> dict[str, Field]:
    """The field of every layer that gives images, by name, in the order of the forward pass.

    What stands in a nest comes before it. UserError for a model without a convolution, and for a
    Residual whose two branches move by different steps.
    """
    convolutions(model)
    found: dict[str, Field] = {}
    _through(model.nodes, Field("input"), found)
    return found


def _through(nodes: Sequence[spec.Node], field: Field, found: dict[str, Field]) -> Field:
    for node in nodes:
        if len(node.output_shape) != 3:
            break
        if isinstance(node.layer, spec.Residual):
            branches = [_through(inside, field, found) for inside in node.nests.values()]
            field = united(node.name, *branches)
        elif node.nests:
            field = _through(node.nests[""], field, found)
        else:
            field = _stepped(node, field)
        field = found[node.name] = replace(field, layer=node.name)
    return field


def _stepped(node: spec.Node, field: Field) -> Field:
    """The field behind one more layer."""
    layer = node.layer
    match layer:
        case spec.Conv2D():
            size, stride, dilation = layer.kernel, layer.stride, layer.dilation
        case spec.MaxPool2D() | spec.AvgPool2D():
            size, stride, dilation = layer.size, layer.step, 1
        case _:
            return field
    reach = (size - 1) * dilation + 1
    height, width, _ = node.input_shape
    before = [windows(n, size, stride, layer.padding, dilation)[1] for n in (height, width)]
    return Field(
        node.name,
        field.size + (reach - 1) * field.jump,  # theory/seeing.md (12)
        field.jump * stride,  # theory/seeing.md (13)
        (  # theory/seeing.md (14)
            field.start[0] - before[0] * field.jump,
            field.start[1] - before[1] * field.jump,
        ),
    )


def united(layer: str, body: Field, shortcut: Field) -> Field:
    """What the sum of two branches sees: all that either sees."""
    if body.jump != shortcut.jump:
        raise UserError(
            f"{layer}: from unit to unit its body moves by {body.jump} pixels and its shortcut by "
            f"{shortcut.jump}, so its units have no one receptive field."
        )
    start = [min(pair) for pair in zip(body.start, shortcut.start, strict=True)]
    ends = [f.start[i] + f.size - start[i] for f in (body, shortcut) for i in (0, 1)]
    return Field(layer, max(ends), body.jump, (start[0], start[1]))  # theory/seeing.md (15)


def middle(net: Network, layer: str) -> tuple[int, int]:
    """The place in the middle of a layer's image."""
    height, width, _ = image_layer(net.model, layer).output_shape
    return height // 2, width // 2


def effective(
    net: Network, x: Array, layer: str, place: tuple[int, int] | None = None, piece: int = 32
) -> Array:
    """How much each pixel moves the unit in the middle of a layer, or at `place`: `(H, W)`.

    The size of the gradient of the sum over its channels, summed over the picture's channels, the
    mean over pictures `x (N, H, W, C)`. UserError for a place that is not there.
    """
    node = image_layer(net.model, layer)
    height, width, _ = node.output_shape
    row, column = middle(net, layer) if place is None else place
    if not (0 <= row < height and 0 <= column < width):
        raise UserError(
            f"layer {layer!r} gives images of {height} by {width}: there is no place "
            f"{(row, column)}."
        )
    short = up_to(net, layer)
    total = np.zeros(net.model.input_shape[:2])
    for start in range(0, len(x), piece):
        part = x[start : start + piece]
        chosen = np.zeros((len(part), *node.output_shape))
        chosen[:, row, column] = 1
        gradient = short.trace(part, dy=chosen, layers=()).d_input
        assert gradient is not None
        total += np.abs(gradient).sum(axis=(0, 3))
    return total / len(x)  # theory/seeing.md (16)


def effective_size(seen: Array) -> float:
    """The side of a square of as many pixels as count: those above 4.55 % of the largest.

    Luo et al. (2016), section 3: of a Gaussian that is what lies within two standard deviations.
    """
    return float(np.sqrt(np.count_nonzero(seen > (1 - 0.9545) * seen.max())))
