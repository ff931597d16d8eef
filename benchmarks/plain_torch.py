"""The yardstick: each workload as a PyTorch user would write it by hand, with a stock optimizer."""

from __future__ import annotations

import time
from functools import cache

import torch
from torch import nn


def mlp_small() -> nn.Module:
    """784-128-10 with ReLU."""
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


MODULES = {"mlp-small": mlp_small}
BATCHES = {"mlp-small": (32, 784)}


@cache
def _made(name: str) -> tuple[nn.Module, torch.optim.Optimizer, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    module = MODULES[name]()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.01)
    x = torch.randn(BATCHES[name])
    return module, optimizer, x, torch.randint(0, 10, (len(x),))


def seconds_per_step(engine: str, name: str, steps: int) -> float:
    """The mean time of one training step; for a worker of the torch engine."""
    module, optimizer, x, y = _made(name)
    start = time.perf_counter()
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(module(x), y)
        loss.backward()
        optimizer.step()
    loss.item()
    return (time.perf_counter() - start) / steps
