"""What the first layer looks for: its kernels are small pictures themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.engine import Network
from cnn.places import convolutions

Array = NDArray[Any]


def first_filters(net: Network) -> tuple[str, Array]:
    """The first convolution's name and its kernels, `(filters, k, k, channels)`.

    UserError for a network without a convolution.
    """
    node = convolutions(net.model)[0]
    return node.name, np.moveaxis(net.parameters()[f"{node.name}.weight"], -1, 0)
