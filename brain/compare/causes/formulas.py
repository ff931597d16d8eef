"""Mistakes that need another formula: what the layer would give, or pass back, if it had them.

Written in plain NumPy from the layer's declaration, for the comparison alone. Each gives only the
quantities that the mistake changes first: the output, or, where that is right, a gradient.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Alone, Array
from brain.parameters import Arrays
from brain.spec.activations import Activation
from brain.spec.images import windows

Found = tuple[str, Arrays]


def formulas(alone: Alone, right: Arrays) -> Iterator[Found]:
    """A mistake's name, and what the layer would give with it; `right` is what it should give."""
    for kinds, formula in FORMULAS.items():
        if isinstance(alone.layer, kinds):
            yield from formula(alone, right)


# Normalisations


def norms(alone: Alone, right: Arrays) -> Iterator[Found]:
    layer, x = alone.layer, alone.x
    gamma, beta = alone.parameters["gamma"], alone.parameters["beta"]
    over_batch = isinstance(layer, spec.BatchNorm)
    own = tuple(range(x.ndim - 1)) if over_batch else (x.ndim - 1,)
    eps: float = layer.eps  # type: ignore[attr-defined]
    if over_batch and not alone.training:
        return
    mean, var = x.mean(axis=own, keepdims=True), x.var(axis=own, keepdims=True)
    inv = 1 / np.sqrt(var + eps)
    unbiased = x.var(axis=own, keepdims=True, ddof=1)
    for cause, x_hat in {
        "the variance is divided by n - 1": (x - mean) / np.sqrt(unbiased + eps),
        "eps is added outside of the root": (x - mean) / (np.sqrt(var) + eps),
        "eps is left out": (x - mean) / np.sqrt(var),
        "the mean is not subtracted": x * inv,
        "it is not divided by the deviation": x - mean,
        "it is divided by the variance, not by its root": (x - mean) * inv**2,
    }.items():
        yield cause, {"output": x_hat * gamma + beta}
    for axes in other_axes(x.ndim, own):
        m, v = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        named = ", ".join(map(str, axes))
        y = (x - m) / np.sqrt(v + eps) * gamma + beta
        yield f"mean and variance are taken over the axes {named} of (N, ...)", {"output": y}
    if len(gamma) and not np.array_equal(gamma, beta):
        yield "gamma and beta are exchanged", {"output": (x - mean) * inv * beta + gamma}
    yield from d_norms(alone, (x - mean) * inv, inv, own)
    if over_batch:
        yield from statistics(alone, right, mean.ravel(), var.ravel(), unbiased.ravel())


def d_norms(alone: Alone, x_hat: Array, inv: Array, own: tuple[int, ...]) -> Iterator[Found]:
    """The way back with one of the terms of mean and variance left out."""
    g = alone.dy * alone.parameters["gamma"]
    of_mean = g.mean(axis=own, keepdims=True)
    of_var = x_hat * (g * x_hat).mean(axis=own, keepdims=True)
    for cause, dx in {
        "mean and variance are taken for constants": g * inv,
        "the variance is taken for a constant": (g - of_mean) * inv,
        "the mean is taken for a constant": (g - of_var) * inv,
    }.items():
        yield f"on the way back, {cause}", {"d_input": dx}
    sums = tuple(range(alone.x.ndim - 1))
    raw = (alone.dy * alone.x).sum(axis=sums)
    yield "the gradient of gamma is taken with the input, not normalised", {"d_gamma": raw}


def statistics(
    alone: Alone, right: Arrays, mean: Array, var: Array, unbiased: Array
) -> Iterator[Found]:
    """The running statistics taken up otherwise."""
    layer, old = alone.layer, alone.state
    momentum: float = layer.momentum  # type: ignore[attr-defined]
    names = ("running_mean", "running_var")

    def mixed(share: float, second: Array) -> Arrays:
        new = dict(zip(names, (mean, second), strict=True))
        return {f"next {k}": (1 - share) * old[k] + share * new[k] for k in names}

    yield "the running statistics stay as they were", {f"next {k}": old[k] for k in names}
    yield "the running variance stays as it was", {"next running_var": old["running_var"]}
    yield "the running mean stays as it was", {"next running_mean": old["running_mean"]}
    yield "the running variance is divided by n - 1", mixed(momentum, unbiased)
    for share in (1 - momentum, 0.01, 0.001, 0.1, 0.9, 0.99, 1.0):
        for second, also in ((var, ""), (unbiased, ", and the variance divided by n - 1")):
            yield (
                f"the running statistics take up {share:g} of the batch{also}",
                mixed(share, second),
            )


