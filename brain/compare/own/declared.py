"""A model of this project's, told as a user's own is: a saved run, or one that is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from brain import checks, spec
from brain.compare.causes.alone import quantities
from brain.compare.own.leaves import Array, Leaf, OwnModel, Pass
from brain.compare.runs import layer_inputs
from brain.engine import build
from brain.errors import UserError
from brain.names import MODELS
from brain.parameters import Arrays, initial_parameters, initial_state
from brain.recipes import named_model
from brain.store import Store

ENGINE = "numpy"


class DeclaredModel(OwnModel):
    """A saved run by its name (`models/mlp-digits`, `mlp-digits`), a model by its name, or a
    `.json` file; in NumPy. Dropout is left out."""

    framework = "NumPy"

    def __init__(self, factory: str, dtype: str, seed: int) -> None:
        super().__init__(factory, dtype, seed)
        model, self.parameters, self.state = opened(factory, seed)
        self.held = [n.name for n in model.walk() if isinstance(n.layer, spec.Dropout)]
        self.model = replace(model, layers=tuple(map(still, model.layers)))
        # Dropout's place is taken by Identity, so the names of all other layers stay
        self.nodes = {node.name: node for node in leaves(self.model.nodes)}

    def run(self, x: Array, training: bool, dy: Array | None = None) -> Pass:
        try:
            x = checks.inputs(self.model, x, np.dtype(self.dtype))
        except UserError as error:
            raise UserError(f"--run {self.factory}: {error}") from None
        net = build(self.model, ENGINE, dtype=self.dtype)
        net.load_parameters(self.parameters)
        net.load_state(self.state)
        trace = net.trace(x, dy=dy, training=training)
        given = layer_inputs(self.model.nodes, x, trace.outputs)
        found = []
        for name, node in self.nodes.items():
            y = trace.outputs[name]
            leaf = Leaf(name, node.layer.kind, node.layer.kind, node.layer, given[name], y)
            leaf.parameters, leaf.state = (
                self._own(name, self.parameters),
                self._own(name, self.state),
            )
            if dy is not None:
                own = self.alone(
                    name, leaf.x, trace.d_outputs[name], leaf.parameters, leaf.state, training
                )
                leaf.d_x = own.get("d_input")
                leaf.gradients = {k: own[f"d_{k}"] for k in leaf.parameters}
                leaf.next_state = {k: own[f"next {k}"] for k in leaf.state if f"next {k}" in own}
            found.append(leaf)
        output = trace.outputs[self.model.nodes[-1].name]
        d_input = trace.d_input if self.model.ids is None else None
        return Pass(found, x, output, d_input, held=self.held)

    def write(self, name: str, parameters: Arrays, state: Arrays) -> None:
        for own, given in ((self.parameters, parameters), (self.state, state)):
            for key, array in given.items():
                if own[f"{name}.{key}"].shape != array.shape:
                    raise UserError(f"{name}.{key} is {own[f'{name}.{key}'].shape}.")
                own[f"{name}.{key}"] = array

    def alone(
        self,
        name: str,
        x: Array,
        dy: Array,
        parameters: Arrays,
        state: Arrays,
        training: bool,
    ) -> Arrays:
        node = self.nodes[name]
        given = (node.layer, tuple(x.shape[1:]), x, dy, parameters, state, training)
        return quantities(ENGINE, *given, dtype=self.dtype)

    @staticmethod
    def _own(name: str, arrays: Any) -> Arrays:
        return {
            k.removeprefix(f"{name}."): a for k, a in arrays.items() if k.startswith(f"{name}.")
        }


def opened(name: str, seed: int) -> tuple[spec.Model, Arrays, Arrays]:
    """The model of a name, its parameters and running statistics; a saved run goes first."""
    if name in MODELS or name.endswith(".json") or ":" in name:
        model = named_model(name)
        return model, dict(initial_parameters(model, seed)), dict(initial_state(model))
    try:
        saved = Store().open(name)
    except UserError as error:
        raise UserError(
            f"--run {name}: {error}; a model's name does as well (brain models)"
        ) from None
    net = saved.network(ENGINE, "cpu", "float64")
    return net.model, dict(net.parameters()), dict(net.state())


def still(layer: spec.Layer) -> spec.Layer:
    """A layer without dropout, inside of it too."""
    match layer:
        case spec.Dropout():
            return spec.Identity()
        case spec.Sequential():
            return replace(layer, layers=tuple(map(still, layer.layers)))
        case spec.Residual():
            ways = {way: tuple(map(still, getattr(layer, way))) for way in ("body", "shortcut")}
            return replace(layer, **ways)
    return layer


def leaves(nodes: tuple[spec.Node, ...]) -> Iterator[spec.Node]:
    """The layers that hold no others, in the order of their calls; a Bidirectional is one."""
    for node in nodes:
        if isinstance(node.layer, spec.Sequential | spec.Residual):
            for inside in node.nests.values():
                yield from leaves(inside)
        elif not isinstance(node.layer, spec.Flatten | spec.Identity):
            yield node
