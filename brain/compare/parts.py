"""Which layers of a pass are kept at a time, and which of them read each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from brain import spec

WHOLE = 2**23
"""Numbers, outputs and their gradients together, up to which a pass is kept in one part."""

PARTS = 4
"""How many parts a larger pass has, each a pass of its own: a training step holds about as much as
all outputs and gradients together, so that a part, and a copy of it, add half a step to a pass."""


def parts(nodes: Sequence[spec.Node], samples: int) -> list[list[str]]:
    """The names of a model's layers, in parts of about one size.

    One part where all outputs and their gradients are no more than `WHOLE` numbers, else `PARTS`.
    """
    sizes = [2 * samples * math.prod(node.output_shape) for node in nodes]
    whole, count = sum(sizes), 1 if sum(sizes) <= WHOLE else PARTS
    found: list[list[str]] = [[] for _ in range(count)]
    done = 0
    for node, size in zip(nodes, sizes, strict=True):
        found[(2 * done + size) * count // (2 * whole)].append(node.name)  # where its middle lies
        done += size
    return [part for part in found if part]


def sources(nodes: tuple[spec.Node, ...], before: str = "") -> dict[str, str]:
    """The layer whose output each layer is given, by name; "" for the model's input."""
    found: dict[str, str] = {}
    for node in nodes:
        found[node.name] = before
        for inside in node.nests.values():
            found |= sources(inside, before)
        before = node.name
    return found
