"""Where pictures lie in the last hidden layer, in the two directions in which they differ most.

Principal components: K. Pearson (1901); by the singular value decomposition, as in I. T. Jolliffe,
"Principal Component Analysis" (2002), section 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network
from brain.errors import UserError
from cnn.places import image_shape

Array = NDArray[Any]


@dataclass(frozen=True)
class Components:
    """Rows in the directions in which they vary most.

    `scores (N, K)` are the rows' places, `axes (K, D)` the directions, `mean (D,)` the middle;
    `explained`, one number for every direction there is, says what share of the variance it holds.
    """

    scores: Array
    axes: Array
    mean: Array
    explained: Array


def last_hidden(net: Network, x: Array, batch_size: int = 256) -> tuple[str, Array]:
    """What goes into the last Dense layer, `(N, D)`, and the layer that it comes from.

    UserError for a network that does not end in a Dense layer behind another layer.
    """
    image_shape(net.model)
    nodes = net.model.nodes
    dense = [i for i, node in enumerate(nodes) if isinstance(node.layer, spec.Dense)]
    if not dense or dense[-1] == 0:
        raise UserError(
            f"model {net.model.name!r} has no layer before a last Dense: there is nothing hidden "
            "to look at."
        )
    name = nodes[dense[-1] - 1].name
    pieces = [
        net.trace(x[start : start + batch_size], layers=[name]).outputs[name]
        for start in range(0, len(x), batch_size)
    ]
    return name, np.concatenate(pieces).reshape(len(x), -1)


def principal_components(rows: Array, count: int = 2) -> Components:
    """The `count` directions in which rows `(N, D)` vary most, in float64.

    Of the two signs of a direction that is taken which makes its largest number positive.
    UserError for fewer rows or columns than directions.
    """
    rows = np.asarray(rows, np.float64)
    if rows.ndim != 2 or not 1 <= count <= min(len(rows) - 1, rows.shape[1]):
        raise UserError(
            f"{count} directions cannot be found in rows of shape {rows.shape}: there must be more "
            "rows than directions, and as many columns."
        )
    mean = rows.mean(axis=0)
    left, singular, axes = np.linalg.svd(rows - mean, full_matrices=False)
    largest = np.abs(axes).argmax(axis=1)
    signs = np.sign(axes[np.arange(len(axes)), largest])
    variance = singular**2
    total = variance.sum()
    explained = variance / total if total > 0 else np.zeros_like(variance)
    scores = (left * singular * signs)[:, :count]
    return Components(scores, (axes * signs[:, None])[:count], mean, explained)
