"""GRU, plain and fast. theory/gru.md

T time, N batch, D in, H hidden; the gates r, z, n lie side by side, `3H` wide.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.dense import row_sums
from scratch.recurrent import (
    Array,
    Params,
    begin,
    by_time,
    end_gradient,
    input_gradient,
    input_sums,
    output,
    plain_d_sums,
    plain_sums,
    sigmoid,
    sigmoid_slope,
    tanh_slope,
    weight_gradients,
)


def plain_gru(spec: spec.GRU, params: Params, x: Array, h0: Array) -> tuple[Array, Array, Array]:
    """h of every step `(N, T, H)`; its gates and h U + q, `(N, T, 3H)`. theory/gru.md (1) to (3)"""
    (samples, time, _), H = x.shape, spec.units
    h, gates, s = (np.zeros((samples, time, width)) for width in (H, 3 * H, 3 * H))
    for n in range(samples):
        before = h0[n]
        for t in range(time):
            a = plain_sums(x[n, t], params["weight"], params["bias"])
            s[n, t] = plain_sums(before, params["recurrent_weight"], params["recurrent_bias"])
            for j in range(H):
                r, z = (1 / (1 + math.exp(-a[k + j] - s[n, t, k + j])) for k in (0, H))
                new = math.tanh(a[2 * H + j] + r * s[n, t, 2 * H + j])
                gates[n, t, j::H] = r, z, new
                h[n, t, j] = (1 - z) * new + z * before[j]
            before = h[n, t]
    return h, gates, s


def plain_d_gru(
    spec: spec.GRU, params: Params, x: Array, h0: Array, dy: Array
) -> tuple[Array, Params]:
    """The derivatives of `plain_gru` for `dy (N, T, H)`, last step first. (4) to (9)"""
    h, gates, s = plain_gru(spec, params, x, h0)
    dx, grads = np.zeros_like(x), {name: np.zeros_like(array) for name, array in params.items()}
    H = spec.units
    for n in range(len(x)):
        dh = [0.0] * H
        for t in reversed(range(x.shape[1])):
            before = h[n, t - 1] if t else h0[n]
            da, ds, around = [0.0] * (3 * H), [0.0] * (3 * H), [0.0] * H
            for j in range(H):
                r, z, new = gates[n, t, j::H]
                dh_j = dy[n, t, j] + dh[j]  # (8)
                d_new = dh_j * (1 - z) * (1 - new**2)  # (4), (5)
                da[j] = d_new * s[n, t, 2 * H + j] * r * (1 - r)  # (5), (6)
                da[H + j] = dh_j * (before[j] - new) * z * (1 - z)  # (4), (6)
                da[2 * H + j] = d_new
                ds[j], ds[H + j], ds[2 * H + j] = da[j], da[H + j], d_new * r  # (7)
                around[j] = dh_j * z
            grads["bias"] += da  # (9)
            grads["recurrent_bias"] += ds
            dx[n, t] = plain_d_sums(x[n, t], params["weight"], da, grads["weight"])
            U = params["recurrent_weight"]
            through = plain_d_sums(before, U, ds, grads["recurrent_weight"])
            dh = [around[j] + through[j] for j in range(H)]  # (8)
    return dx, grads


def gru(spec: spec.GRU, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    H = spec.units
    steps = by_time(x, context)  # (T, N, D)
    gates = input_sums(params, steps, context)  # (T, N, 3H)
    h = begin("hidden", steps, H, context)  # (T + 1, N, H)
    sn = context.empty("sn", h[1:].shape, h)  # (T, N, H): n's part of h U + q
    product = context.empty("product", gates[0].shape, gates)  # (N, 3H)
    for t in range(len(steps)):
        np.matmul(h[t], params["recurrent_weight"], out=product)
        product += params["recurrent_bias"]
        sn[t] = product[:, 2 * H :]
        rz, n = gates[t, :, : 2 * H], gates[t, :, 2 * H :]
        rz += product[:, : 2 * H]
        sigmoid(rz)  # (1)
        r, z = rz[:, :H], rz[:, H:]
        np.multiply(r, sn[t], out=h[t + 1])
        n += h[t + 1]
        np.tanh(n, out=n)  # (2)
        np.subtract(h[t], n, out=h[t + 1])
        h[t + 1] *= z
        h[t + 1] += n  # (3): n + z (h - n)
    context.hand_on("hidden", h[-1])
    return output(spec, h), (steps, gates, h, sn)


def d_gru(
    spec: spec.GRU, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    H = spec.units
    steps, gates, h, sn = cache
    da = context.empty("da", gates.shape, gates)  # (T, N, 3H), to begin with the gates' slopes
    sigmoid_slope(gates[..., : 2 * H], out=da[..., : 2 * H])
    tanh_slope(gates[..., 2 * H :], out=da[..., 2 * H :])
    ds = context.empty("ds", gates.shape, gates)  # (T, N, 3H)
    through = context.empty("through", h[0].shape, h)  # (N, H)
    dh = end_gradient(spec, dy, h[0], context)  # (N, H)
    for t in reversed(range(len(steps))):
        if spec.return_sequences:
            dh += dy[:, t]  # (8)
        r, z, n = (gates[t, :, k : k + H] for k in (0, H, 2 * H))
        dr, dz, dn = (da[t, :, k : k + H] for k in (0, H, 2 * H))
        dz *= dh
        dz *= np.subtract(h[t], n, out=through)  # (4), (6)
        dn *= dh
        dn *= np.subtract(1, z, out=through)  # (4), (5)
        dr *= dn
        dr *= sn[t]  # (5), (6)
        ds[t] = da[t]
        ds[t, :, 2 * H :] *= r  # (7)
        dh *= z
        dh += np.matmul(ds[t], params["recurrent_weight"].T, out=through)  # (8)
    grads = weight_gradients(steps, h, da, ds, context)
    grads["recurrent_bias"] = row_sums(ds)  # (9)
    return input_gradient(params, da, context), grads