def other_axes(count: int, own: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for size in range(1, count + 1):
        for axes in itertools.combinations(range(count), size):
            if axes != own:
                yield axes


# Images


def pools(alone: Alone, right: Arrays) -> Iterator[Found]:
    layer, x = alone.layer, alone.x
    assert isinstance(layer, spec.MaxPool2D | spec.AvgPool2D)
    sides = [windows(n, layer.size, layer.step, layer.padding)[1:] for n in x.shape[1:3]]
    if any(map(any, sides)):
        padded = np.pad(x, ((0, 0), *sides, (0, 0)))
        cells = pieces(padded, layer)
        if isinstance(layer, spec.AvgPool2D):
            yield "padded cells are counted", {"output": cells.mean(axis=(3, 4))}
        else:
            yield "padded cells are taken for 0", {"output": cells.max(axis=(3, 4))}
    cells = pieces(np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=np.nan), layer)
    over = (3, 4)
    if isinstance(layer, spec.MaxPool2D):
        yield "it takes the mean", {"output": np.nanmean(cells, axis=over)}
        yield "it takes the smallest", {"output": np.nanmin(cells, axis=over)}
    else:
        yield "it takes the largest", {"output": np.nanmax(cells, axis=over)}
        yield "it takes the sum", {"output": np.nansum(cells, axis=over)}
    if isinstance(layer, spec.MaxPool2D):
        yield from d_max(alone, sides)


def pieces(padded: Array, layer: Any) -> Array:
    """The windows of an image, `(N, P, Q, size, size, C)`."""
    view = np.lib.stride_tricks.sliding_window_view(padded, (layer.size, layer.size), axis=(1, 2))
    return np.moveaxis(view[:, :: layer.step, :: layer.step], 3, -1)


def d_max(alone: Alone, sides: list[tuple[int, int]]) -> Iterator[Found]:
    """The gradient of a maximum shared out among all cells of its window."""
    layer, (rows, columns) = alone.layer, sides
    assert isinstance(layer, spec.MaxPool2D)
    full = np.zeros(np.pad(alone.x, ((0, 0), rows, columns, (0, 0))).shape)
    for p, q in np.ndindex(alone.dy.shape[1:3]):
        i, j = p * layer.step, q * layer.step
        share = alone.dy[:, p, q] / layer.size**2
        full[:, i : i + layer.size, j : j + layer.size] += share[:, None, None]
    height, width = alone.x.shape[1:3]
    dx = full[:, rows[0] : rows[0] + height, columns[0] : columns[0] + width]
    yield "the gradient is shared out among all cells of a window", {"d_input": dx}


def global_pool(alone: Alone, right: Arrays) -> Iterator[Found]:
    yield "it takes the largest", {"output": alone.x.max(axis=(1, 2))}
    yield "it takes the sum", {"output": alone.x.sum(axis=(1, 2))}


def flat(alone: Alone, right: Arrays) -> Iterator[Found]:
    """The axes of a sample read in another order."""
    letters = {3: "HWC", 2: "TD"}.get(alone.x.ndim - 1, "abcdef"[: alone.x.ndim - 1])
    for order in itertools.permutations(range(1, alone.x.ndim)):
        if order != tuple(range(1, alone.x.ndim)):
            y = alone.x.transpose(0, *order).reshape(len(alone.x), -1)
            named = ", ".join(letters[i - 1] for i in order)
            yield f"the numbers are read in the order {named}", {"output": y}


# Elementwise


def bent(alone: Alone, right: Arrays) -> Iterator[Found]:
    if isinstance(alone.layer, spec.Softmax):
        for axis in range(alone.x.ndim - 1):
            e = np.exp(alone.x - alone.x.max(axis=axis, keepdims=True))
            y = e / e.sum(axis=axis, keepdims=True)
            yield f"it is taken over axis {axis} of (N, ...)", {"output": y}
        y = right["output"]
        yield (
            "on the way back, the sum over the others is left out",
            {"d_input": alone.dy * y * (1 - y)},
        )
    if "d_input" in right:
        y = right["output"]
        yield "on the way back, the derivative is left out", {"d_input": alone.dy}
        yield (
            "on the way back, the derivative is that of a sigmoid",
            {"d_input": alone.dy * y * (1 - y)},
        )
        yield (
            "on the way back, the derivative is taken at the output",
            {"d_input": alone.dy * (1 - np.tanh(y) ** 2)},
        )
        yield "on the way back, the output is taken for the derivative", {"d_input": alone.dy * y}


