"""What RNN, LSTM and GRU share, and RNN itself: plain and fast. theory/rnn.md

Inside, time comes first, so that a step's numbers lie together: x is copied to `(T, N, D)` once,
the products with `weight` of all steps are one matrix product, and so are all gradients but the one
that must wait for the step behind it. States are `(T + 1, N, H)`: before the first step, and after
each. T time, N batch, D in, H hidden, G hidden times the number of gates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.dense import row_sums

Array = NDArray[Any]
Params = dict[str, Any]
Row = list[float]


# In loops, for one sample: the sums that every recurrent layer is made of


def plain_sums(row: Array | Row, weight: Array, start: Array | Row) -> Row:
    """row W + start, number by number. theory/rnn.md (1)"""
    return [
        start[j] + sum(row[i] * weight[i, j] for i in range(len(row)))
        for j in range(weight.shape[1])
    ]


def plain_d_sums(row: Array | Row, weight: Array, da: Row, dweight: Array) -> Row:
    """What da hands back to `row`; its share of the weight's gradient goes into `dweight`."""
    drow = [0.0] * len(row)
    for i in range(len(row)):
        for j in range(len(da)):
            dweight[i, j] += row[i] * da[j]  # (4), (5)
            drow[i] += da[j] * weight[i, j]  # (2), (7)
    return drow


def plain_rnn(spec: spec.RNN, params: Params, x: Array, h0: Array) -> Array:
    """h after every step `(N, T, H)`, from `h0 (N, H)`. theory/rnn.md (1)"""
    f = math.tanh if spec.activation == "tanh" else (lambda a: max(a, 0.0))
    h = np.zeros((len(x), x.shape[1], spec.units))
    for n in range(len(x)):
        before = list(h0[n])
        for t in range(x.shape[1]):
            a = plain_sums(x[n, t], params["weight"], params["bias"])
            a = plain_sums(before, params["recurrent_weight"], a)
            before = h[n, t] = [f(a_j) for a_j in a]
    return h


def plain_d_rnn(
    spec: spec.RNN, params: Params, x: Array, h0: Array, dy: Array
) -> tuple[Array, Params]:
    """The derivatives of `plain_rnn` for `dy (N, T, H)`, last step first. (2) to (7)"""
    h = plain_rnn(spec, params, x, h0)
    dx, grads = np.zeros_like(x), {name: np.zeros_like(array) for name, array in params.items()}
    for n in range(len(x)):
        dh = [0.0] * spec.units
        for t in reversed(range(x.shape[1])):
            before = h[n, t - 1] if t else h0[n]
            da = [0.0] * spec.units
            for j in range(spec.units):
                slope = 1 - h[n, t, j] ** 2 if spec.activation == "tanh" else h[n, t, j] > 0
                da[j] = (dy[n, t, j] + dh[j]) * slope  # (2), (3)
                grads["bias"][j] += da[j]  # (6)
            dx[n, t] = plain_d_sums(x[n, t], params["weight"], da, grads["weight"])
            U = params["recurrent_weight"]
            dh = plain_d_sums(before, U, da, grads["recurrent_weight"])
    return dx, grads


# What the fast ones share


def by_time(x: Array, context: Context) -> Array:
    """x with time first, in one piece."""
    samples, time, width = x.shape
    steps = context.empty("steps", (time, samples, width), x)
    steps[...] = x.swapaxes(0, 1)
    return steps  # (T, N, D)


def input_sums(params: Params, steps: Array, context: Context) -> Array:
    """x W + b for all steps in one matrix product: the part that waits for nothing."""
    weight = params["weight"]
    a = context.empty("a", (*steps.shape[:2], weight.shape[1]), steps)
    np.matmul(steps.reshape(-1, len(weight)), weight, out=a.reshape(-1, weight.shape[1]))
    a += params["bias"]
    return a  # (T, N, G)


def begin(key: str, steps: Array, units: int, context: Context) -> Array:
    """Room for a state before and after every step; the first is what is carried in, or zero."""
    time, samples, _ = steps.shape
    state = context.empty(key, (time + 1, samples, units), steps)
    carried = context.carried(key)
    state[0] = 0 if carried is None else carried
    return state  # (T + 1, N, H)


