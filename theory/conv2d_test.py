"""The equations of conv2d.md, held against the code."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from brain import spec
from brain.spec.images import Padding, windows
from scratch.context import Context
from scratch.images import conv2d, d_conv2d
from scratch.windows import Windows
from theory.equations import Array, near, normal, same, slope

# Height, width, kernel, stride, dilation and padding, all unequal; with groups and without.
LAYERS = [
    spec.Conv2D(4, kernel=3, stride=2, padding=2, groups=2),
    spec.Conv2D(4, kernel=3, stride=2, padding="same"),
    spec.Conv2D(2, kernel=2, dilation=2, padding=1, groups=2),
]
X = normal("x", 3, 5, 6, 2)

each_layer = pytest.mark.parametrize("layer", LAYERS, ids=repr)


def parameters(layer: spec.Conv2D) -> dict[str, Array]:
    infos = layer.parameters(X.shape[1:])
    return {name: normal(name, *info.shape) for name, info in infos.items()}


def cotangent(layer: spec.Conv2D) -> Array:
    return normal("dz", len(X), *layer.output_shape(X.shape[1:]))


def conv_forward(layer: spec.Conv2D, x: Array = X, **changed: Array) -> Array:
    return conv2d(layer, {**parameters(layer), **changed}, x, Context())[0]


def conv_backward(layer: spec.Conv2D) -> tuple[Any, dict[str, Any]]:
    cache = conv2d(layer, parameters(layer), X, Context())[1]
    return d_conv2d(layer, parameters(layer), cache, cotangent(layer), Context())


def products(layer: spec.Conv2D) -> Any:
    """Every product of equation (1): the places of its x, its w and its z, but for n."""
    height, width, channels = X.shape[1:]
    rows, columns, filters = layer.output_shape(X.shape[1:])
    above, left = (
        windows(n, layer.kernel, layer.stride, layer.padding, layer.dilation)[1]
        for n in (height, width)
    )
    depth = channels // layer.groups
    for p, q, f in np.ndindex(rows, columns, filters):
        for i, j, c in np.ndindex(layer.kernel, layer.kernel, depth):
            h = p * layer.stride + i * layer.dilation - above
            w = q * layer.stride + j * layer.dilation - left
            if h in range(height) and w in range(width):
                group = f // (filters // layer.groups)
                yield (h, w, group * depth + c), (i, j, c, f), (p, q, f)


@each_layer
def test_conv2d_1_forward(layer: spec.Conv2D) -> None:
    params = parameters(layer)
    z = np.zeros_like(cotangent(layer)) + params["bias"]
    for x, w, out in products(layer):
        z[:, *out] += X[:, *x] * params["weight"][w]
    same(conv_forward(layer), z)


@each_layer
def test_conv2d_2_gradient_of_the_weight(layer: spec.Conv2D) -> None:
    weight, dz = parameters(layer)["weight"], cotangent(layer)
    dw = np.zeros_like(weight)
    for x, w, out in products(layer):
        dw[w] += X[:, *x] @ dz[:, *out]
    gradient = conv_backward(layer)[1]["weight"]
    same(gradient, dw)
    near(gradient, slope(lambda w: np.sum(dz * conv_forward(layer, weight=w)), weight))


@each_layer
def test_conv2d_3_gradient_of_the_bias(layer: spec.Conv2D) -> None:
    bias, dz = parameters(layer)["bias"], cotangent(layer)
    gradient = conv_backward(layer)[1]["bias"]
    same(gradient, [dz[..., f].sum() for f in range(layer.filters)])
    near(gradient, slope(lambda b: np.sum(dz * conv_forward(layer, bias=b)), bias))


@each_layer
def test_conv2d_4_gradient_of_the_input(layer: spec.Conv2D) -> None:
    weight, dz = parameters(layer)["weight"], cotangent(layer)
    wanted = np.zeros_like(X)
    for x, w, out in products(layer):
        wanted[:, *x] += dz[:, *out] * weight[w]
    dx = conv_backward(layer)[0]
    same(dx, wanted)
    near(dx, slope(lambda x: np.sum(dz * conv_forward(layer, x)), X))


def test_conv2d_4_is_a_convolution_with_the_kernel_turned() -> None:
    layer = spec.Conv2D(4, kernel=3, bias=False)
    weight, dz = parameters(layer)["weight"], cotangent(layer)
    turned = weight[::-1, ::-1].swapaxes(2, 3)
    back = conv2d(spec.Conv2D(2, 3, padding=2, bias=False), {"weight": turned}, dz, Context())[0]
    cache = conv2d(layer, {"weight": weight}, X, Context())[1]
    same(d_conv2d(layer, {"weight": weight}, cache, dz, Context())[0], back)


def test_conv2d_5_6_7_8_matrix_products() -> None:
    """Without groups; the whole of it once more from its own equations."""
    layer = LAYERS[1]
    params, dz = parameters(layer), cotangent(layer)
    weight = params["weight"]
    patches = np.zeros((*dz.shape[:3], *weight.shape[:3]))
    for (h, w, _), (i, j, c, f), (p, q, _) in products(layer):
        if f == 0:
            patches[:, p, q, i, j, c] = X[:, h, w, c]
    a = patches.reshape(-1, math.prod(weight.shape[:3]))  # (5)
    matrix, rows = weight.reshape(-1, layer.filters), dz.reshape(-1, layer.filters)
    z, cache = conv2d(layer, params, X, Context())
    where = Windows.on(X.shape, layer.kernel, layer.stride, layer.padding, layer.dilation)
    found = where.patches(cache, layer.groups, Context())
    same(np.concatenate([patches[0].copy() for _, patches in found]), a)
    same(z.reshape(rows.shape), a @ matrix + params["bias"])  # (6)
    dx, grads = d_conv2d(layer, params, cache, dz, Context())
    same(grads["weight"].reshape(matrix.shape), a.T @ rows)  # (7)
    wanted = np.zeros_like(X)
    for i, j in np.ndindex(3, 3):
        share = dz @ weight[i, j].T  # (8)
        for (h, w, c), (*place, _, f), (p, q, _) in products(layer):
            if place == [i, j] and f == 0:
                wanted[:, h, w, c] += share[:, p, q, c]
    same(dx, wanted)


@pytest.mark.parametrize("padding", ["valid", 0, 1, 3])
def test_conv2d_9_how_many_windows(padding: Padding) -> None:
    t = 0 if padding == "valid" else int(padding)
    for n, k, s, d in np.ndindex(12, 4, 3, 3):
        length, size, stride, dilation = n + 7, k + 1, s + 1, d + 1
        reach = (size - 1) * dilation + 1
        if reach > length + 2 * t:
            continue
        first = range(-t, length + t - reach + 1, stride)  # where each window begins
        count = (length + 2 * t - reach) // stride + 1
        assert windows(length, size, stride, padding, dilation) == (count, t, t)
        assert len(first) == count


def test_conv2d_10_same() -> None:
    for n, k, s, d in np.ndindex(12, 5, 4, 3):
        length, size, stride, dilation = n + 1, k + 1, s + 1, d + 1
        reach = (size - 1) * dilation + 1
        count, before, after = windows(length, size, stride, "same", dilation)
        assert count == math.ceil(length / stride)
        assert before + after == max((count - 1) * stride + reach - length, 0)
        assert before == (before + after) // 2
        # one more would not fit, and (9) counts as many
        assert (length + before + after - reach) // stride + 1 == count


def padded_for(layer: spec.Conv2D) -> tuple[Windows, Any]:
    where = Windows.on(X.shape, layer.kernel, layer.stride, layer.padding, layer.dilation)
    return where, where.padded(X, 0, Context())


@each_layer
def test_conv2d_11_windows_are_a_view(layer: spec.Conv2D) -> None:
    where, padded = padded_for(layer)
    k, s, d = layer.kernel, layer.stride, layer.dilation
    n, h, w, c = padded.strides
    places = (where.rows[0], where.columns[0], k, k)
    strides = (n, s * h, s * w, d * h, d * w, c)
    view = as_strided(padded, (len(X), *places, X.shape[-1]), strides, writeable=False)
    for p, q, i, j in np.ndindex(places):
        same(view[:, p, q, i, j], padded[:, p * s + i * d, q * s + j * d])
    for i, j, cells in where.cells(padded):
        same(cells, view[:, :, :, i, j])
        assert cells.strides == (n, s * h, s * w, c)
        assert np.shares_memory(cells, padded)  # nothing was copied


def test_conv2d_12_a_row_of_a_window_is_one_stretch() -> None:
    layer = LAYERS[1]
    where, padded = padded_for(layer)
    k, s, channels = layer.kernel, layer.stride, X.shape[-1]
    assert padded.strides[2] == channels * padded.strides[3]
    flat = padded.reshape(len(X), padded.shape[1], -1)
    a = [
        flat[n, p * s + i, q * s * channels + m]
        for n, p, q in np.ndindex(len(X), where.rows[0], where.columns[0])
        for i, m in np.ndindex(k, k * channels)
    ]
    found = where.patches(X, layer.groups, Context())
    same(np.concatenate([patches[0].copy() for _, patches in found]).ravel(), a)
