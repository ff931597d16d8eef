"""The equations of rnn.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brain import spec
from scratch.context import Context, Pass
from scratch.recurrent import d_rnn, rnn
from theory.equations import Array, near, normal, same, slope

# N, T, D, H = 3, 4, 2, 5
LAYER = spec.RNN(5, return_sequences=True)
RELU = spec.RNN(5, activation="relu", return_sequences=True)
PARAMS = {
    "weight": normal("w", 2, 5),
    "recurrent_weight": normal("u", 5, 5) / 2,
    "bias": normal("b", 5),
}
X, H0, DY = normal("x", 3, 4, 2), normal("h0", 3, 5), normal("dy", 3, 4, 5)

both = pytest.mark.parametrize("layer", [LAYER, RELU], ids=["tanh", "relu"])


def passed(layer: spec.RNN, x: Array = X, **changed: Array) -> tuple[Array, Any, Context]:
    context = Context(Pass(carry={"rnn.hidden": H0}), "rnn")
    return *rnn(layer, PARAMS | changed, x, context), context


def value(layer: spec.RNN, x: Array = X, **changed: Array) -> Any:
    return np.sum(DY * passed(layer, x, **changed)[0])


def gradients(layer: spec.RNN) -> tuple[Array, dict[str, Array]]:
    _, cache, context = passed(layer)
    dx, grads = d_rnn(layer, PARAMS, cache, DY, context)
    assert dx is not None
    return dx, grads


def states(layer: spec.RNN) -> list[Array]:
    """H_0 to H_T by the page."""
    h = [H0]
    for t in range(4):
        a = X[:, t] @ PARAMS["weight"] + h[-1] @ PARAMS["recurrent_weight"] + PARAMS["bias"]
        h.append(np.tanh(a) if layer.activation == "tanh" else np.maximum(a, 0))
    return h


def bend(layer: spec.RNN, h: Array) -> Array:
    return 1 - h**2 if layer.activation == "tanh" else np.where(h != 0, 1.0, 0.0)


def back(layer: spec.RNN) -> list[Array]:
    """dA_1 to dA_T by the page."""
    h, da = states(layer), [np.zeros((3, 5))]
    for t in (4, 3, 2, 1):
        dh = DY[:, t - 1] + da[0] @ PARAMS["recurrent_weight"].T
        da.insert(0, dh * bend(layer, h[t]))
    return da[:-1]


@both
def test_rnn_1_forward(layer: spec.RNN) -> None:
    y, _, context = passed(layer)
    same(y, np.stack(states(layer)[1:], axis=1))
    same(context.run.after["rnn.hidden"], states(layer)[-1])


@both
def test_rnn_2_3_back_through_time(layer: spec.RNN) -> None:
    # dA_t is what a bias of its own would get at step t: X with a step's number beside it.
    same(gradients(layer)[1]["bias"], np.sum(back(layer), axis=(0, 1)))
    for t in range(4):
        beside = np.zeros((3, 4, 5))

        def nudged(b: Array, t: int = t, beside: Array = beside) -> Any:
            wide = np.concatenate((X, beside + 0), axis=-1)
            wide[:, t, 2:] = b
            weight = np.concatenate((PARAMS["weight"], np.eye(5)))
            return value(layer, wide, weight=weight)

        near(back(layer)[t], slope(nudged, np.zeros((3, 5))))


@both
def test_rnn_4_5_6_7_parameters_and_input(layer: spec.RNN) -> None:
    (dx, grads), da, h = gradients(layer), back(layer), states(layer)
    same(grads["weight"], sum(X[:, t].T @ da[t] for t in range(4)))
    same(grads["recurrent_weight"], sum(h[t].T @ da[t] for t in range(4)))
    same(grads["bias"], sum(da[t][n] for t in range(4) for n in range(3)))
    same(dx, np.stack([d @ PARAMS["weight"].T for d in da], axis=1))
    near(dx, slope(lambda x: value(layer, x), X))
    for name, array in PARAMS.items():
        near(grads[name], slope(lambda a, name=name: value(layer, **{name: a}), array))  # type: ignore[misc]


@both
def test_rnn_8_many_steps_back(layer: spec.RNN) -> None:
    last, h, u = spec.RNN(5, activation=layer.activation), states(layer), PARAMS["recurrent_weight"]
    dh_last = DY[:, -1]
    _, cache, context = passed(last)
    dx, _ = d_rnn(last, PARAMS, cache, dh_last, context)
    assert dx is not None
    for n in range(3):
        dh = dh_last[n]
        for t in (4, 3, 2):  # k = 3 steps: dH_1
            dh = dh @ np.diag(bend(layer, h[t][n])) @ u.T
        same(dx[n, 0], dh * bend(layer, h[1][n]) @ PARAMS["weight"].T)
