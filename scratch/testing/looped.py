"""The NumPy engine in plain loops: the same numbers by another way. Slow; for tests alone.

`scratch.testing.looped:Looped` computes every layer that has loops (`plain.py`), and every loss,
number by number, in another order of sums than `NumpyNetwork`: what a comparison must call equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.gru import plain_d_gru, plain_gru
from scratch.layers import LAYERS
from scratch.losses import LOSSES, plain_softmax_cross_entropy
from scratch.lstm import plain_d_lstm, plain_lstm
from scratch.recurrent import plain_d_rnn, plain_rnn
from scratch.testing.faulty import Clean, in_table
from scratch.testing.plain import PLAIN

Array = NDArray[Any]
Params = dict[str, Any]


def looped(kind: type[spec.Layer]) -> tuple[Callable[..., Any], ...]:
    """A layer's lines of `LAYERS`, from its loops."""
    forward, backward = PLAIN[kind]

    def there(layer: Any, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
        return forward(layer, params, x), x

    def away(layer: Any, params: Params, x: Array, dy: Array, context: Context) -> Any:
        dx, grads = backward(layer, params, x, dy)
        return (dx if context.wants_dx else None), grads

    return there, away


# What remembers something: a state that is carried, running statistics


def recurrent(
    plain: Callable[..., Any], plain_d: Callable[..., Any]
) -> tuple[Callable[..., Any], ...]:
    def there(layer: Any, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
        carry = layer.carry(x.shape[1:])
        carried = {key: context.carried(key) for key in carry}
        begin = [
            np.zeros((len(x), *shape)) if (state := carried[key]) is None else state
            for key, shape in carry.items()
        ]
        found = plain(layer, params, x, *begin)
        every = found if isinstance(found, tuple) else (found,)
        for key, states in zip(carry, every, strict=False):
            context.hand_on(key, states[:, -1])
        return (every[0] if layer.return_sequences else every[0][:, -1]), (x, begin)

    def away(layer: Any, params: Params, cache: Any, dy: Array, context: Context) -> Any:
        x, begin = cache
        every = np.zeros((*x.shape[:2], layer.units))  # dy of every step
        every[:, slice(None) if layer.return_sequences else -1] = dy
        dx, grads = plain_d(layer, params, x, *begin, every)
        return (dx if context.wants_dx else None), grads

    return there, away


def batchnorm() -> tuple[Callable[..., Any], ...]:
    plain, away = looped(spec.BatchNorm)

    def there(layer: Any, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
        if context.training:
            return plain(layer, params, x, context)
        y, state = np.zeros_like(x), context.state
        for place in np.ndindex(x.shape):
            c = place[-1]
            deviation = math.sqrt(state["running_var"][c] + layer.eps)
            centred = x[place] - state["running_mean"][c]
            y[place] = params["gamma"][c] * centred / deviation + params["beta"][c]
        return y, x  # theory/batchnorm.md (9)

    def after(layer: Any, state: Params, x: Array) -> Params:
        """The running statistics after this batch. (8)"""
        found = {name: array.copy() for name, array in state.items()}
        for c in range(x.shape[-1]):
            values = x[..., c].ravel().tolist()
            mean = sum(values) / len(values)
            var = sum((value - mean) ** 2 for value in values) / len(values)
            for name, new in (("running_mean", mean), ("running_var", var)):
                found[name][c] += layer.momentum * (new - found[name][c])
        return found

    return there, away, after


# The losses


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    z = logits.reshape(-1, logits.shape[-1])
    d, y = np.zeros_like(z), labels.ravel()
    for m, k in np.ndindex(z.shape):
        share = 1 / sum(math.exp(other - z[m, k]) for other in z[m])
        d[m, k] = (share - (k == y[m])) / len(z)
    return plain_softmax_cross_entropy(z, y), d.reshape(logits.shape)


def binary_cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    total, d = 0.0, np.zeros_like(logits)
    for place in np.ndindex(logits.shape):
        p, y = 1 / (1 + math.exp(-logits[place])), labels[place]
        total -= math.log(p if y else 1 - p)
        d[place] = (p - y) / logits.size
    return total / logits.size, d


def squared_error(output: Array, target: Array) -> tuple[float, Array]:
    total, d = 0.0, np.zeros_like(output)
    for place in np.ndindex(output.shape):
        difference = float(output[place] - target[place])
        total += difference**2
        d[place] = 2 * difference / output.size
    return total / output.size, d


LOOPED: dict[type[spec.Layer], tuple[Callable[..., Any], ...]] = {
    **{kind: looped(kind) for kind in PLAIN},
    spec.BatchNorm: batchnorm(),
    spec.RNN: recurrent(plain_rnn, plain_d_rnn),
    spec.LSTM: recurrent(plain_lstm, plain_d_lstm),
    spec.GRU: recurrent(plain_gru, plain_d_gru),
}
LOOPED_LOSSES: dict[type[spec.Loss], Callable[[Array, Array], tuple[float, Array]]] = {
    spec.SoftmaxCrossEntropy: cross_entropy,
    spec.BinaryCrossEntropy: binary_cross_entropy,
    spec.MeanSquaredError: squared_error,
}


class Looped(Clean):
    """No fault, and hardly a sum in the order of the reference's."""

    def fault(self) -> AbstractContextManager[Any]:
        stack = ExitStack()
        for table, other in ((LAYERS, LOOPED), (LOSSES, LOOPED_LOSSES)):
            for kind, value in other.items():
                stack.enter_context(in_table(table, kind, value))
        return stack
