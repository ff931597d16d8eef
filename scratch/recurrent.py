"""What RNN, LSTM and GRU share, and RNN itself: plain and fast. theory/rnn.md

Inside, gates come first and then time, so that a gate's numbers of a step lie together: each is a
matrix product of its own, `i, f, g, o = gates`, and so are all gradients but the one that must wait
for the step behind it. States are `(T + 1, N, H)`: before the first step, and after each.
T time, N batch, D in, H hidden, G gates (1, 4 or 3).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.dense import ones
from scratch.embedding import Rows

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


def by_gate(weight: Array, units: int) -> Array:
    """Gates that lie side by side, `(D, GH)`, as a matrix for each, `(G, D, H)`: a view.

    Where it is multiplied at every step, by a narrow matrix, a copy is up to a fifth faster.
    """
    return weight.reshape(len(weight), -1, units).swapaxes(0, 1)


def side_by_side(gates: Array) -> Array:
    """The inverse of `by_gate`: `(G, D, H)` to `(D, GH)`."""
    return gates.swapaxes(0, 1).reshape(gates.shape[1], -1)


def by_time(x: Array, context: Context) -> Array:
    """x with time first, in one piece, a row for each step of each sample."""
    samples, time, width = x.shape
    steps = context.empty("steps", (time, samples, width), x)
    steps[...] = x.swapaxes(0, 1)
    return steps.reshape(-1, width)  # (TN, D)


def input_sums(
    params: Params, x: Array | Rows, units: int, context: Context
) -> tuple[Array, tuple[Array, Array | None]]:
    """x W + b for all steps in one matrix product a gate: the part that waits for nothing.

    Of the rows of a table, only the table is multiplied: (table W + b)[ids] is table[ids] W + b.
    """
    weight, bias = by_gate(params["weight"], units), params["bias"].reshape(-1, 1, units)
    samples, time = x.shape[:2]
    ids = x.ids.T.reshape(-1) if isinstance(x, Rows) else None  # (TN,)
    rows = x.table if isinstance(x, Rows) else by_time(x, context)  # (V, D) or (TN, D)
    sums = context.empty("sums", (len(weight), len(rows), units), weight)
    np.matmul(rows, weight, out=sums)
    sums += bias
    a = sums
    if ids is not None:
        a = context.empty("a", (len(weight), len(ids), units), weight)
        for gate, table in zip(a, sums, strict=True):
            gate[...] = table[ids]  # gate by gate: a copy of all of them would be large
    return a.reshape(-1, time, samples, units), (rows, ids)  # (G, T, N, H)


def d_input_sums(
    params: Params, read: tuple[Array, Array | None], da: Array, context: Context
) -> tuple[Array | None, Params]:
    """The derivatives of `input_sums`: dx, or that of the table, and those of W and b."""
    gates, time, samples, units = da.shape
    rows, ids = read
    d_sums = da.reshape(gates, -1, units)  # (G, TN, H)
    if ids is not None:  # a row of the table collects from every place it was read
        read_there = (ids[:, None] == np.arange(len(rows), like=ids)).astype(da.dtype)
        d_sums = np.matmul(read_there.T, d_sums)  # (G, V, H)
    grads = {
        "weight": side_by_side(np.matmul(rows.T, d_sums)),  # (4)
        "bias": np.matmul(ones(d_sums.shape[1], da), d_sums).reshape(-1),  # (6)
    }
    if not context.wants_dx:
        return None, grads
    d_rows = context.empty("dx", rows.shape, da)
    back = np.matmul(d_sums, by_gate(params["weight"], units).swapaxes(1, 2))  # (7)
    np.sum(back, axis=0, out=d_rows)
    return (d_rows if ids is not None else d_rows.reshape(time, samples, -1).swapaxes(0, 1)), grads


def d_recurrent_weight(h: Array, da: Array) -> Array:
    """The sum over steps and samples of h^T da, a matrix product a gate."""
    before = h[:-1].reshape(-1, h.shape[-1])  # (TN, H)
    return side_by_side(np.matmul(before.T, da.reshape(len(da), len(before), -1)))  # (5)


def begin(key: str, a: Array, context: Context) -> Array:
    """Room for a state before and after every step; the first is what is carried in, or zero."""
    _, time, samples, units = a.shape
    state = context.empty(key, (time + 1, samples, units), a)
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


# RNN


def rnn(spec: spec.RNN, params: Params, x: Array | Rows, context: Context) -> tuple[Array, Any]:
    a, read = input_sums(params, x, spec.units, context)  # (1, T, N, H)
    h = begin("hidden", a, context)  # (T + 1, N, H)
    for t in range(len(h) - 1):
        after = np.matmul(h[t], params["recurrent_weight"], out=h[t + 1])
        after += a[0, t]
        if spec.activation == "tanh":
            np.tanh(after, out=after)  # (1)
        else:
            np.maximum(after, 0, out=after)
    context.hand_on("hidden", h[-1])
    return output(spec, h), (read, h)


def d_rnn(
    spec: spec.RNN, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    read, h = cache
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
    dx, grads = d_input_sums(params, read, da[None], context)
    return dx, {**grads, "recurrent_weight": d_recurrent_weight(h, da[None])}