def output(spec: spec.Recurrent, h: Array) -> Array:
    """The state after every step, or after the last."""
    return h[1:].swapaxes(0, 1) if spec.return_sequences else h[-1]  # (N, T, H) or (N, H)


def end_gradient(spec: spec.Recurrent, dy: Array, like: Array, context: Context) -> Array:
    """dh of the last step before anything is handed back: dy itself, if it is all there is."""
    dh = context.empty("dh", like.shape, like)
    dh[...] = 0 if spec.return_sequences else dy
    return dh  # (N, H)


def sigmoid(z: Array) -> None:
    """In place; where exp(-z) is infinite, 1 / (1 + exp(-z)) is the 0 that it should be."""
    # not np.negative: into every fourth float32 of an array NumPy 2.4 writes wrong numbers
    np.multiply(z, -1, out=z)
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)


def sigmoid_slope(s: Array, out: Array) -> None:
    """s (1 - s), where s is the sigmoid's value."""
    np.subtract(1, s, out=out)
    out *= s


def tanh_slope(t: Array, out: Array) -> None:
    """1 - t^2, where t is the value of tanh."""
    np.multiply(t, t, out=out)
    np.subtract(1, out, out=out)


def weight_gradients(steps: Array, h: Array, da: Array, ds: Array, context: Context) -> Params:
    """Sums over steps and samples, each one matrix product.

    `da` is the gradient of x W + b, `ds` that of h U: the same array but for GRU.
    """
    width, units, wide = steps.shape[-1], h.shape[-1], da.shape[-1]
    dweight = context.empty("dweight", (width, wide), da)
    drecurrent = context.empty("drecurrent", (units, wide), da)
    before = h[:-1].reshape(-1, units)
    return {
        "weight": np.matmul(steps.reshape(-1, width).T, da.reshape(-1, wide), out=dweight),  # (4)
        "recurrent_weight": np.matmul(before.T, ds.reshape(-1, wide), out=drecurrent),  # (5)
        "bias": row_sums(da),  # (6)
    }


def input_gradient(params: Params, da: Array, context: Context) -> Array | None:
    """da W^T for all steps in one matrix product; None where nobody wants it."""
    if not context.wants_dx:
        return None
    weight, (time, samples, wide) = params["weight"], da.shape
    dx = context.empty("dx", (time, samples, len(weight)), da)
    np.matmul(da.reshape(-1, wide), weight.T, out=dx.reshape(-1, len(weight)))  # (7)
    return dx.swapaxes(0, 1)  # (N, T, D)


# RNN


def rnn(spec: spec.RNN, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    steps = by_time(x, context)  # (T, N, D)
    a = input_sums(params, steps, context)  # (T, N, H)
    h = begin("hidden", steps, spec.units, context)  # (T + 1, N, H)
    for t in range(len(steps)):
        np.matmul(h[t], params["recurrent_weight"], out=h[t + 1])
        h[t + 1] += a[t]
        if spec.activation == "tanh":
            np.tanh(h[t + 1], out=h[t + 1])  # (1)
        else:
            np.maximum(h[t + 1], 0, out=h[t + 1])
    context.hand_on("hidden", h[-1])
    return output(spec, h), (steps, h)


def d_rnn(
    spec: spec.RNN, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    steps, h = cache
    da = context.empty("da", h[1:].shape, h)  # (T, N, H), to begin with the slopes of f
    if spec.activation == "tanh":
        tanh_slope(h[1:], out=da)
    else:
        da[...] = h[1:] > 0
    dh = end_gradient(spec, dy, h[0], context)
    for t in reversed(range(len(da))):
        if spec.return_sequences:
            dh += dy[:, t]
        da[t] *= dh  # (3)
        np.matmul(da[t], params["recurrent_weight"].T, out=dh)  # (2)
    grads = weight_gradients(steps, h, da, da, context)
    return input_gradient(params, da, context), grads
