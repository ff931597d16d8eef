"""The equations of residual.md, held against the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from brain import spec
from brain.engine import build
from theory.equations import Array, near, normal, same, slope


def tanh_block(w: Array) -> Callable[[Array], tuple[Array, Array]]:
    """F(x) = tanh(x W) for one sample, and its Jacobian, dF_k / dx_i in row k, column i."""

    def block(x: Array) -> tuple[Array, Array]:
        y = np.tanh(x @ w)
        return y, (1 - y**2)[:, None] * w.T

    return block


def residual_net(blocks: int, *shortcut: spec.Layer) -> Any:
    """Blocks of tanh(x W) around three units, W and any shortcut's weight drawn by name."""
    block = spec.Residual((spec.Dense(3, bias=False), spec.Tanh()), shortcut)
    model = spec.Model("blocks", (3,), (block,) * blocks, spec.MeanSquaredError())
    net = build(model, dtype="float64")
    net.load_parameters({name: normal(name, 3, 3) / 2 for name in net.parameters()})
    return net


def body(number: int) -> Callable[[Array], tuple[Array, Array]]:
    return tanh_block(normal(f"residual{number}.body.dense1.weight", 3, 3) / 2)


SAMPLE, COTANGENT = normal("sample", 3), normal("cotangent", 3)


def test_residual_1_forward() -> None:
    same(residual_net(1).predict(SAMPLE[None])[0], body(1)(SAMPLE)[0] + SAMPLE)
    s = normal("residual1.shortcut.dense1.weight", 3, 3) / 2
    net = residual_net(1, spec.Dense(3, bias=False))
    same(net.predict(SAMPLE[None])[0], body(1)(SAMPLE)[0] + SAMPLE @ s)


def test_residual_2_gradient_of_the_input() -> None:
    s = normal("residual1.shortcut.dense1.weight", 3, 3) / 2
    j = body(1)(SAMPLE)[1]
    for net, j_shortcut in (
        (residual_net(1), np.eye(3)),
        (residual_net(1, spec.Dense(3, bias=False)), s.T),
    ):
        dx = net.trace(SAMPLE[None], dy=COTANGENT[None]).d_input[0]
        same(dx, j.T @ COTANGENT + j_shortcut.T @ COTANGENT)
        near(dx, slope(lambda x, net=net: COTANGENT @ net.predict(x[None])[0], SAMPLE))  # type: ignore[misc]


def test_residual_3_gradient_through_many_blocks() -> None:
    x, product = SAMPLE, np.eye(3)
    for number in (1, 2, 3):
        y, j = body(number)(x)
        x, product = x + y, product @ (np.eye(3) + j).T
    net = residual_net(3)
    same(net.trace(SAMPLE[None], dy=COTANGENT[None]).d_input[0], product @ COTANGENT)
