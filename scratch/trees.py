"""Parameters as the layers see them, a tree of names, and as everybody else does, flat."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from brain import spec

Array = NDArray[Any]
Params = dict[str, Any]


def nested(nodes: tuple[spec.Node, ...], arrays: dict[str, Array]) -> Params:
    """Arrays by canonical name as the layers see them: `{"residual1": {"body": {"dense1": ...}}}`.

    The arrays are not copied.
    """
    tree: Params = {}
    for node in nodes:
        inner = tree[node.name.rpartition(".")[2]] = {
            name: arrays[f"{node.name}.{name}"] for name in node.parameters
        }
        for place, inside in node.nests.items():
            if place:
                inner[place] = nested(inside, arrays)
            else:
                inner.update(nested(inside, arrays))
    return tree


def flat(nodes: tuple[spec.Node, ...], tree: Params) -> dict[str, Array]:
    """The inverse of `nested`: arrays by canonical name, parameters in the model's order."""
    arrays: dict[str, Array] = {}
    for node in nodes:
        inner = tree[node.name.rpartition(".")[2]]
        arrays.update({f"{node.name}.{name}": inner[name] for name in node.parameters})
        for place, inside in node.nests.items():
            arrays.update(flat(inside, inner[place] if place else inner))
    return arrays
