"""The equations of lstm.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context, Pass
from scratch.lstm import d_lstm, lstm
from theory.equations import Array, near, normal, same, sigma, slope

# N, T, D, H = 3, 4, 2, 5
LAYER = spec.LSTM(5, return_sequences=True)
PARAMS = {
    "weight": normal("w", 2, 20),
    "recurrent_weight": normal("u", 5, 20) / 2,
    "bias": normal("b", 20),
}
X, H0, C0 = normal("x", 3, 4, 2), normal("h0", 3, 5), normal("c0", 3, 5)
DY = normal("dy", 3, 4, 5)


def passed(x: Array = X, c0: Array = C0, **changed: Array) -> tuple[Array, Any, Context]:
    context = Context(Pass(carry={"lstm.hidden": H0, "lstm.cell": c0}), "lstm")
    return *lstm(LAYER, PARAMS | changed, x, context), context


def value(x: Array = X, **changed: Array) -> Any:
    return np.sum(DY * passed(x, **changed)[0])


def gradients() -> tuple[Array, dict[str, Array]]:
    _, cache, context = passed()
    dx, grads = d_lstm(LAYER, PARAMS, cache, DY, context)
    assert dx is not None
    return dx, grads


def states() -> tuple[list[Array], list[Array], list[Any]]:
    """h and c from 0 to T, and (i, f, g, o) of each step, by the page."""
    h, c, gates = [H0], [C0], []
    for t in range(4):
        a = X[:, t] @ PARAMS["weight"] + h[-1] @ PARAMS["recurrent_weight"] + PARAMS["bias"]
        i, f, g, o = (a[:, 5 * k : 5 * k + 5] for k in range(4))
        i, f, g, o = sigma(i), sigma(f), np.tanh(g), sigma(o)
        gates.append((i, f, g, o))
        c.append(f * c[-1] + i * g)
        h.append(o * np.tanh(c[-1]))
    return h, c, gates


def back() -> list[Array]:
    """dA_1 to dA_T by the page."""
    _, c, gates = states()
    da, dc_behind = [np.zeros((3, 20))], np.zeros((3, 5))
    for t in (4, 3, 2, 1):
        i, f, g, o = gates[t - 1]
        dh = DY[:, t - 1] + da[0] @ PARAMS["recurrent_weight"].T
        dc = dh * o * (1 - np.tanh(c[t]) ** 2) + dc_behind
        di, df, dg, do = dc * g, dc * c[t - 1], dc * i, dh * np.tanh(c[t])
        parts = (di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o))
        da.insert(0, np.concatenate(parts, axis=1))
        dc_behind = dc * f
    return da[:-1]


def test_lstm_1_2_3_forward() -> None:
    h, c, gates = states()
    y, cache, context = passed()
    same(y, np.stack(h[1:], axis=1))
    same(cache[1], np.stack([np.stack(step) for step in gates], axis=1))
    same(context.run.after["lstm.hidden"], h[-1])
    same(context.run.after["lstm.cell"], c[-1])


def test_lstm_4_5_6_7_back_through_time() -> None:
    # A step's own numbers beside x, added to its sums: their gradient is dA_t.
    weight = np.concatenate((PARAMS["weight"], np.eye(20)))

    def nudged(b: Array) -> Any:
        return value(np.concatenate((X, b), axis=-1), weight=weight)

    near(np.stack(back(), axis=1), slope(nudged, np.zeros((3, 4, 20))))


def test_lstm_8_parameters_and_input() -> None:
    (dx, grads), da, (h, _, _) = gradients(), back(), states()
    same(grads["weight"], sum(X[:, t].T @ da[t] for t in range(4)))
    same(grads["recurrent_weight"], sum(h[t].T @ da[t] for t in range(4)))
    same(grads["bias"], sum(da[t][n] for t in range(4) for n in range(3)))
    same(dx, np.stack([d @ PARAMS["weight"].T for d in da], axis=1))
    near(dx, slope(value, X))
    for name, array in PARAMS.items():
        near(grads[name], slope(lambda a, name=name: value(**{name: a}), array))  # type: ignore[misc]


def test_lstm_9_along_the_cell() -> None:
    """With U = 0 the gates do not depend on the state, and (9) is the whole derivative."""
    still = {"recurrent_weight": np.zeros((5, 20))}
    product = np.ones((3, 5))
    for f in passed(**still)[1][1][1]:
        product = product * f

    def end(c0: Array) -> Any:
        return np.sum(passed(c0=c0, **still)[2].run.after["lstm.cell"])

    near(product, slope(end, C0))
