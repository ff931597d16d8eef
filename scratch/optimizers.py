"""The optimizers: how a gradient `g` moves a weight `w`. theory/optimizers.md

Each rule: `rule(spec, w, g, memory, lr, step)`, one array at a time, in place; `memory` holds what
`spec.remembers`, `step` counts from 0. `apply` clips and decays before the rule begins.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec

Array = NDArray[Any]
Memory = dict[str, Array]


def sgd(spec: spec.SGD, w: Array, g: Array, memory: Memory, lr: float, step: int) -> None:
    way = g
    if spec.momentum:
        v = memory["velocity"]
        v *= spec.momentum
        v += g  # theory/optimizers.md (1)
        way = g + spec.momentum * v if spec.nesterov else v  # (3)
    w -= np.multiply(way, lr, out=g)  # (2)


def adagrad(spec: spec.AdaGrad, w: Array, g: Array, memory: Memory, lr: float, step: int) -> None:
    s = memory["sum_of_squares"]
    s += g * g  # (4)
    w -= lr * g / (np.sqrt(s) + spec.eps)  # (6)


def rmsprop(spec: spec.RMSprop, w: Array, g: Array, memory: Memory, lr: float, step: int) -> None:
    s = memory["mean_square"]
    s *= spec.rho
    s += (1 - spec.rho) * g * g  # (5)
    w -= lr * g / (np.sqrt(s) + spec.eps)  # (6)


def adam(spec: spec.Adam, w: Array, g: Array, memory: Memory, lr: float, step: int) -> None:
    m, v = memory["first_moment"], memory["second_moment"]
    m *= spec.beta1
    m += (1 - spec.beta1) * g  # (7)
    v *= spec.beta2
    v += (1 - spec.beta2) * g * g  # (8)
    # The corrections are Python's float64: 1 - 0.999 has four right digits in float32.
    m_scale, v_scale = 1 / (1 - spec.beta1 ** (step + 1)), 1 / (1 - spec.beta2 ** (step + 1))
    w -= lr * m_scale * m / (np.sqrt(v_scale * v) + spec.eps)  # (9)


def adamw(spec: spec.AdamW, w: Array, g: Array, memory: Memory, lr: float, step: int) -> None:
    w -= lr * spec.weight_decay * w  # (10)
    adam(spec, w, g, memory, lr, step)  # type: ignore[arg-type]  # the same fields


def apply(
    spec: spec.Optimizer,
    parameters: dict[str, Array],
    gradients: dict[str, Array],
    memory: dict[str, Memory],
    lr: float,
    step: int,
) -> None:
    """One step of `spec` on all parameters, in place; the gradients are used up."""
    rule = OPTIMIZERS[type(spec)]
    scale = clip_scale(spec.clip_norm, gradients)
    coupled_decay = 0.0 if isinstance(spec, DECOUPLED) else spec.weight_decay
    for name, w in parameters.items():
        g = gradients[name]
        if scale < 1:
            g *= scale  # (11)
        if coupled_decay:
            g += coupled_decay * w  # (12)
        rule(spec, w, g, memory[name], lr, step)


def clip_scale(clip_norm: float | None, gradients: dict[str, Array]) -> float:
    """min(1, clip_norm / norm), norm the length of all gradients as one vector; no epsilon."""
    if clip_norm is None:
        return 1.0
    squares = [np.vdot(g, g) for g in gradients.values()]  # all asked for before one is read
    norm = math.sqrt(sum(map(float, squares)))
    return min(1.0, clip_norm / norm) if norm else 1.0


DECOUPLED = spec.AdamW

OPTIMIZERS: dict[type[spec.Optimizer], Callable[..., None]] = {
    spec.SGD: sgd,
    spec.AdaGrad: adagrad,
    spec.RMSprop: rmsprop,
    spec.Adam: adam,
    spec.AdamW: adamw,
}
