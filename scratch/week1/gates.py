"""What neurons with weights chosen by hand come to: which gate each of them is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratch.activations import sigmoid_of

Array = NDArray[np.float64]

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
"""The four pairs of inputs, in the order of the gates' outputs below."""

GATES = {
    (0, 0, 0, 0): "always 0",
    (0, 0, 0, 1): "AND",
    (0, 0, 1, 0): "first but not second",
    (0, 0, 1, 1): "first input alone",
    (0, 1, 0, 0): "second but not first",
    (0, 1, 0, 1): "second input alone",
    (0, 1, 1, 0): "XOR",
    (0, 1, 1, 1): "OR",
    (1, 0, 0, 0): "NOR",
    (1, 0, 0, 1): "XNOR",
    (1, 0, 1, 0): "NOT second",
    (1, 0, 1, 1): "first or not second",
    (1, 1, 0, 0): "NOT first",
    (1, 1, 0, 1): "second or not first",
    (1, 1, 1, 0): "NAND",
    (1, 1, 1, 1): "always 1",
}


def neuron_in(value: Any) -> tuple[Array, float] | None:
    """The two weights and the bias in `value`; None where it is no such pair of finite numbers."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        return None
    try:
        weights, bias = np.asarray(value[0]), np.asarray(value[1])
    except (TypeError, ValueError):
        return None
    if weights.dtype.kind not in "iuf" or bias.dtype.kind not in "iuf":  # text, say
        return None
    if weights.shape != (2,) or bias.size != 1:
        return None
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        return None
    return weights.astype(float), float(bias.reshape(()))


def has_text(value: Any) -> bool:
    """Whether there is text in `value`, a number in quotation marks say."""
    if isinstance(value, tuple | list):
        return any(map(has_text, value))
    return isinstance(value, str)


def outputs_of(neuron: tuple[Array, float], inputs: Array = CORNERS) -> Array:
    """The outputs of a sigmoid neuron for each row of `inputs (N, 2)`: `(N,)`."""
    weights, bias = neuron
    with np.errstate(all="ignore"):
        return sigmoid_of(inputs @ weights + bias)


def gate_of(outputs: Array) -> str:
    """The name of the gate that has these outputs for `CORNERS`, when they are rounded."""
    return GATES[tuple(int(output > 0.5) for output in outputs)]  # type: ignore[index]


def sure(outputs: Array) -> bool:
    """Whether each output is below 0.1 or above 0.9."""
    return bool(((outputs < 0.1) | (outputs > 0.9)).all())
