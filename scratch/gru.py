"""GRU, plain and fast. theory/gru.md

T time, N batch, D in, H hidden; the gates r, z, n lie side by side in the weights, `3H`
wide, and inside come first, as recurrent.py has it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.dense import row_sums
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


def gru(spec: spec.GRU, params: Params, x: Array | Rows, context: Context) -> tuple[Array, Any]:
    gates, read = input_sums(params, x, spec.units, context)  # (3, T, N, H)
    h = begin("hidden", gates, context)  # (T + 1, N, H)
    U = by_gate(params["recurrent_weight"], spec.units).copy()  # (3, H, H)
    q = params["recurrent_bias"].reshape(-1, 1, spec.units)  # (3, 1, H)
    sn = context.empty("sn", h[1:].shape, h)  # (T, N, H): n's part of h U + q
    gates[:2] += q[:2, None]
    product = context.empty("product", gates[:2, 0].shape, gates)  # (2, N, H)
    for t in range(len(sn)):
        rz, n = gates[:2, t], gates[2, t]
        rz += np.matmul(h[t], U[:2], out=product)
        sigmoid(rz)  # (1)
        r, z = rz
        np.matmul(h[t], U[2], out=sn[t])
        sn[t] += q[2]
        n += np.multiply(r, sn[t], out=h[t + 1])
        np.tanh(n, out=n)  # (2)
        np.subtract(h[t], n, out=h[t + 1])
        h[t + 1] *= z
        h[t + 1] += n  # (3): n + z (h - n)
    context.hand_on("hidden", h[-1])
    return output(spec, h), (read, gates, h, sn)


def d_gru(
    spec: spec.GRU, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    read, gates, h, sn = cache
    r, z, n = gates
    # Whatever does not wait for the step behind is computed for all steps at once.
    da = context.empty("da", gates.shape, gates)  # (3, T, N, H)
    dsn = context.empty("dsn", sn.shape, sn)  # (T, N, H): where ds is not da
    sigmoid_slope(gates[:2], out=da[:2])
    tanh_slope(n, out=da[2])
    da[0] *= sn  # (5), (6)
    da[1] *= np.subtract(h[:-1], n, out=dsn)  # (4), (6)
    da[2] *= np.subtract(1, z, out=dsn)  # (4), (5)
    dh = end_gradient(spec, dy, h[0], context)  # (N, H)
    U_T = by_gate(params["recurrent_weight"], spec.units).swapaxes(1, 2).copy()  # (3, H, H)
    ways = context.empty("ways", (4, *dh.shape), dh)  # (4, N, H): through r, z, n, and around them
    for t in reversed(range(len(sn))):
        if spec.return_sequences:
            dh += dy[:, t]  # (8)
        da[1:, t] *= dh
        da[0, t] *= da[2, t]
        np.multiply(da[2, t], r[t], out=dsn[t])  # (7)
        np.matmul(da[:2, t], U_T[:2], out=ways[:2])
        np.matmul(dsn[t], U_T[2], out=ways[2])
        np.multiply(dh, z[t], out=ways[3])
        np.sum(ways, axis=0, out=dh)  # (8)
    dx, grads = d_input_sums(params, read, da, context)
    halves = d_recurrent_weight(h, da[:2]), d_recurrent_weight(h, dsn[None])
    grads["recurrent_weight"] = np.concatenate(halves, axis=1)
    d_q = row_sums(dsn)  # (9): the others are those of b
    grads["recurrent_bias"] = np.concatenate((grads["bias"][: 2 * spec.units], d_q))
    return dx, grads
