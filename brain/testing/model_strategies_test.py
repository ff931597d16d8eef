"""The random models of an ordinary test run have in them what an engine can get wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from brain import spec
from brain.spec.images import windows
from brain.testing.equivalence_suite import declared
from brain.testing.model_strategies import FAMILIES
from brain.testing.random_suite import each


@pytest.fixture(scope="module")
def drawn() -> list[spec.Model]:
    """The very models that `RandomModels` computes with."""
    models: list[spec.Model] = []
    for family in FAMILIES:
        each(family, models.append)
    return models


def chains(nodes: tuple[spec.Node, ...]) -> Iterator[tuple[spec.Node, ...]]:
    yield nodes
    for node in nodes:
        for inside in node.nests.values():
            yield from chains(inside)


def uneven(node: spec.Node) -> bool:
    """Padded by an odd number of cells, the last of them at the end."""
    layer = node.layer
    if isinstance(layer, spec.Conv2D):
        laid = (layer.kernel, layer.stride, layer.padding, layer.dilation)
    elif isinstance(layer, spec.MaxPool2D | spec.AvgPool2D):
        laid = (layer.size, layer.step, layer.padding, 1)
    else:
        return False
    sides = (windows(length, *laid)[1:] for length in node.input_shape[:2])
    return any(before != after for before, after in sides)


def parametrised(node: spec.Node, place: str) -> bool:
    return any(inner.parameters for top in node.nests.get(place, ()) for inner in top.walk())


def test_every_layer_is_drawn(drawn: list[spec.Model]) -> None:
    kinds = {type(node.layer) for model in drawn for node in model.walk()}
    assert declared(spec.Layer) <= kinds


ASKED: dict[str, Callable[[spec.Node], bool]] = {
    "a stride": lambda n: isinstance(n.layer, spec.Conv2D) and n.layer.stride > 1,
    "a dilation": lambda n: isinstance(n.layer, spec.Conv2D) and n.layer.dilation > 1,
    "groups": lambda n: isinstance(n.layer, spec.Conv2D) and 1 < n.layer.groups < n.input_shape[-1],
    "depthwise": lambda n: (
        isinstance(n.layer, spec.Conv2D) and 1 < n.layer.groups == n.input_shape[-1]
    ),
    "uneven convolution": lambda n: isinstance(n.layer, spec.Conv2D) and uneven(n),
    "uneven maximum": lambda n: isinstance(n.layer, spec.MaxPool2D) and uneven(n),
    "uneven mean": lambda n: isinstance(n.layer, spec.AvgPool2D) and uneven(n),
    "every step": lambda n: isinstance(n.layer, spec.Recurrent) and n.layer.return_sequences,
    "the last step": lambda n: isinstance(n.layer, spec.Recurrent) and not n.layer.return_sequences,
    "both ways, every step": lambda n: (
        isinstance(n.layer, spec.Bidirectional) and len(n.output_shape) == 2
    ),
    "both ways, the last": lambda n: (
        isinstance(n.layer, spec.Bidirectional) and len(n.output_shape) == 1
    ),
    "parameters on both ways of a block": lambda n: (
        parametrised(n, "body") and parametrised(n, "shortcut")
    ),
}


@pytest.mark.parametrize("what", ASKED)
def test_it_is_drawn(what: str, drawn: list[spec.Model]) -> None:
    assert any(ASKED[what](node) for model in drawn for node in model.walk())


def test_neighbours_are_drawn(drawn: list[spec.Model]) -> None:
    """Recurrent layers on each other, and a norm that takes away the bias before it."""
    pairs = [p for m in drawn for chain in chains(m.nodes) for p in itertools.pairwise(chain)]
    recurrent = (spec.Recurrent, spec.Bidirectional)
    assert any(isinstance(a.layer, recurrent) and isinstance(b.layer, recurrent) for a, b in pairs)
    assert any("bias" in a.parameters and isinstance(b.layer, spec.BatchNorm) for a, b in pairs)
