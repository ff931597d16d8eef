"""BatchNorm in PyTorch, its running statistics kept in the canonical form."""

from __future__ import annotations

import torch
from torch import nn


class BatchNorm(nn.Module):
    """Normalised over all axes but the last, by the batch in training, else by running statistics.

    `nn.BatchNorm1d` keeps an unbiased running variance, moves it in every pass in training mode,
    and refuses a batch of one; here it is the biased one, and training leaves the batch's
    statistics aside until `take_up`, so that a pass that is only looked at changes nothing.
    They are those that `torch.batch_norm` computes anyway: it is given a momentum of 1.
    """

    running_mean: torch.Tensor
    running_var: torch.Tensor

    def __init__(self, channels: int, momentum: float, eps: float) -> None:
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))
        self.register_buffer("running_mean", torch.empty(channels))
        self.register_buffer("running_var", torch.empty(channels))
        self.batch: tuple[torch.Tensor, torch.Tensor, int] | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var, self.batch = self.running_mean, self.running_var, None
        if self.training:
            mean, var = torch.zeros_like(mean), torch.zeros_like(var)
            self.batch = mean, var, x.numel() // x.shape[-1]
        y = torch.batch_norm(  # what `nn.functional.batch_norm` calls when it has counted samples
            x.movedim(-1, 1),  # (N, C, ...): a view, which PyTorch calls channels_last
            self.gamma,
            self.beta,
            mean,
            var,
            training=self.training,
            momentum=1.0,
            eps=self.eps,
            cudnn_enabled=torch.backends.cudnn.enabled,
        )
        return y.movedim(1, -1)

    @torch.no_grad()
    def take_up(self) -> None:
        """Move the running statistics towards those of the last batch."""
        assert self.batch is not None, "no pass in training came before"
        mean, unbiased, count = self.batch  # of one position the unbiased variance is 0 / 0
        var = unbiased * ((count - 1) / count) if count > 1 else torch.zeros_like(unbiased)
        self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)
        self.running_var.mul_(1 - self.momentum).add_(var, alpha=self.momentum)
        self.batch = None
