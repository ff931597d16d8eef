"""Every optimizer is there; and where PyTorch's own habit is another, ours follows the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from torch import optim  # noqa: E402
from torch.optim import lr_scheduler  # noqa: E402

from brain import spec  # noqa: E402
from brain.compare.cases import optimizers  # noqa: E402
from brain.compare.tolerances import error  # noqa: E402
from brain.testing.equivalence_suite import declared  # noqa: E402
from brain.testing.trap_suite import (  # noqa: E402
    assert_trap,
    both,
    line_data,
    movement,
    of_training,
)
from torch_nn.optimizers import MEMORY, OPTIMIZERS  # noqa: E402


def test_every_optimizer_is_there_and_tried() -> None:
    for place, known in (
        ("torch_nn/optimizers.py", OPTIMIZERS.keys()),
        ("brain/compare/cases.py", {type(rule) for rule in optimizers().values()}),
    ):
        lacking = {rule.__name__ for rule in declared(spec.Optimizer) - known}
        assert not lacking, f"{place} has no {', '.join(lacking)}"


def test_all_that_is_remembered_has_pytorchs_name() -> None:
    remembered = {kept for rule in optimizers().values() for kept in rule.remembers}
    assert remembered == MEMORY.keys()


def naively(
    make: Callable[..., optim.Optimizer],
    size: float = 1.0,
    clip: float | None = None,
    steps: int = 1,
    rate: spec.Schedule | None = None,
) -> NDArray[np.float64]:
    """How plain PyTorch steps move the parameters of LINE."""
    before, x, y = line_data(size)
    weight, bias = (torch.tensor(array, requires_grad=True) for array in before.values())
    optimizer = make([weight, bias])
    for step in range(steps):
        if rate is not None:
            optimizer.param_groups[0]["lr"] = rate(step)
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(torch.tensor(x) @ weight + bias, torch.tensor(y))
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([weight, bias], clip)
        optimizer.step()
    after = {"dense1.weight": weight.detach().numpy(), "dense1.bias": bias.detach().numpy()}
    return movement(after, before)


def test_trap_clip_grad_norm_adds_1e_6_to_the_norm() -> None:
    naive = naively(lambda p: optim.SGD(p, lr=1.0), size=1e-4, clip=1e-5)
    right, ours = both("torch", of_training, spec.SGD(1.0, clip_norm=1e-5), 1, 1e-4)
    assert_trap(naive, ours, right, off_by=1e-3)
    # of larger gradients it is hardly felt, and the norm is that of them all
    right = of_training("numpy", spec.SGD(1.0, clip_norm=0.5))
    assert error(naively(lambda p: optim.SGD(p, lr=1.0), clip=0.5), right) < 1e-5


def test_trap_adagrads_eps_is_1e_10_by_default() -> None:
    naive = naively(lambda p: optim.Adagrad(p, lr=0.1), size=1e-4)  # gradients near 1e-8
    right, ours = both("torch", of_training, spec.AdaGrad(0.1), 1, 1e-4)
    assert_trap(naive, ours, right, off_by=0.5)


def test_trap_rmsprops_rho_is_0_99_by_default() -> None:
    """The first step is lr / sqrt(1 - rho): 3.2 times as long."""
    naive = naively(lambda p: optim.RMSprop(p, lr=0.1))
    right, ours = both("torch", of_training, spec.RMSprop(0.1))
    assert_trap(naive, ours, right, off_by=2.0)


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (
            lambda p: optim.SGD(p, lr=0.1, momentum=0.75, weight_decay=0.25),
            spec.SGD(0.1, momentum=0.75, weight_decay=0.25),
        ),
        (lambda p: optim.Adagrad(p, lr=0.1, eps=0.01), spec.AdaGrad(0.1, eps=0.01)),
        (lambda p: optim.RMSprop(p, lr=0.1, alpha=0.9, eps=0.01), spec.RMSprop(0.1, eps=0.01)),
        (lambda p: optim.RMSprop(p, lr=0.1, alpha=0.9), spec.RMSprop(0.1)),
        (lambda p: optim.Adam(p, lr=0.1), spec.Adam(0.1)),
        (
            lambda p: optim.Adam(p, lr=0.1, eps=0.01, weight_decay=0.25),
            spec.Adam(0.1, eps=0.01, weight_decay=0.25),
        ),
        (lambda p: optim.AdamW(p, lr=0.1), spec.AdamW(0.1)),
    ],
    ids=["sgd-decay", "adagrad", "rmsprop-eps", "rmsprop", "adam", "adam-decay", "adamw"],
)
def test_forms_that_agree_today(make: Callable[..., optim.Optimizer], rule: spec.Optimizer) -> None:
    """eps outside the root, decay in the gradient; with small gradients eps is felt."""
    for size in (1.0, 1e-4):
        right = of_training("numpy", rule, 3, size)
        assert error(naively(make, size, steps=3), right) < 1e-12


@pytest.mark.parametrize("nesterov", [False, True], ids=["momentum", "nesterov"])
def test_the_rate_stays_outside_the_velocity(nesterov: bool) -> None:
    """PyTorch agrees, where Keras keeps it inside."""
    rate = spec.Step(0.25, every=2, factor=0.5)
    options: dict[str, Any] = {"momentum": 0.75, "nesterov": nesterov}
    naive = naively(lambda p: optim.SGD(p, lr=0.25, **options), steps=6, rate=rate)
    assert error(naive, of_training("numpy", spec.SGD(rate, **options), 6)) < 1e-12


def curve(
    make: Callable[[optim.Optimizer], lr_scheduler.LRScheduler], steps: int
) -> NDArray[np.float64]:
    """The learning rates that a scheduler of PyTorch's gives from 0.1."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


@pytest.mark.parametrize(
    ("make", "ours", "off_by"),
    [
        # reaches its top at rise * steps - 1, not at rise * steps
        (
            lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=21, cycle_momentum=False),
            spec.OneCycle(0.1, 21),
            0.1,
        ),
        # comes up again after its last step, where ours stays down
        (lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=15), spec.Cosine(0.1, 15), 0.05),
        # starts at a third, not at a fifth
        (lambda o: lr_scheduler.LinearLR(o), spec.LinearWarmup(5, spec.Constant(0.1)), 0.05),
    ],
    ids=["one-cycle", "cosine", "warm-up"],
)
def test_trap_pytorchs_schedules_are_others(
    make: Callable[[optim.Optimizer], lr_scheduler.LRScheduler], ours: spec.Schedule, off_by: float
) -> None:
    """Rates come from `brain.spec` and are set before each step; no scheduler is asked."""
    rates = np.array([ours(step) for step in range(20)])
    assert_trap(curve(make, 20), rates, rates, off_by)
