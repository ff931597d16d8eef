"""What clipping does: a training at a high learning rate, with the gradient's length at each step.

R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural networks",
ICML (2013), section 3.2. theory/memory.md (8)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.engine import Network

Array = NDArray[Any]


class Stride(NamedTuple):
    """One step: the loss and the length of the gradient before it, and how far the weights went."""

    loss: float
    gradient: float  # the global norm, before clipping
    moved: float  # the length of the step


def learn(net: Network, batches: Iterable[tuple[Array, Array]]) -> Iterator[Stride]:
    """Train on `batches`; yields what happened. It ends where the loss is no longer finite."""
    before = _joined(net)
    for x, y in batches:
        loss, gradients = net.loss_and_gradients(x, y)
        if not np.isfinite(loss):
            return
        net.train_step(x, y)
        after = _joined(net)
        yield Stride(loss, global_norm(gradients), float(np.linalg.norm(after - before)))
        before = after


def global_norm(gradients: dict[str, Array]) -> float:
    """The length of all gradients as one vector. theory/optimizers.md (11)"""
    return float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in gradients.values())))


def _joined(net: Network) -> Array:
    return np.concatenate([a.ravel() for a in net.parameters().values()]).astype(np.float64)
