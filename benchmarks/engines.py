"""The project's own engines as contenders: one class, for all of them go through `brain.engine`."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from benchmarks.contender import Array, Contender
from benchmarks.workloads import Workload
from brain.engine import build
from brain.errors import UserError
from brain.parameters import Arrays
from brain.passes import Batch


class Engine(Contender):
    """A `Network`; outputs come back in NumPy, as they do for every user of it."""

    engine: ClassVar[str]

    def __init__(self, workload: Workload, device: str, precision: str) -> None:
        super().__init__(workload, device, precision)
        if precision != "float32":
            raise UserError(f"the {self.engine} engine computes in float32, never in {precision}.")
        self.net = build(workload.model, self.engine, device=device, optimizer=workload.optimizer)
        self._last: Any = None

    def load(self, parameters: Arrays) -> None:
        self.net.load_parameters(parameters)

    def parameters(self) -> Arrays:
        return self.net.parameters()

    def place(self, x: Array, y: Array) -> tuple[Batch, Batch]:
        """To learn from, and to predict: the same arrays without the targets."""
        batch = self.net.prepare(x, y)
        return batch, replace(batch, y=None)

    def forward(self, batch: tuple[Batch, Batch]) -> Array:
        return self.net.predict(batch[1])

    def step(self, batch: tuple[Batch, Batch]) -> Any:
        self._last = self.net.train_step(batch[0])
        return self._last

    def wait(self) -> None:
        if self._last is not None:
            float(self._last)  # a device works off its queue in order

    def fetch(self, outputs: Any) -> Array:
        return np.asarray(outputs if isinstance(outputs, np.ndarray) else float(outputs))


class NumpyEngine(Engine):
    engine = "numpy"

    def notes(self) -> dict[str, Any]:
        try:
            from threadpoolctl import threadpool_info
        except ImportError:
            return {}
        found = [(pool["internal_api"], pool["num_threads"]) for pool in threadpool_info()]
        return {"threads": max((count for _, count in found), default=1)}

    def device_memory(self) -> int | None:
        if self.device == "cpu":
            return None
        return int(importlib.import_module("cupy").get_default_memory_pool().total_bytes())


class TorchEngine(Engine):
    engine = "torch"

    def notes(self) -> dict[str, Any]:
        from benchmarks.plain_torch import threads

        return {"threads": threads()}

    def device_memory(self) -> int | None:
        from benchmarks.plain_torch import device_memory

        return device_memory(self.device)


class TensorFlowEngine(Engine):
    engine = "tensorflow"

    def notes(self) -> dict[str, Any]:
        from benchmarks.plain_tensorflow import threads

        return {"threads": threads()}

    def device_memory(self) -> int | None:
        from benchmarks.plain_tensorflow import device_memory

        return device_memory(self.device)
