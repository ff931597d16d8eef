"""Which declaration a recurrent Keras layer is, and where its arrays lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers
from keras.layers import Layer

from brain import spec
from brain.compare.own.leaves import Array
from tf_nn.own.activations import declared, word
from tf_nn.own.told import Slot, Told, absent, keras_class

CELLS = (layers.SimpleRNNCell, layers.LSTMCell, layers.GRUCell)


def told_recurrent(layer: Layer) -> Told | None:
    """By its cell: `RNN(LSTMCell(8))` is an `LSTM(8)`."""
    cell = layer.cell
    if not isinstance(cell, CELLS) or keras_class(cell) is None:
        return None
    found = told_cell(cell)
    given: dict[str, Any] = {"units": cell.units, "return_sequences": layer.return_sequences}
    kind: type[spec.RNN] | type[spec.LSTM] | type[spec.GRU] = spec.RNN
    if isinstance(cell, layers.LSTMCell):
        kind = spec.LSTM
    elif isinstance(cell, layers.GRUCell):
        kind = spec.GRU
    elif declared(cell.activation) == spec.ReLU():
        given["activation"] = found.options.pop("activation")
    if layer.go_backwards:
        found.options["go_backwards"] = "True"
    found.layer, found.label = kind(**given), kind.__name__
    return found


def told_cell(cell: Layer) -> Told:
    """One step, for which there is no declaration; its arrays are those of the whole layer."""
    options: dict[str, str] = {}
    if declared(cell.activation) != spec.Tanh():
        options["activation"] = word(cell.activation)
    gate = getattr(cell, "recurrent_activation", None)
    if gate is not None and declared(gate) != spec.Sigmoid():
        options["recurrent_activation"] = word(gate)
    if isinstance(cell, layers.GRUCell):
        return Told(None, "GRUCell", options, _gru(cell, options))
    label = "LSTMCell" if isinstance(cell, layers.LSTMCell) else "SimpleRNNCell"
    slots = {"weight": Slot(cell.kernel), "recurrent_weight": Slot(cell.recurrent_kernel)}
    wide = cell.kernel.shape[-1]
    bias = Slot(cell.bias) if cell.use_bias else absent("bias", cell, wide, options)
    return Told(None, label, options, slots | {"bias": bias})


def _gru(cell: Layer, options: dict[str, str]) -> dict[str, Slot]:
    """The arrays of a GRU, whose gates are z, r, h in Keras.

    With `reset_after=False` there is one bias only: it is told as `bias`, `recurrent_bias` as
    zeros, and what is written to the latter is added to the former.
    """
    found = {
        "weight": Slot(cell.kernel, _swapped, lambda own, given: _swapped(given)),
        "recurrent_weight": Slot(cell.recurrent_kernel, _swapped, lambda own, a: _swapped(a)),
    }
    if not cell.reset_after:
        options["reset_after"] = "False"
    if not cell.use_bias:
        for name in ("bias", "recurrent_bias"):
            found[name] = absent(name, cell, cell.kernel.shape[-1], options)
    elif cell.reset_after:
        found |= {"bias": _row(cell.bias, 0), "recurrent_bias": _row(cell.bias, 1)}
    else:
        found["bias"] = Slot(cell.bias, _swapped, lambda own, given: _swapped(given))
        found["recurrent_bias"] = Slot(
            cell.bias, np.zeros_like, lambda own, given: own + _swapped(given)
        )
    return found


def _swapped(array: Array) -> Array:
    """Gates z, r, h as r, z, h, and the other way round."""
    z, r, h = np.split(array, 3, axis=-1)
    return np.concatenate([r, z, h], axis=-1)


def _row(variable: Any, i: int) -> Slot:
    """One of the two biases that lie in one variable."""

    def put(own: Array, given: Array) -> Array:
        own = own.copy()
        own[i] = _swapped(given)
        return own

    return Slot(variable, lambda own: _swapped(own[i]), put)


def told_both_ways(layer: Layer) -> Told | None:
    ways = {"forward": layer.forward_layer, "backward": layer.backward_layer}
    parts = {
        name: told_recurrent(way) if isinstance(way, layers.RNN) and keras_class(way) else None
        for name, way in ways.items()
    }
    ahead, back = parts["forward"], parts["backward"]
    if ahead is None or back is None or ahead.layer is None or ahead.layer != back.layer:
        return None
    options = {} if layer.merge_mode == "concat" else {"merge_mode": str(layer.merge_mode)}
    if layer.forward_layer.go_backwards:
        options["go_backwards"] = "True"
    for name, part in parts.items():
        other = back if part is ahead else ahead
        for key, value in part.options.items():  # type: ignore[union-attr]
            if key != "go_backwards":
                both = other.options.get(key) == value
                options[key if both else f"{name}.{key}"] = value
    short = ahead.layer.short_name
    slots = {
        f"{name}.{short}1.{key}": slot
        for name, part in parts.items()
        for key, slot in part.parameters.items()  # type: ignore[union-attr]
    }
    return Told(spec.Bidirectional(ahead.layer), "Bidirectional", options, slots)
