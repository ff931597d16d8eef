"""The equations of gru.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context, Pass
from scratch.gru import d_gru, gru
from theory.equations import Array, near, normal, same, sigma, slope

# N, T, D, H = 3, 4, 2, 5
LAYER = spec.GRU(5, return_sequences=True)
PARAMS = {
    "weight": normal("w", 2, 15),
    "recurrent_weight": normal("u", 5, 15) / 2,
    "bias": normal("b", 15),
    "recurrent_bias": normal("q", 15),
}
X, H0, DY = normal("x", 3, 4, 2), normal("h0", 3, 5), normal("dy", 3, 4, 5)


def passed(x: Array = X, **changed: Array) -> tuple[Array, Any, Context]:
    context = Context(Pass(carry={"gru.hidden": H0}), "gru")
    return *gru(LAYER, PARAMS | changed, x, context), context


def value(x: Array = X, **changed: Array) -> Any:
    return np.sum(DY * passed(x, **changed)[0])


def gradients() -> tuple[Array, dict[str, Array]]:
    _, cache, context = passed()
    dx, grads = d_gru(LAYER, PARAMS, cache, DY, context)
    assert dx is not None
    return dx, grads


def thirds(a: Array) -> list[Array]:
    return [a[:, :5], a[:, 5:10], a[:, 10:]]


def states() -> tuple[list[Array], list[Any]]:
    """h from 0 to T, and (r, z, n, S^n) of each step, by the page."""
    h, gates = [H0], []
    for t in range(4):
        a = thirds(X[:, t] @ PARAMS["weight"] + PARAMS["bias"])
        s = thirds(h[-1] @ PARAMS["recurrent_weight"] + PARAMS["recurrent_bias"])
        r, z = sigma(a[0] + s[0]), sigma(a[1] + s[1])
        n = np.tanh(a[2] + r * s[2])
        gates.append((r, z, n, s[2]))
        h.append((1 - z) * n + z * h[-1])
    return h, gates


def back() -> tuple[list[Array], list[Array]]:
    """dA and dS of every step by the page."""
    h, gates = states()
    da: list[Array] = []
    ds, kept = [np.zeros((3, 15))], np.zeros((3, 5))
    for t in (4, 3, 2, 1):
        r, z, n, sn = gates[t - 1]
        dh = DY[:, t - 1] + kept + ds[0] @ PARAMS["recurrent_weight"].T
        dn, dz = dh * (1 - z), dh * (h[t - 1] - n)
        da_n = dn * (1 - n**2)
        dr = da_n * sn
        da_r, da_z = dr * r * (1 - r), dz * z * (1 - z)
        da.insert(0, np.concatenate((da_r, da_z, da_n), axis=1))
        ds.insert(0, np.concatenate((da_r, da_z, da_n * r), axis=1))
        kept = dh * z
    return da, ds[:-1]


def test_gru_1_2_3_forward() -> None:
    h, gates = states()
    y, cache, context = passed()
    same(y, np.stack(h[1:], axis=1))
    same(cache[1], np.stack([np.stack(step[:3]) for step in gates], axis=1))
    same(context.run.after["gru.hidden"], h[-1])


def test_gru_4_5_6_7_8_back_through_time() -> None:
    # A step's own numbers beside x, added to its sums: their gradient is dA_t.
    weight = np.concatenate((PARAMS["weight"], np.eye(15)))

    def nudged(b: Array) -> Any:
        return value(np.concatenate((X, b), axis=-1), weight=weight)

    near(np.stack(back()[0], axis=1), slope(nudged, np.zeros((3, 4, 15))))


def test_gru_9_parameters_and_input() -> None:
    (dx, grads), (da, ds), (h, _) = gradients(), back(), states()
    same(grads["weight"], sum(X[:, t].T @ da[t] for t in range(4)))
    same(grads["recurrent_weight"], sum(h[t].T @ ds[t] for t in range(4)))
    same(grads["bias"], sum(da[t][n] for t in range(4) for n in range(3)))
    same(grads["recurrent_bias"], sum(ds[t][n] for t in range(4) for n in range(3)))
    same(dx, np.stack([d @ PARAMS["weight"].T for d in da], axis=1))
    near(dx, slope(value, X))
    for name, array in PARAMS.items():
        near(grads[name], slope(lambda a, name=name: value(**{name: a}), array))  # type: ignore[misc]
