"""The gates of an LSTM or a GRU at every step, from its inputs, its states and canonical weights.

No recurrence is run: where the states are known, the sums of all steps are two matrix products.
x `(N, T, D)`, h `(N, T, H)` after each step, from a state of zeros before the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.activations import sigmoid_of

Array = NDArray[Any]
Gates = dict[str, Array]


def gates_of(layer: spec.Layer, params: Mapping[str, Array], x: Array, h: Array) -> Gates:
    """The gates by name, `(N, T, H)` each, in the order of the weights; none of an RNN."""
    if isinstance(layer, spec.LSTM):
        return lstm_gates(params, x, h)
    return gru_gates(params, x, h) if isinstance(layer, spec.GRU) else {}


def lstm_gates(params: Mapping[str, Array], x: Array, h: Array) -> Gates:
    """i, f, g, o. theory/lstm.md (1)"""
    a = x @ params["weight"] + before(h) @ params["recurrent_weight"] + params["bias"]
    i, f, g, o = np.split(a, 4, axis=-1)
    return {"i": sigmoid_of(i), "f": sigmoid_of(f), "g": np.tanh(g), "o": sigmoid_of(o)}


def gru_gates(params: Mapping[str, Array], x: Array, h: Array) -> Gates:
    """r, z, n. theory/gru.md (1), (2)"""
    a = np.split(x @ params["weight"] + params["bias"], 3, axis=-1)
    s = before(h) @ params["recurrent_weight"] + params["recurrent_bias"]
    s_r, s_z, s_n = np.split(s, 3, axis=-1)
    r, z = sigmoid_of(a[0] + s_r), sigmoid_of(a[1] + s_z)
    return {"r": r, "z": z, "n": np.tanh(a[2] + r * s_n)}


def cell_states(gates: Gates) -> Array | None:
    """An LSTM's c after every step, from zeros; None for the gates of another layer.

    theory/lstm.md (2)
    """
    if "f" not in gates:
        return None
    i, f, g = (gates[name] for name in "ifg")
    c = i * g
    for t in range(1, c.shape[1]):
        c[:, t] += f[:, t] * c[:, t - 1]
    return c


def before(h: Array) -> Array:
    """The state before each step: zeros, then what was left of the step before."""
    return np.concatenate((np.zeros_like(h[:, :1]), h[:, :-1]), axis=1)
