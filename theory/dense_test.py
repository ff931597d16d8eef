"""The equations of dense.md, held against the code."""

from __future__ import annotations

from typing import Any

import numpy as np

from brain import spec
from scratch.context import Context
from scratch.dense import d_dense, dense
from theory.equations import Array, near, normal, same, slope

W, B, X, DZ = normal("w", 4, 3), normal("b", 3), normal("x", 5, 4), normal("dz", 5, 3)


def dense_forward(w: Array = W, b: Array = B, x: Array = X) -> Array:
    return dense(spec.Dense(3), {"weight": w, "bias": b}, x, Context())[0]


def dense_backward() -> tuple[Any, dict[str, Any]]:
    return d_dense(spec.Dense(3), {"weight": W, "bias": B}, X, DZ, Context())


def test_dense_1_forward() -> None:
    z = [[sum(x[i] * W[i, j] for i in range(4)) + B[j] for j in range(3)] for x in X]
    same(dense_forward(), z)


def test_dense_2_gradient_of_the_weight() -> None:
    gradient = dense_backward()[1]["weight"]
    same(gradient, sum(np.outer(X[n], DZ[n]) for n in range(5)))
    near(gradient, slope(lambda w: np.sum(DZ * dense_forward(w=w)), W))


def test_dense_3_gradient_of_the_bias() -> None:
    gradient = dense_backward()[1]["bias"]
    same(gradient, sum(DZ[n] for n in range(5)))
    near(gradient, slope(lambda b: np.sum(DZ * dense_forward(b=b)), B))


def test_dense_4_gradient_of_the_input() -> None:
    dx = dense_backward()[0]
    same(dx, [[sum(dz[k] * W[i, k] for k in range(3)) for i in range(4)] for dz in DZ])
    near(dx, slope(lambda x: np.sum(DZ * dense_forward(x=x)), X))
