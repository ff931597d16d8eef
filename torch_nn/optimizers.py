"""`torch.optim`'s optimizers, with every constant given; they compute our forms as they stand.

Only clipping is ours: `clip_grad_norm_` adds 1e-6 to the norm, the canonical form adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import optim
from torch.nn.utils import get_total_norm

from brain import spec

Parameters = list[dict[str, Any]]
"""Groups of parameters, as PyTorch calls them; a group may be empty, a bare list may not."""


def sgd(rule: spec.SGD, parameters: Parameters) -> optim.Optimizer:
    return optim.SGD(
        parameters,
        lr=rule.rate(0),
        momentum=rule.momentum,
        dampening=0.0,
        weight_decay=rule.weight_decay,
        nesterov=rule.nesterov,
    )


def adagrad(rule: spec.AdaGrad, parameters: Parameters) -> optim.Optimizer:
    return optim.Adagrad(
        parameters,
        lr=rule.rate(0),
        lr_decay=0.0,
        weight_decay=rule.weight_decay,
        initial_accumulator_value=0.0,
        eps=rule.eps,
    )


def rmsprop(rule: spec.RMSprop, parameters: Parameters) -> optim.Optimizer:
    return optim.RMSprop(
        parameters,
        lr=rule.rate(0),
        alpha=rule.rho,
        eps=rule.eps,
        weight_decay=rule.weight_decay,
        momentum=0.0,
        centered=False,
    )


def adam(rule: spec.Adam, parameters: Parameters) -> optim.Optimizer:
    return optim.Adam(
        parameters,
        lr=rule.rate(0),
        betas=(rule.beta1, rule.beta2),
        eps=rule.eps,
        weight_decay=rule.weight_decay,
        amsgrad=False,
    )


def adamw(rule: spec.AdamW, parameters: Parameters) -> optim.Optimizer:
    return optim.AdamW(
        parameters,
        lr=rule.rate(0),
        betas=(rule.beta1, rule.beta2),
        eps=rule.eps,
        weight_decay=rule.weight_decay,
        amsgrad=False,
    )


def clip(parameters: Iterable[torch.Tensor], clip_norm: float) -> None:
    """g <- g * min(1, clip_norm / norm), norm the length of all gradients as one vector."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    # A norm of zero gives infinity, which is clamped to 1: nothing to clip.
    scale = torch.clamp(clip_norm / get_total_norm(gradients), max=1.0)
    for g in gradients:
        g.mul_(scale)


OPTIMIZERS: dict[type[spec.Optimizer], Callable[..., optim.Optimizer]] = {
    spec.SGD: sgd,
    spec.AdaGrad: adagrad,
    spec.RMSprop: rmsprop,
    spec.Adam: adam,
    spec.AdamW: adamw,
}

MEMORY = {
    "velocity": "momentum_buffer",
    "sum_of_squares": "sum",
    "mean_square": "square_avg",
    "first_moment": "exp_avg",
    "second_moment": "exp_avg_sq",
}
"""What PyTorch calls the arrays that an optimizer remembers."""
