"""Feature maps: what each layer makes of a picture, channel by channel.

M. D. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks" (2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.engine import Network
from brain.errors import UserError
from cnn.places import convolutions, image_layer

Array = NDArray[Any]


def image_layers(net: Network) -> list[str]:
    """The layers of the outermost chain that give images, in the order of the forward pass."""
    convolutions(net.model)
    return [node.name for node in net.model.nodes if len(node.output_shape) == 3]


def feature_maps(net: Network, x: Array, layers: Sequence[str] | None = None) -> dict[str, Array]:
    """Each layer's output for images `x`, `(N, H, W, C)` by the layer's name, in order.

    `layers` may name layers inside a Residual; UserError for one that is not there or gives no
    image.
    """
    names = image_layers(net) if layers is None else list(layers)
    if not names:
        raise UserError("feature_maps was asked for no layer: name one or more.")
    for name in names:
        image_layer(net.model, name)
    outputs = net.trace(x, layers=names).outputs
    return {name: outputs[name] for name in names}


def strongest(maps: Array, count: int) -> Array:
    """The channels `(count,)` of maps `(H, W, C)` that vary most over the picture, best first."""
    return np.argsort(-maps.std(axis=(0, 1)), kind="stable")[:count]


def spread(names: Sequence[str], count: int) -> list[str]:
    """At most `count` of the names, evenly chosen, with the first and the last."""
    places = np.linspace(0, len(names) - 1, min(count, len(names))).round().astype(int)
    return [names[place] for place in places]
