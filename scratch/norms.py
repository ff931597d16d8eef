"""The layers that bring numbers to mean 0 and variance 1, in loops and fast.

Both subtract a mean and divide by a deviation; BatchNorm takes them over the batch, a channel at a
time, LayerNorm over the channels, a position at a time. N batch (and any axes between), C channels
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.dense import along, by_line, row_sums

Array = NDArray[Any]
Params = dict[str, Any]


def plain_standardized(values: Array, eps: float) -> tuple[Array, float, float]:
    """(x - mean) / sqrt(var + eps) of `(N,)`, the mean and the variance. theory/batchnorm.md (1)"""
    count = len(values)
    mean = sum(values) / count
    var = sum((x - mean) ** 2 for x in values) / count
    return np.array([(x - mean) / math.sqrt(var + eps) for x in values]), mean, var


def plain_d_standardized(values: Array, g: Array, eps: float) -> Array:
    """The derivative, every x against every number it moves. theory/batchnorm.md (6)"""
    x_hat, _, var = plain_standardized(values, eps)
    count, inv = len(values), 1 / math.sqrt(var + eps)
    dx = np.zeros_like(values)
    for i in range(count):
        for k in range(count):
            slope = inv * ((i == k) - 1 / count - x_hat[i] * x_hat[k] / count)
            dx[i] += g[k] * slope
    return dx


def groups(kind: type[spec.Layer], shape: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Where the numbers of `(N, C)` are that share a mean: a column each, or a row each."""
    if kind is spec.BatchNorm:
        yield from ((slice(None), c) for c in range(shape[1]))
    else:
        yield from ((n, slice(None)) for n in range(shape[0]))


def plain_norm(spec: spec.BatchNorm | spec.LayerNorm, params: Params, x: Array) -> Array:
    """Either layer, as in training, in loops over `x (N, C)`. theory/batchnorm.md (2)"""
    y = np.zeros_like(x)
    for place in groups(type(spec), x.shape):
        y[place] = plain_standardized(x[place], spec.eps)[0]
    for n, c in np.ndindex(x.shape):
        y[n, c] = params["gamma"][c] * y[n, c] + params["beta"][c]
    return y


def plain_d_norm(
    spec: spec.BatchNorm | spec.LayerNorm, params: Params, x: Array, dy: Array
) -> tuple[Array, Params]:
    """The derivatives of `plain_norm`. theory/batchnorm.md (3) to (6)"""
    dx, g, x_hat = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    dgamma, dbeta = np.zeros_like(params["gamma"]), np.zeros_like(params["beta"])
    for place in groups(type(spec), x.shape):
        x_hat[place] = plain_standardized(x[place], spec.eps)[0]
    for n, c in np.ndindex(x.shape):
        dgamma[c] += dy[n, c] * x_hat[n, c]
        dbeta[c] += dy[n, c]
        g[n, c] = dy[n, c] * params["gamma"][c]
    for place in groups(type(spec), x.shape):
        dx[place] = plain_d_standardized(x[place], g[place], spec.eps)
    return dx, {"gamma": dgamma, "beta": dbeta}


# BatchNorm: the mean of a channel is over all axes but the last


def channel_sums(lines: Array, channels: int) -> Array:
    """The sums over all positions, from lines `(L, W C)`."""
    return row_sums(lines).reshape(-1, channels).sum(axis=0)  # (C,)


def batchnorm(
    spec: spec.BatchNorm, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    lines, channels = by_line(x), x.shape[-1]
    y = context.empty("y", lines.shape, x)
    kept = context.training or context.backward
    centred = context.empty("centred", lines.shape, x) if kept else y
    batch = None
    if context.training:  # the mean of the whole batch, of which x may be a part
        count = x.size // channels * context.samples(x) // len(x)
        mean = context.over_batch(channel_sums(lines, channels)) / count
        np.subtract(lines, along(lines, mean), out=centred)
        np.multiply(centred, centred, out=y)  # of the differences: E[x^2] - mean^2 cancels
        var = context.over_batch(channel_sums(y, channels)) / count
        batch = {"running_mean": mean, "running_var": var}  # (C,)
    else:
        mean, var = context.state["running_mean"], context.state["running_var"]
        np.subtract(lines, along(lines, mean), out=centred)  # (9)
    inv = 1 / np.sqrt(var + spec.eps)  # (1)
    np.multiply(centred, along(lines, params["gamma"] * inv), out=y)
    y += along(lines, params["beta"])  # theory/batchnorm.md (2)
    return y.reshape(x.shape), (centred, inv, batch)


def d_batchnorm(
    spec: spec.BatchNorm, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    (centred, inv, batch), d_lines, channels = cache, by_line(dy), dy.shape[-1]
    dx = context.empty("y", d_lines.shape, dy)  # whoever was given y has gone back before
    np.multiply(d_lines, centred, out=dx)
    dgamma = channel_sums(dx, channels) * inv  # theory/batchnorm.md (3)
    dbeta = channel_sums(d_lines, channels)  # (4)
    grads = {"gamma": dgamma, "beta": dbeta}
    slope = params["gamma"] * inv  # (5)  (C,)
    if not context.wants_dx:
        return None, grads
    if batch is None:  # in evaluation the statistics are constants
        np.multiply(d_lines, along(dx, slope), out=dx)  # (10)
        return dx.reshape(dy.shape), grads
    count = dy.size // channels * context.samples(dy) // len(dy)
    for_var, for_mean = context.over_batch(np.stack((dgamma, dbeta))) / count  # of the whole batch
    np.multiply(centred, along(dx, inv * for_var), out=dx)
    dx += along(dx, for_mean)
    np.subtract(d_lines, dx, out=dx)
    dx *= along(dx, slope)  # (7)
    return dx.reshape(dy.shape), grads


def next_batchnorm(spec: spec.BatchNorm, state: dict[str, Array], cache: Any) -> dict[str, Array]:
    batch, m = cache[2], spec.momentum
    return {name: (1 - m) * state[name] + m * batch[name] for name in state}  # (8)


# LayerNorm: the mean of a position is over the last axis


def position_means(x: Array) -> Array:
    return x.mean(axis=-1, keepdims=True)  # (N, 1)


def layernorm(
    spec: spec.LayerNorm, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    x_hat = np.subtract(x, position_means(x), out=context.empty("x_hat", x.shape, x))
    y = np.multiply(x_hat, x_hat, out=context.empty("y", x.shape, x))
    inv = 1 / np.sqrt(position_means(y) + spec.eps)  # (N, 1)
    x_hat *= inv  # theory/layernorm.md (1)
    np.multiply(x_hat, params["gamma"], out=y)
    y += params["beta"]  # (2)
    return y, (x_hat, inv)


def d_layernorm(
    spec: spec.LayerNorm, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    x_hat, inv = cache
    dx = np.multiply(dy, x_hat, out=context.empty("dx", dy.shape, dy))
    grads = {"gamma": row_sums(dx), "beta": row_sums(dy)}  # (3), (4)
    if not context.wants_dx:
        return None, grads
    g = np.multiply(dy, params["gamma"], out=context.empty("g", dy.shape, dy))
    np.multiply(g, x_hat, out=dx)
    np.multiply(x_hat, position_means(dx), out=dx)
    np.subtract(g, dx, out=dx)
    dx -= position_means(g)
    dx *= inv  # (5)
    return dx, grads
