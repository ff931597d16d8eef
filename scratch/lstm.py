"""LSTM, plain and fast. theory/lstm.md

T time, N batch, D in, H hidden; the gates i, f, g, o lie side by side in the weights, `4H`
wide, and inside come first, as recurrent.py has it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.embedding import Rows
from scratch.recurrent import (
    Array,
    Params,
    begin,
    by_gate,
    d_input_sums,
    d_recurrent_weight,
    end_gradient,
    input_sums,
    output,
    plain_d_sums,
    plain_sums,
    sigmoid,
    sigmoid_slope,
    tanh_slope,
)


def plain_lstm(
    spec: spec.LSTM, params: Params, x: Array, h0: Array, c0: Array
) -> tuple[Array, Array, Array]:
    """h and c of every step `(N, T, H)`, and its gates `(N, T, 4H)`. theory/lstm.md (1) to (3)"""
    (samples, time, _), H = x.shape, spec.units
    h, c = np.zeros((samples, time, H)), np.zeros((samples, time, H))
    gates = np.zeros((samples, time, 4 * H))
    for n in range(samples):
        h_before, c_before = h0[n], c0[n]
        for t in range(time):
            a = plain_sums(x[n, t], params["weight"], params["bias"])
            a = plain_sums(h_before, params["recurrent_weight"], a)
            for j in range(H):
                i, f, o = (1 / (1 + math.exp(-a[k * H + j])) for k in (0, 1, 3))
                g = math.tanh(a[2 * H + j])
                gates[n, t, j::H] = i, f, g, o
                c[n, t, j] = f * c_before[j] + i * g
                h[n, t, j] = o * math.tanh(c[n, t, j])
            h_before, c_before = h[n, t], c[n, t]
    return h, c, gates


def plain_d_lstm(
    spec: spec.LSTM, params: Params, x: Array, h0: Array, c0: Array, dy: Array
) -> tuple[Array, Params]:
    """The derivatives of `plain_lstm` for `dy (N, T, H)` of h, last step first. (4) to (8)"""
    h, c, gates = plain_lstm(spec, params, x, h0, c0)
    dx, grads = np.zeros_like(x), {name: np.zeros_like(array) for name, array in params.items()}
    H = spec.units
    for n in range(len(x)):
        dh, dc = [0.0] * H, [0.0] * H
        for t in reversed(range(x.shape[1])):
            h_before, c_before = (h[n, t - 1], c[n, t - 1]) if t else (h0[n], c0[n])
            da = [0.0] * (4 * H)
            for j in range(H):
                i, f, g, o = gates[n, t, j::H]
                dh_j, tanh_c = dy[n, t, j] + dh[j], math.tanh(c[n, t, j])  # (4)
                dc_j = dc[j] + dh_j * o * (1 - tanh_c**2)  # (5)
                da[j] = dc_j * g * i * (1 - i)  # (6), (7)
                da[H + j] = dc_j * c_before[j] * f * (1 - f)
                da[2 * H + j] = dc_j * i * (1 - g**2)
                da[3 * H + j] = dh_j * tanh_c * o * (1 - o)
                dc[j] = dc_j * f  # (5)
            grads["bias"] += da  # (8)
            dx[n, t] = plain_d_sums(x[n, t], params["weight"], da, grads["weight"])
            U = params["recurrent_weight"]
            dh = plain_d_sums(h_before, U, da, grads["recurrent_weight"])
    return dx, grads


def lstm(spec: spec.LSTM, params: Params, x: Array | Rows, context: Context) -> tuple[Array, Any]:
    gates, read = input_sums(params, x, spec.units, context)  # (4, T, N, H)
    h, c = begin("hidden", gates, context), begin("cell", gates, context)  # (T + 1, N, H)
    tanh_c = context.empty("tanh_c", h[1:].shape, h)  # (T, N, H)
    U = by_gate(params["recurrent_weight"], spec.units).copy()  # (4, H, H)
    product = context.empty("product", gates[:, 0].shape, gates)  # (4, N, H)
    for t in range(len(tanh_c)):
        a = gates[:, t]
        a += np.matmul(h[t], U, out=product)
        i, f, g, o = a
        sigmoid(a[:2])  # (1): i and f
        np.tanh(g, out=g)
        sigmoid(o)
        np.multiply(i, g, out=tanh_c[t])
        np.multiply(f, c[t], out=c[t + 1])
        c[t + 1] += tanh_c[t]  # (2)
        np.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o, tanh_c[t], out=h[t + 1])  # (3)
    context.hand_on("hidden", h[-1])
    context.hand_on("cell", c[-1])
    return output(spec, h), (read, gates, h, c, tanh_c)


def d_lstm(
    spec: spec.LSTM, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    read, gates, h, c, tanh_c = cache
    i, f, g, o = gates
    # Whatever does not wait for the step behind is computed for all steps at once: the slopes of
    # the gates, each times what its gate is multiplied with; and of c's way through h.
    da = context.empty("da", gates.shape, gates)  # (4, T, N, H)
    factors = (g, c[:-1], i, tanh_c)
    for k, slope in enumerate((sigmoid_slope, sigmoid_slope, tanh_slope, sigmoid_slope)):
        slope(gates[k], out=da[k])
        da[k] *= factors[k]  # (6), (7)
    through_h = context.empty("through_h", tanh_c.shape, tanh_c)  # (T, N, H)
    tanh_slope(tanh_c, out=through_h)
    through_h *= o
    dh = end_gradient(spec, dy, h[0], context)  # (N, H)
    dc = context.empty("dc", h[0].shape, h)
    dc[...] = 0
    U_T = by_gate(params["recurrent_weight"], spec.units).swapaxes(1, 2).copy()  # (4, H, H)
    product = context.empty("product", gates[:, 0].shape, gates)  # (4, N, H)
    for t in reversed(range(len(tanh_c))):
        if spec.return_sequences:
            dh += dy[:, t]  # (4)
        da[3, t] *= dh
        dh *= through_h[t]
        dc += dh  # (5)
        da[:3, t] *= dc
        dc *= f[t]  # (5)
        np.matmul(da[:, t], U_T, out=product)
        np.sum(product, axis=0, out=dh)  # (4)
    dx, grads = d_input_sums(params, read, da, context)  # (8)
    return dx, {**grads, "recurrent_weight": d_recurrent_weight(h, da)}