# Sequences and nests


def recurrences(alone: Alone, right: Arrays) -> Iterator[Found]:
    layer = alone.layer
    assert isinstance(layer, spec.Recurrent)
    if isinstance(layer, spec.GRU):
        yield "the reset gate is applied before the product", {"output": reset_before(alone)}
        yield "the update gate keeps what it should take up", {"output": reset_before(alone, "z")}
    if isinstance(layer, spec.LSTM):
        for cause, squash in (("the cell is not squashed", False),):
            yield cause, {"output": lstm(alone, squash)}


def sigma(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def reset_before(alone: Alone, mistake: str = "reset") -> Array:
    """A GRU as Cho et al. 2014 have it, or with its update gate the other way round."""
    layer, p = alone.layer, alone.parameters
    assert isinstance(layer, spec.GRU)
    H = layer.units
    h, steps = np.zeros((len(alone.x), H)), []
    U, q = p["recurrent_weight"], p["recurrent_bias"]
    for t in range(alone.x.shape[1]):
        a = alone.x[:, t] @ p["weight"] + p["bias"]
        s = h @ U + q
        r, z = sigma(a[:, :H] + s[:, :H]), sigma(a[:, H : 2 * H] + s[:, H : 2 * H])
        inside = s[:, 2 * H :] * r
        if mistake == "reset":
            inside = (r * h) @ U[:, 2 * H :] + q[2 * H :]
        n = np.tanh(a[:, 2 * H :] + inside)
        h = (1 - z) * n + z * h if mistake == "reset" else z * n + (1 - z) * h
        steps.append(h)
    return np.stack(steps, axis=1) if layer.return_sequences else h


def lstm(alone: Alone, squash: bool) -> Array:
    """An LSTM whose cell goes out as it is, without tanh."""
    layer, p = alone.layer, alone.parameters
    assert isinstance(layer, spec.LSTM)
    h = c = np.zeros((len(alone.x), layer.units))
    steps = []
    for t in range(alone.x.shape[1]):
        a = alone.x[:, t] @ p["weight"] + h @ p["recurrent_weight"] + p["bias"]
        i, f, g, o = np.split(a, 4, axis=-1)
        c = sigma(f) * c + sigma(i) * np.tanh(g)
        h = sigma(o) * (np.tanh(c) if squash else c)
        steps.append(h)
    return np.stack(steps, axis=1) if layer.return_sequences else h


def tables(alone: Alone, right: Arrays) -> Iterator[Found]:
    """An Embedding that overwrites what it should add up, or never learns a row."""
    assert isinstance(alone.layer, spec.Embedding)
    last = np.zeros_like(alone.parameters["weight"])
    last[alone.x.ravel()] = alone.dy.reshape(-1, alone.layer.dim)
    yield "the gradient of a row is that of its last use alone", {"d_weight": last}
    for row in (0, alone.layer.vocab - 1):
        without = right["d_weight"].copy()
        without[row] = 0
        yield f"row {row} is never learned", {"d_weight": without}


def residuals(alone: Alone, right: Arrays) -> Iterator[Found]:
    """One of the two ways of a Residual left out, there or back."""
    if alone.x.shape == right["output"].shape:
        yield "the shortcut is left out", {"output": right["output"] - alone.x}
        yield "the body is left out", {"output": alone.x}
        if "d_input" in right:
            without = right["d_input"] - alone.dy
            yield "on the way back, the shortcut is left out", {"d_input": without}
            yield "on the way back, the body is left out", {"d_input": alone.dy}


FORMULAS: dict[Any, Any] = {
    (spec.BatchNorm, spec.LayerNorm): norms,
    (spec.MaxPool2D, spec.AvgPool2D): pools,
    spec.GlobalAvgPool2D: global_pool,
    spec.Flatten: flat,
    Activation: bent,
    (spec.RNN, spec.LSTM, spec.GRU): recurrences,
    spec.Embedding: tables,
    spec.Residual: residuals,
}
