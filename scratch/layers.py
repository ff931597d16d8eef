"""Every layer as two neighbouring pure functions, and the table that finds them.

    forward(spec, params, x, context) -> (y, cache)
    backward(spec, params, cache, dy, context) -> (dx, grads)

`params` and `grads` are keyed by local name, `"weight"`; for a nest, by place and layer, so that
`params["body"]["dense1"]["weight"]` is `residual1.body.dense1.weight`. The cache is exactly what
the backward pass must remember. `dx` is None where `context.wants_dx` is False.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.activations import ACTIVATIONS
from scratch.context import Context

Array = NDArray[Any]
Params = dict[str, Any]

# Dense: N batch (and any axes between), D in, H out


def plain_dense(params: Params, x: Array) -> Array:
    """Dense in loops over `x (N, D)`: the equation, number by number. theory/dense.md (1)"""
    weight, (samples, width) = params["weight"], x.shape
    units = weight.shape[1]
    z = np.zeros((samples, units), dtype=x.dtype)
    for n in range(samples):
        for j in range(units):
            z[n, j] = params["bias"][j] if "bias" in params else 0
            for i in range(width):
                z[n, j] += x[n, i] * weight[i, j]
    return z


def plain_d_dense(params: Params, x: Array, dz: Array) -> tuple[Array, Params]:
    """The derivatives of `plain_dense`: each product passes its share both ways. (2) to (4)"""
    weight = params["weight"]
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(weight[0])
    for n in range(len(x)):
        for j in range(weight.shape[1]):
            dbias[j] += dz[n, j]
            for i in range(x.shape[1]):
                dweight[i, j] += x[n, i] * dz[n, j]
                dx[n, i] += dz[n, j] * weight[i, j]
    return dx, {"weight": dweight, "bias": dbias} if "bias" in params else {"weight": dweight}


def dense(spec: spec.Dense, params: Params, x: Array, context: Context) -> tuple[Array, Array]:
    z = np.matmul(x, params["weight"], out=context.empty("z", (*x.shape[:-1], spec.units), x))
    if spec.bias:
        z += params["bias"]
    return z, x  # theory/dense.md (1)


def d_dense(
    spec: spec.Dense, params: Params, x: Array, dz: Array, context: Context
) -> tuple[Array | None, Params]:
    weight = params["weight"]
    x_rows, dz_rows = x.reshape(-1, x.shape[-1]), dz.reshape(-1, spec.units)  # (N, D), (N, H)
    dweight = context.empty("dweight", weight.shape, weight)
    grads: Params = {"weight": np.matmul(x_rows.T, dz_rows, out=dweight)}  # (2)  (D, H)
    if spec.bias:
        grads["bias"] = dz_rows.sum(axis=0)  # (3)  (H,)
    if not context.wants_dx:
        return None, grads
    return np.matmul(dz, weight.T, out=context.empty("dx", x.shape, x)), grads  # (4)  (N, D)


# Layers without parameters


def flatten(spec: spec.Flatten, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    return x.reshape(len(x), -1), x.shape


def d_flatten(
    spec: spec.Flatten, params: Params, shape: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    return dy.reshape(shape), {}


def dropout(spec: spec.Dropout, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    mask = context.mask  # 0, or 1 / (1 - rate): theory/dropout.md (1)
    return (x if mask is None else x * mask), mask


def d_dropout(
    spec: spec.Dropout, params: Params, mask: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    return (dy if mask is None else dy * mask), {}  # theory/dropout.md (2)


def activation(spec: spec.Layer, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    y = ACTIVATIONS[type(spec)][0](spec, x)
    return y, (x, y)


def d_activation(
    spec: spec.Layer, params: Params, cache: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    return ACTIVATIONS[type(spec)][1](spec, *cache, dy), {}


# Nests: a chain is one function after another, its derivative the same walk backwards


def chain(
    layers: Iterable[tuple[str, spec.Layer]], params: Params, x: Array, context: Context
) -> tuple[Array, list[Any]]:
    caches = []
    for name, layer in layers:
        inner = context.inside(name)
        x, cache = LAYERS[type(layer)][0](layer, params[name], x, inner)
        caches.append(cache)
        if inner.name in context.run.keep:
            context.run.trace.outputs[inner.name] = x.copy()
    return x, caches


def d_chain(
    layers: list[tuple[str, spec.Layer]],
    params: Params,
    caches: list[Any],
    dy: Array,
    context: Context,
) -> tuple[Array | None, Params]:
    grads: Params = {name: {} for name, _ in layers}
    # Nothing before the first layer with parameters needs a gradient, unless the caller wants dx.
    first = next((i for i, (name, _) in enumerate(layers) if params[name]), len(layers))
    last = 0 if context.wants_dx else first
    dx = dy
    for i in reversed(range(last, len(layers))):
        name, layer = layers[i]
        inner = context.inside(name)
        inner.wants_dx = context.wants_dx or i > first
        if inner.name in context.run.keep:
            context.run.trace.d_outputs[inner.name] = dx.copy()
        dx, grads[name] = LAYERS[type(layer)][1](layer, params[name], caches[i], dx, inner)
    return (dx if context.wants_dx else None), grads


def sequential(
    spec: spec.Sequential, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    return chain(named(spec.layers), params, x, context)


def d_sequential(
    spec: spec.Sequential, params: Params, caches: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    return d_chain(named(spec.layers), params, caches, dy, context)


def residual(spec: spec.Residual, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    body, body_caches = chain(named(spec.body), params["body"], x, context.inside("body"))
    short, short_caches = chain(
        named(spec.shortcut), params["shortcut"], x, context.inside("shortcut")
    )
    return body + short, (body_caches, short_caches)  # theory/residual.md (1)


def d_residual(
    spec: spec.Residual, params: Params, caches: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    inner, outer = context.inside("body"), context.inside("shortcut")
    inner.wants_dx = outer.wants_dx = context.wants_dx
    d_body, body_grads = d_chain(named(spec.body), params["body"], caches[0], dy, inner)
    d_short, short_grads = d_chain(named(spec.shortcut), params["shortcut"], caches[1], dy, outer)
    grads = {"body": body_grads, "shortcut": short_grads}
    if d_body is None or d_short is None:  # not wanted
        return None, grads
    return d_body + d_short, grads  # theory/residual.md (2)


def named(layers: tuple[spec.Layer, ...]) -> list[tuple[str, spec.Layer]]:
    """The layers of a chain with their names."""
    return list(spec.named(layers))


LAYERS: dict[type[spec.Layer], tuple[Callable[..., Any], Callable[..., Any]]] = {
    spec.Dense: (dense, d_dense),
    spec.Flatten: (flatten, d_flatten),
    spec.Dropout: (dropout, d_dropout),
    spec.Sequential: (sequential, d_sequential),
    spec.Residual: (residual, d_residual),
    **dict.fromkeys(ACTIVATIONS, (activation, d_activation)),
}
