"""Which layers of a model can be looked at: its images, its convolutions, its way up to a layer."""

from __future__ import annotations

from typing import Any

from brain import spec
from brain.engine import Network
from brain.errors import UserError, shown, unknown

KEEPS_PLACE = (spec.Conv2D, spec.BatchNorm, spec.Activation, spec.Residual, spec.Sequential)
"""Layers whose images are worth asking where something is: not those that only shrink them."""


def image_shape(model: spec.Model) -> tuple[int, int, int]:
    """The shape (H, W, C) of what the model looks at; UserError where that is no image."""
    if len(model.input_shape) != 3:
        raise UserError(
            f"model {model.name!r} takes {model.input_shape}, no images (H, W, C): take a model "
            "that does."
        )
    height, width, channels = model.input_shape
    return height, width, channels


def convolutions(model: spec.Model) -> list[spec.Node]:
    """Every Conv2D in the order of the forward pass; UserError where there is none."""
    image_shape(model)
    found = [node for node in model.walk() if isinstance(node.layer, spec.Conv2D)]
    if not found:
        raise UserError(
            f"model {model.name!r} has no convolution, so there are no filters and no maps to look "
            "at: take one that has, as lenet."
        )
    return found


def place(model: spec.Model, layer: str) -> spec.Node:
    """The node of that name; UserError, with the nearest name, where there is none."""
    nodes = {node.name: node for node in model.walk()}
    if layer not in nodes:
        raise unknown(f"layer of model {model.name!r}", layer, nodes)
    return nodes[layer]


def image_layer(model: spec.Model, layer: str) -> spec.Node:
    """The node of that name, whose output is an image; UserError where it is not."""
    node = place(model, layer)
    if len(node.output_shape) != 3:
        others = [n.name for n in model.walk() if len(n.output_shape) == 3]
        hint = f"; the last that does is {others[-1]!r}." if others else ", nor does any other."
        raise UserError(
            f"layer {layer!r} of model {model.name!r} gives {node.output_shape}, no image (H, W, C)"
            f"{hint}"
        )
    return node


def last_images(model: spec.Model) -> spec.Node:
    """The last layer that still knows where in the picture something is, before pooling ends it.

    It is the last of the outermost chain that gives images and is no pooling.
    """
    convolutions(model)
    fitting = [
        node
        for node in model.nodes
        if isinstance(node.layer, KEEPS_PLACE) and len(node.output_shape) == 3
    ]
    return fitting[-1]


def unit(node: spec.Node, number: int, model: spec.Model) -> int:
    """`number` itself, if the layer has such a channel (or unit); else a UserError."""
    units = node.output_shape[-1]
    if not 0 <= number < units:
        what = "channels" if len(node.output_shape) == 3 else "units"
        raise UserError(
            f"layer {node.name!r} of model {model.name!r} has {units} {what}, 0 to {units - 1}: "
            f"there is no {shown(number)}."
        )
    return number


def up_to(net: Network, layer: str) -> Network:
    """A network of the same engine that ends with `layer`: its output is that layer's.

    With copies of the values. It makes the gradient of a unit inside a network one of an output,
    which `trace` gives. A layer inside a Residual is reached by its own branch alone.
    """
    place(net.model, layer)
    way = _way(net.model.nodes, layer)
    layers = tuple(node.layer for node in way)
    model = spec.Model(net.model.name, net.model.input_shape, layers, spec.MeanSquaredError())
    options: dict[str, Any] = {} if net.threads is None else {"threads": net.threads}
    made = type(net)(model, seed=net.seed, dtype=net.dtype.name, device=net.device, **options)
    parameters, state = net.parameters(), net.state()
    old = [node for outer in way for node in outer.walk()]
    names = [(new.name, node.name) for new, node in zip(model.walk(), old, strict=True)]
    for values, load in ((parameters, made.load_parameters), (state, made.load_state)):
        load(
            {
                f"{new}.{key.removeprefix(f'{name}.')}": values[key]
                for new, name in names
                for key in values
                if key.rpartition(".")[0] == name
            }
        )
    return made


def _way(nodes: tuple[spec.Node, ...], layer: str) -> tuple[spec.Node, ...]:
    """The chain of nodes that leads to `layer`, which is its last; empty where it does not."""
    for i, node in enumerate(nodes):
        if node.name == layer:
            return nodes[: i + 1]
        for inside in node.nests.values():
            if rest := _way(inside, layer):
                return (*nodes[:i], *rest)
    return ()
