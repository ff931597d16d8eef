"""The first layer where two engines part, from what was found of each layer's arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.compare.findings import Finding
from brain.passes import completed

Array = NDArray[Any]


ROWS, COLUMNS = 24, 48
"""The most that a map of an array's differences has."""


def mapped(theirs: Array, mine: Array) -> list[list[float]]:
    """Where two arrays differ: the largest differences, the first axis down, all others across.

    Neighbouring rows and columns are put together until they fit on `ROWS` by `COLUMNS`.
    """
    if theirs.shape != mine.shape or not mine.size:
        return []
    flat = np.abs(np.subtract(theirs, mine, dtype=np.float64)).reshape(len(mine), -1)
    for axis, most in ((0, ROWS), (1, COLUMNS)):
        edges = np.linspace(0, flat.shape[axis], min(most, flat.shape[axis]) + 1).astype(int)
        flat = np.maximum.reduceat(flat, edges[:-1], axis=axis)
    found: list[list[float]] = flat.tolist()
    return found


def first_layer(
    model: spec.Model, forward: Mapping[str, Finding], backward: Mapping[str, Finding]
) -> str:
    """`"dense1, forward"`, or `"dense1, backward"`, or empty: on the way there, then back."""
    for node in completed(model.nodes):
        if not forward[node.name].within:
            return f"{node.name}, forward"
    blamed = _blamed(model.nodes, "the loss", backward)
    if not blamed and "input" in backward and not backward["input"].within:
        blamed = _entrance(model.nodes[0])
    return f"{blamed}, backward" if blamed else ""


def _blamed(nodes: tuple[spec.Node, ...], behind: str, backward: Mapping[str, Finding]) -> str:
    """The last layer of a chain whose backward is wrong; `behind` is what comes after the chain."""
    for node in reversed(nodes):
        if not backward[node.name].within:  # what the layer behind it passed back was wrong
            return behind
        for inside in node.nests.values():
            if inside and (blamed := _blamed(inside, node.name, backward)):
                return blamed
        if not all(backward[f"{node.name}.{k}"].within for k in node.parameters):
            return node.name
        behind = _entrance(node)
    return ""


def _entrance(node: spec.Node) -> str:
    """The layer that passes a node's gradient back; the node itself where several add up."""
    ways = list(node.nests.values())
    return _entrance(ways[0][0]) if len(ways) == 1 and ways[0] else node.name
