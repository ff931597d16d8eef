"""The yardstick in PyTorch: each workload as a user writes it by hand, with a stock optimizer.

Nothing of `torch_nn` is used. Images are `(N, C, H, W)`, in PyTorch's own layout or in
channels-last, whichever is faster here; a few steps in each decide it when the contender is made.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.contender import Array, Contender
from benchmarks.plain_torch_models import MODULES, Layout, layout
from benchmarks.workloads import Workload
from brain import spec
from brain.errors import UserError
from brain.parameters import Arrays

TRIED = 4
"""Steps in each layout of images, to choose the faster."""
TURNS = 8
"""Turns of each layout: the best of several, for a disturbance decides between two."""


class Eager(Contender):
    """A plain `nn.Module`, run as it stands."""

    def __init__(self, workload: Workload, device: str, precision: str) -> None:
        super().__init__(workload, device, precision)
        check_device(device)
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        torch.backends.cudnn.allow_tf32 = precision == "tf32"
        self.module = MODULES[workload.family](workload.model).to(device)
        self.run: Callable[..., Any] = self.module
        self.optimizer = sgd(workload.optimizer, self.module)
        self.images = len(workload.model.input_shape) == 3
        self.channels_last = self.images and self._faster_in_channels_last()

    def _faster_in_channels_last(self) -> bool:
        """Whether steps on zeros are faster so; the module is left in that layout."""
        model, size = self.workload.model, self.workload.batch_size
        x = np.zeros((size, *model.input_shape), np.float32)
        y = np.zeros((size, *model.target_shape), np.int64)
        seconds = {False: math.inf, True: math.inf}
        for last in (False, True) * TURNS:
            self._lay(last)
            batch = self.place(x, y)
            for counted in (False, True):
                start = time.perf_counter()
                for _ in range(TRIED):
                    self.step(batch)
                self.wait()
                if counted:
                    seconds[last] = min(seconds[last], time.perf_counter() - start)
        faster = seconds[True] < seconds[False]
        self._lay(faster)
        self.optimizer = sgd(self.workload.optimizer, self.module)
        for part in self.module.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.reset_running_stats()
        return faster

    def _lay(self, channels_last: bool) -> None:
        self.channels_last = channels_last
        form = torch.channels_last if channels_last else torch.contiguous_format
        self.module.to(memory_format=form)

    def _named(self) -> Iterator[tuple[str, nn.Parameter, Layout]]:
        """The parameters by canonical name: both sides list them from input to output."""
        theirs = [
            (parameter, layout(part, parameter))
            for part in self.module.modules()
            for parameter in part.parameters(recurse=False)
            if parameter.requires_grad
        ]
        for name, (parameter, lies) in zip(self.workload.model.parameters(), theirs, strict=True):
            yield name, parameter, lies

    @torch.no_grad()
    def load(self, parameters: Arrays) -> None:
        for name, parameter, (to, _) in self._named():
            array = np.ascontiguousarray(parameters[name], np.float32)
            parameter.copy_(to(torch.from_numpy(array)))

    @torch.no_grad()
    def parameters(self) -> Arrays:
        return {
            name: np.array(back(parameter.detach().cpu()).numpy(), order="C")
            for name, parameter, (_, back) in self._named()
        }

    def place(self, x: Array, y: Array) -> tuple[torch.Tensor, torch.Tensor]:
        x = x if self.workload.model.ids else np.asarray(x, np.float32)
        inputs = torch.from_numpy(x).to(self.device)
        if self.images:
            inputs = inputs.permute(0, 3, 1, 2)  # channels-last already, in memory
            inputs = inputs if self.channels_last else inputs.contiguous()
        return inputs, torch.from_numpy(np.asarray(y)).to(self.device)

    def _precision(self) -> Any:
        if self.precision != "bf16":
            return nullcontext()
        return torch.autocast(self.device.partition(":")[0], dtype=torch.bfloat16)

    def _set(self, training: bool) -> None:
        if self.module.training != training:
            self.module.train(training)

    @torch.no_grad()
    def forward(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        self._set(training=False)
        with self._precision():
            return self.run(batch[0])

    def step(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        x, y = batch
        self._set(training=True)
        self.optimizer.zero_grad(set_to_none=True)
        with self._precision():
            logits = self.run(x)
            loss = nn.functional.cross_entropy(logits.flatten(0, -2), y.flatten())
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def wait(self) -> None:
        if self.device.startswith("cuda"):
            torch.cuda.synchronize()
        elif self.device == "mps":
            torch.mps.synchronize()

    def fetch(self, outputs: torch.Tensor) -> Array:
        return outputs.float().cpu().numpy()

    def notes(self) -> dict[str, Any]:
        images = {"layout": "channels-last" if self.channels_last else "default"}
        return {"threads": threads(), **(images if self.images else {})}

    def device_memory(self) -> int | None:
        return device_memory(self.device)


class Compiled(Eager):
    """The same through `torch.compile`; the layout is the faster one when run as it stands."""

    def __init__(self, workload: Workload, device: str, precision: str) -> None:
        if device == "cpu" and not any(map(shutil.which, ("c++", "g++", "clang++", "cl"))):
            raise UserError("torch.compile needs a C++ compiler, such as g++, and none is here.")
        super().__init__(workload, device, precision)
        self.run = torch.compile(self.module, dynamic=False)


def sgd(rule: spec.Optimizer, module: nn.Module) -> torch.optim.Optimizer:
    """The stock optimizer; workloads have no other."""
    if not isinstance(rule, spec.SGD):
        raise UserError(f"the plain code is written for SGD, not for {rule}.")
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    return torch.optim.SGD(trained, lr=rule.rate(0), momentum=rule.momentum)


def check_device(name: str) -> None:
    """Raise UserError for a device that is not there."""
    there = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    there += ["mps"] if torch.backends.mps.is_available() else []
    if name not in there:
        raise UserError(f"PyTorch has no device {name!r} here; it has: {', '.join(there)}.")


def threads() -> int:
    """How many threads PyTorch's operations use."""
    return torch.get_num_threads()


def device_memory(device: str) -> int | None:
    """The most bytes that PyTorch's tensors have had on a CUDA device at once."""
    return torch.cuda.max_memory_allocated() if device.startswith("cuda") else None


def matmul_peak(engine: str, device: str, precision: str, size: int, seconds: float) -> float:
    """The most floating-point operations a second of a square matrix product on a GPU."""
    check_device(device)
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    a = torch.ones((size, size), device=device, dtype=dtype)
    best, end = 0.0, time.perf_counter() + seconds
    sync = torch.mps.synchronize if device == "mps" else torch.cuda.synchronize
    while time.perf_counter() < end:
        sync()
        start = time.perf_counter()
        for _ in range(10):
            a @ a
        sync()
        best = max(best, 10 * 2 * size**3 / (time.perf_counter() - start))
    return best
