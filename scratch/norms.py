"""The layers that bring numbers to mean 0 and variance 1, in loops and fast.

Both subtract a mean and divide by a deviation; BatchNorm takes them over the batch, a channel at a
time, LayerNorm over the channels, a position at a time. N batch (and any axes between), C channels
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.context import Context
from scratch.dense import row_sums

Array = NDArray[Any]
Params = dict[str, Any]
Means = Callable[[Array], Array]


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


# What both share; `means` is one of the first two, which tell what numbers have one mean


def channel_means(x: Array) -> Array:
    return row_sums(x) / (x.size // x.shape[-1])  # (C,)


def position_means(x: Array) -> Array:
    return x.mean(axis=-1, keepdims=True)  # (N, 1)


def standardized(
    x: Array, means: Means, eps: float, context: Context
) -> tuple[Array, Array, Array, Array]:
    mean = means(x)
    x_hat = np.subtract(x, mean, out=context.empty("x_hat", x.shape, x))
    squares = np.multiply(x_hat, x_hat, out=context.empty("y", x.shape, x))
    var = means(squares)  # of the differences: E[x^2] - mean^2 cancels
    inv = 1 / np.sqrt(var + eps)
    x_hat *= inv  # theory/batchnorm.md (1)
    return x_hat, inv, mean, var


def d_standardized(x_hat: Array, inv: Array, g: Array, means: Means, context: Context) -> Array:
    dx = np.multiply(g, x_hat, out=context.empty("dx", g.shape, g))
    along = means(dx)
    np.multiply(x_hat, along, out=dx)
    np.subtract(g, dx, out=dx)
    dx -= means(g)
    dx *= inv  # theory/batchnorm.md (7)
    return dx


def scaled(params: Params, x_hat: Array, context: Context) -> Array:
    y = np.multiply(x_hat, params["gamma"], out=context.empty("y", x_hat.shape, x_hat))
    y += params["beta"]  # theory/batchnorm.md (2)
    return y


def d_scaled(params: Params, x_hat: Array, dy: Array, context: Context) -> tuple[Array, Params]:
    g = np.multiply(dy, x_hat, out=context.empty("g", dy.shape, dy))
    dgamma = row_sums(g)  # theory/batchnorm.md (3)  (C,)
    dbeta = row_sums(dy)  # (4)  (C,)
    np.multiply(dy, params["gamma"], out=g)  # (5)  (N, C)
    return g, {"gamma": dgamma, "beta": dbeta}


# BatchNorm: the mean of a channel is over all axes but the last


def batchnorm(
    spec: spec.BatchNorm, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    if context.training:
        x_hat, inv, mean, var = standardized(x, channel_means, spec.eps, context)
        batch = {"running_mean": mean, "running_var": var}  # (C,)
        return scaled(params, x_hat, context), (x_hat, inv, batch)
    inv = 1 / np.sqrt(context.state["running_var"] + spec.eps)  # (C,)
    x_hat = np.subtract(x, context.state["running_mean"], out=context.empty("x_hat", x.shape, x))
    x_hat *= inv  # theory/batchnorm.md (9)  (N, C)
    return scaled(params, x_hat, context), (x_hat, inv, None)


def d_batchnorm(
    spec: spec.BatchNorm, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    x_hat, inv, batch = cache
    g, grads = d_scaled(params, x_hat, dy, context)
    if not context.wants_dx:
        return None, grads
    if batch is None:  # in evaluation the statistics are constants
        return np.multiply(g, inv, out=context.empty("dx", g.shape, g)), grads  # (10)
    return d_standardized(x_hat, inv, g, channel_means, context), grads


def next_batchnorm(spec: spec.BatchNorm, state: dict[str, Array], cache: Any) -> dict[str, Array]:
    batch, m = cache[2], spec.momentum
    return {name: (1 - m) * state[name] + m * batch[name] for name in state}  # (8)


# LayerNorm: the mean of a position is over the last axis


def layernorm(
    spec: spec.LayerNorm, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    # theory/layernorm.md (1)
    x_hat, inv, _, _ = standardized(x, position_means, spec.eps, context)
    return scaled(params, x_hat, context), (x_hat, inv)  # (2)


def d_layernorm(
    spec: spec.LayerNorm, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    x_hat, inv = cache
    g, grads = d_scaled(params, x_hat, dy, context)  # (3), (4)
    if not context.wants_dx:
        return None, grads
    return d_standardized(x_hat, inv, g, position_means, context), grads  # (5)
