"""What a recurrent layer of any engine holds in mind, step by step, while its network reads.

reading = read(net, ids)          # ids (N, T), of any length T
reading.states                    # (N, T, H)
reading.gates["f"]                # (N, T, H), of an LSTM
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import spec
from brain.data import Vocabulary
from brain.engine import Network
from brain.errors import UserError, unknown
from brain.spec.model import Node
from rnn.gates import cell_states, gates_of

Array = NDArray[Any]


@dataclass(frozen=True)
class Reading:
    """What one recurrent layer did at each step of `(N, T)`; all arrays are the engine's values.

    The `states` h and the layer's `inputs` are the engine's own; `gates` by name (i, f, g, o of an
    LSTM; r, z, n of a GRU; none of an RNN) and an LSTM's `cells` c follow from both by the
    canonical weights.
    """

    layer: str
    inputs: Array  # (N, T, D)
    states: Array  # (N, T, H)
    gates: dict[str, Array]  # (N, T, H) each
    cells: Array | None  # (N, T, H)

    @property
    def memory(self) -> Array:
        """What the layer remembers by, `(N, T, H)`: tanh(c) of an LSTM, else h."""
        return self.states if self.cells is None else np.tanh(self.cells)


def read(net: Network, x: ArrayLike, layer: str | None = None) -> Reading:
    """What `layer` (by default the first recurrent one) does while `net` reads `x`.

    `x` is ids `(N, T)` or numbers `(N, T, D)`, of any length T, read from a state of zeros. Inside
    a Bidirectional the twin's steps are in its own order, the last of `x` first. UserError for a
    network without a recurrent layer, and a layer that is none.
    """
    node = recurrent_layer(net.model, layer)
    x = np.asarray(x)
    if x.ndim != 1 + len(net.model.input_shape):
        wanted = ("N", "T", *map(str, net.model.input_shape[1:]))
        raise UserError(f"{net.model.name} reads ({', '.join(wanted)}), not {x.shape}.")
    outputs = resized(net, x.shape[1]).trace(x).outputs
    given = layer_input(net.model.nodes, outputs, x, node.name)
    one = alone(net, node, given.shape[1])
    states = one.predict(given)
    start = node.name + "."
    params = {k.removeprefix(start): a for k, a in net.parameters().items() if k.startswith(start)}
    gates = gates_of(node.layer, params, given, states)
    return Reading(node.name, given, states, gates, cell_states(gates))


def recurrent_layer(model: spec.Model, layer: str | None = None) -> Node:
    """The recurrent layer called `layer`, or the first; a UserError where there is none."""
    nodes = {n.name: n for n in model.walk() if isinstance(n.layer, spec.Recurrent)}
    if not nodes:
        raise UserError(
            f"{model.name} has no recurrent layer (RNN, LSTM, GRU), so it remembers nothing."
        )
    if layer is None:
        return next(iter(nodes.values()))
    if layer not in nodes:
        raise unknown("recurrent layer", layer, nodes)
    return nodes[layer]


def check_unit(units: int, unit: int, layer: str) -> int:
    """`unit`, where a layer has one of that number; else a UserError."""
    if isinstance(unit, bool) or not isinstance(unit, int | np.integer) or not 0 <= unit < units:
        raise UserError(f"{layer} has the cells 0 to {units - 1}, and no cell {unit!r}.")
    return int(unit)


def ids_of(text: str, vocabulary: Vocabulary) -> Array:
    """The ids `(T,)` of a text to read; a UserError for none, and for characters never seen."""
    if not text:
        raise UserError("there is nothing to read: give a text of one character or more.")
    if strange := sorted(set(text) - set(vocabulary.characters)):
        named = " ".join(map(repr, strange[:5])) + (" ..." if len(strange) > 5 else "")
        raise UserError(f"the model has never seen {named}: take it out of the text to be read.")
    return vocabulary.encode(text)


def resized(net: Network, length: int) -> Network:
    """The same network, values and engine, for sequences of `length` steps; `net` itself if it is.

    Raises UserError where its weights depend on the length, as behind a Flatten.
    """
    if length == net.model.input_shape[0]:
        return net
    shape = (length, *net.model.input_shape[1:])
    other = twin(net, replace(net.model, input_shape=shape))
    other.load_parameters(net.parameters())
    other.load_state(net.state())
    return other


def alone(net: Network, node: Node, length: int) -> Network:
    """One recurrent layer of `net` as a network: `(length, D)` in, its state at every step out."""
    layer: Any = replace(cast(Any, node.layer), return_sequences=True)
    shape = (length, *node.input_shape[1:])
    one = twin(net, spec.Model("alone", shape, (layer,), spec.MeanSquaredError()))
    start, name = node.name + ".", f"{layer.short_name}1."
    values = net.parameters()
    one.load_parameters(
        {name + k.removeprefix(start): a for k, a in values.items() if k.startswith(start)}
    )
    return one


def twin(net: Network, model: spec.Model) -> Network:
    """A network for `model`, of the engine, dtype and device of `net`; its values are fresh."""
    options: dict[str, Any] = {"seed": net.seed, "dtype": net.dtype.name, "device": net.device}
    return type(net)(model, **options, optimizer=net.optimizer, threads=net.threads)


def layer_input(
    nodes: tuple[Node, ...], outputs: Mapping[str, Array], x: Array, name: str
) -> Array:
    """What goes into the layer `name`, `(N, T, D)`, when `x` goes into the chain `nodes`."""
    for node in nodes:
        if node.name == name:
            return x
        for place, inside in node.nests.items():
            if any(name == n.name or name.startswith(n.name + ".") for n in inside):
                turned = place == "backward" and isinstance(node.layer, spec.Bidirectional)
                return layer_input(inside, outputs, x[:, ::-1] if turned else x, name)
        x = outputs[node.name]
    raise unknown("layer", name, [node.name for node in nodes])
