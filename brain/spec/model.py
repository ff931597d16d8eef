"""A model: layers from an input shape to a loss, and everything that follows from them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field

from brain.errors import UserError
from brain.spec.declaration import Count, Declaration, Loose, declaration
from brain.spec.files import load, save
from brain.spec.layers import Layer, ParameterInfo, Shape, named
from brain.spec.losses import AnyLoss
from brain.spec.nests import AnyLayer, Bidirectional, chain_shape


@dataclass(frozen=True)
class Node:
    """A layer in its place: its full name, the shapes around it, and the nodes inside it."""

    name: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    nests: dict[str, tuple[Node, ...]]

    def walk(self) -> Iterator[Node]:
        """This node, then every node inside it, in the order of the forward pass."""
        yield self
        for nodes in self.nests.values():
            for node in nodes:
                yield from node.walk()

    @property
    def parameters(self) -> dict[str, ParameterInfo]:
        """The layer's own parameters, by local name."""
        return self.layer.parameters(self.input_shape)

    @property
    def state(self) -> dict[str, ParameterInfo]:
        """The layer's own running statistics, by local name."""
        return self.layer.state(self.input_shape)

    @property
    def flops(self) -> int:
        """Forward operations of the layer itself, a sample, without the layers inside it."""
        return self.layer.flops(self.input_shape)


MAX_DEPTH = 32
"""How deep layers may be nested: a file that holds them must be readable again."""


def _depth(layers: tuple[Layer, ...]) -> int:
    depth = 0
    while layers and depth <= MAX_DEPTH:
        depth += 1
        layers = tuple(x for layer in layers for inside in layer.nests().values() for x in inside)
    return depth


def _nodes(layers: tuple[Layer, ...], shape: Shape, prefix: str = "") -> tuple[Node, ...]:
    nodes = []
    for name, layer in named(layers):
        path = prefix + name
        nests = {
            place: _nodes(inside, shape, f"{path}.{place}." if place else f"{path}.")
            for place, inside in layer.nests().items()
        }
        output_shape = layer.output_shape(shape)
        nodes.append(Node(path, layer, shape, output_shape, nests))
        shape = output_shape
    return tuple(nodes)


def _streamed(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """The nodes through which a sequence can be led piece by piece."""
    for node in nodes:
        yield node
        if not isinstance(node.layer, Bidirectional):
            yield from _streamed(tuple(n for inside in node.nests.values() for n in inside))


def _first(layers: tuple[Layer, ...]) -> Layer:
    """The layer that the input goes into, inside chains that count as one."""
    inside = layers[0].nests()
    return _first(inside[""]) if inside.get("") else layers[0]


def _takers_of_ids(layers: tuple[Layer, ...]) -> list[Layer]:
    own = [layer for layer in layers if layer.ids is not None]
    nests = (inside for layer in layers for inside in layer.nests().values())
    return own + [layer for inside in nests for layer in _takers_of_ids(inside)]


@declaration
class Model(Declaration):
    """A network without a framework: its layers, the shape that goes in and the loss at the end.

    `input_shape` is one sample's, without the batch axis: `(28, 28, 1)`, `(T, D)`, `(4,)`.
    Made only if every layer accepts the shape it is given; otherwise a UserError names the layer.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
    input_shape: Annotated[tuple[Count, ...], Loose, Field(min_length=1)]
    layers: Annotated[tuple[AnyLayer, ...], Loose, Field(min_length=1)]
    loss: AnyLoss

    def __post_init__(self) -> None:
        if _depth(self.layers) > MAX_DEPTH:
            raise UserError(f"model {self.name!r} is nested more than {MAX_DEPTH} layers deep.")
        if len(_takers_of_ids(self.layers)) > (_first(self.layers).ids is not None):
            first = _first(self.layers).kind
            raise UserError(
                f"model {self.name!r}: Embedding takes token ids, so it comes first and once; the "
                f"first layer is {first}."
            )
        try:
            output_shape = chain_shape(self.layers, self.input_shape)
            self.loss.target_shape(output_shape)
        except UserError as error:
            raise UserError(f"model {self.name!r}, {error}") from None

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The layers in their places, outermost chain; `Node.nests` holds the rest."""
        return _nodes(self.layers, self.input_shape)

    def walk(self) -> Iterator[Node]:
        """Every node, nests before what is inside them, in the order of the forward pass."""
        for node in self.nodes:
            yield from node.walk()

    @property
    def output_shape(self) -> Shape:
        """The shape of one sample's output."""
        return self.nodes[-1].output_shape

    @property
    def target_shape(self) -> Shape:
        """The shape of one sample's targets."""
        return self.loss.target_shape(self.output_shape)

    def parameters(self) -> dict[str, ParameterInfo]:
        """Every trainable array by canonical name, `"dense1.weight"`."""
        return {f"{n.name}.{k}": info for n in self.walk() for k, info in n.parameters.items()}

    def state(self) -> dict[str, ParameterInfo]:
        """Every running statistic by canonical name, `"batchnorm1.running_mean"`."""
        return {f"{n.name}.{k}": info for n in self.walk() for k, info in n.state.items()}

    def carry(self) -> dict[str, Shape]:
        """The recurrent state of a sample, by canonical name, `"lstm1.hidden"`."""
        return {
            f"{n.name}.{k}": shape
            for n in _streamed(self.nodes)
            for k, shape in n.layer.carry(n.input_shape).items()
        }

    @property
    def ids(self) -> int | None:
        """How many token ids the input may hold, 0 and up; None where it holds numbers."""
        return _first(self.layers).ids

    def flops(self) -> int:
        """Forward operations a sample; `Layer.flops` says what is counted."""
        return sum(node.flops for node in self.walk())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as JSON; `load_model` reads it back equal."""
        save(self, path)

    def __str__(self) -> str:
        from brain.spec.table import table

        return table(self)


def load_model(path: str | os.PathLike[str]) -> Model:
    """The model in a JSON file that `Model.save` wrote.

    Raises UserError, naming the file and the path of the key, for anything that is not a model:
    an unknown or missing key, a value out of range, a newer format.
    """
    return load(Model, path)
