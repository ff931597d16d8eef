"""The losses as PyTorch computes them, reductions written down."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from brain import spec


def softmax_cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    rows = logits.reshape(-1, logits.shape[-1])  # PyTorch wants classes second; rows avoid it
    return functional.cross_entropy(rows, labels.reshape(-1), reduction="mean")


def binary_cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return functional.binary_cross_entropy_with_logits(
        logits, labels.to(logits.dtype), reduction="mean"
    )


def mean_squared_error(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return functional.mse_loss(output, target, reduction="mean")


LOSSES: dict[type[spec.Loss], Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    spec.SoftmaxCrossEntropy: softmax_cross_entropy,
    spec.BinaryCrossEntropy: binary_cross_entropy,
    spec.MeanSquaredError: mean_squared_error,
}
