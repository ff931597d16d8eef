"""Every layer as two neighbouring pure functions, and the table that finds them.

    forward(spec, params, x, context) -> (y, cache)
    backward(spec, params, cache, dy, context) -> (dx, grads)

`params` and `grads` are keyed by local name, `"weight"`; for a nest, by place and layer, so that
`params["body"]["dense1"]["weight"]` is `residual1.body.dense1.weight`. The cache is exactly what
the backward pass must remember. `dx` is None where `context.wants_dx` is False. A layer with
running statistics has a third, next_state(spec, state, cache) -> state, called in training alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from scratch.activations import ACTIVATIONS, d_relu, relu
from scratch.context import Context
from scratch.dense import d_dense, dense
from scratch.embedding import d_embedding, embedding, unread_embedding
from scratch.gru import d_gru, gru
from scratch.images import conv2d, d_conv2d
from scratch.lstm import d_lstm, lstm
from scratch.norms import batchnorm, d_batchnorm, d_layernorm, layernorm, next_batchnorm
from scratch.pooling import (
    avg_pool,
    d_avg_pool,
    d_global_avg_pool,
    d_max_pool,
    global_avg_pool,
    max_pool,
)
from scratch.recurrent import d_rnn, rnn

Array = NDArray[Any]
Params = dict[str, Any]

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


def rectified(spec: spec.ReLU, params: Params, x: Array, context: Context) -> tuple[Array, Any]:
    """ReLU, which is nearly all activations there are, in arrays that are reused."""
    y = relu(spec, x, out=context.empty("y", x.shape, x))
    return y, y


def d_rectified(
    spec: spec.ReLU, params: Params, y: Any, dy: Array, context: Context
) -> tuple[Array, Params]:
    return d_relu(spec, y, y, dy, out=context.empty("dx", dy.shape, dy)), {}


# Nests: a chain is one function after another, its derivative the same walk backwards


def chain(
    layers: list[tuple[str, spec.Layer]], params: Params, x: Array, context: Context
) -> tuple[Array, list[Any]]:
    caches = []
    for i, (name, layer) in enumerate(layers):
        inner = context.inside(name)
        forward, _, *next_state = LAYERS[type(layer)]
        if folds(layers[i : i + 2], inner):
            forward = unread_embedding
        x, cache = forward(layer, params[name], x, inner)
        if context.backward:
            caches.append(cache)
        if next_state and context.training:
            context.run.next_state[inner.name] = next_state[0](layer, inner.state, cache)
        if inner.name in context.run.keep:
            context.run.trace.outputs[inner.name] = x.copy()
    return x, caches


def folds(layers: list[tuple[str, spec.Layer]], context: Context) -> bool:
    """Whether the first layer is an Embedding whose table the second may multiply as a whole.

    Where its output is asked for, it may not. The table is multiplied once, and once more goes into
    its gradient; rows that were read would be multiplied three times.
    """
    first = layers[0][1]
    forward, *following = (LAYERS[type(layer)][0] for _, layer in layers)
    return (
        isinstance(first, spec.Embedding)
        and forward is embedding
        and following in ([rnn], [lstm], [gru])
        and first.vocab <= 2 * first.dim
        and context.name not in context.run.keep
    )


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
    y = np.add(body, short, out=context.empty("y", body.shape, body))
    return y, (body_caches, short_caches)  # theory/residual.md (1)


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
    # whoever was given y has gone back before: it makes room
    key = "y" if d_body.shape == dy.shape else "dx"
    dx = np.add(d_body, d_short, out=context.empty(key, d_body.shape, dy))
    return dx, grads  # theory/residual.md (2)


def bidirectional(
    spec: spec.Bidirectional, params: Params, x: Array, context: Context
) -> tuple[Array, Any]:
    layer = named((spec.layer,))
    ahead, ahead_caches = chain(layer, params["forward"], x, context.inside("forward"))
    twin, twin_caches = chain(layer, params["backward"], x[:, ::-1], context.inside("backward"))
    y = np.concatenate((ahead, _turned(twin)), axis=-1)  # theory/bidirectional.md (1), (2)
    return y, (ahead_caches, twin_caches)  # (N, T, 2H) or (N, 2H)


def d_bidirectional(
    spec: spec.Bidirectional, params: Params, caches: Any, dy: Array, context: Context
) -> tuple[Array | None, Params]:
    layer, half = named((spec.layer,)), dy.shape[-1] // 2
    inner, outer = context.inside("forward"), context.inside("backward")
    inner.wants_dx = outer.wants_dx = context.wants_dx
    d_ahead, grads = d_chain(layer, params["forward"], caches[0], dy[..., :half], inner)
    d_turned = _turned(dy[..., half:])
    d_twin, twin_grads = d_chain(layer, params["backward"], caches[1], d_turned, outer)
    both = {"forward": grads, "backward": twin_grads}
    if d_ahead is None or d_twin is None:  # not wanted
        return None, both
    return d_ahead + _turned(d_twin), both  # (3)


def _turned(sequences: Array) -> Array:
    """Last step first; what has no steps, the state at the end alone, stays as it is."""
    return sequences[:, ::-1] if sequences.ndim == 3 else sequences


def named(layers: tuple[spec.Layer, ...]) -> list[tuple[str, spec.Layer]]:
    """The layers of a chain with their names."""
    return list(spec.named(layers))


LAYERS: dict[type[spec.Layer], tuple[Callable[..., Any], ...]] = {
    spec.Dense: (dense, d_dense),
    spec.Flatten: (flatten, d_flatten),
    spec.Dropout: (dropout, d_dropout),
    spec.Conv2D: (conv2d, d_conv2d),
    spec.MaxPool2D: (max_pool, d_max_pool),
    spec.AvgPool2D: (avg_pool, d_avg_pool),
    spec.GlobalAvgPool2D: (global_avg_pool, d_global_avg_pool),
    spec.BatchNorm: (batchnorm, d_batchnorm, next_batchnorm),
    spec.LayerNorm: (layernorm, d_layernorm),
    spec.Embedding: (embedding, d_embedding),
    spec.Sequential: (sequential, d_sequential),
    spec.Residual: (residual, d_residual),
    spec.RNN: (rnn, d_rnn),
    spec.LSTM: (lstm, d_lstm),
    spec.GRU: (gru, d_gru),
    spec.Bidirectional: (bidirectional, d_bidirectional),
    **dict.fromkeys(ACTIVATIONS, (activation, d_activation)),
    spec.ReLU: (rectified, d_rectified),
}
