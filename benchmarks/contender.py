"""What is timed: one way of computing a workload, asked to predict and to learn.

The engines of this project are contenders (`benchmarks/engines.py`), and so is plain code in a
framework as a user writes it by hand (`benchmarks/plain_torch.py`,
`benchmarks/plain_tensorflow.py`), the yardstick. Each runs in a worker of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray

from benchmarks.workloads import Workload
from brain.errors import UserError, unknown
from brain.parameters import Arrays

Array = NDArray[Any]

PRECISIONS = {"float32": 2.0**-23, "tf32": 2.0**-10, "bf16": 2.0**-7}
"""What products are computed in, and the distance from 1 to its next number."""


class Contender(ABC):
    """One workload on one device, its batch in place."""

    def __init__(self, workload: Workload, device: str, precision: str) -> None:
        """Make it. UserError for a device, or a precision on it, that is not there.

        `precision` is float32 (TF32 off), tf32 or bf16; the latter two on a GPU alone. Parameters
        are float32 in all of them.
        """
        if precision not in PRECISIONS:
            raise unknown("precision", precision, PRECISIONS)
        if precision != "float32" and not device.startswith("cuda"):
            raise UserError(f"{precision} is timed on cuda alone, not on {device}.")
        self.workload, self.device, self.precision = workload, device, precision

    @abstractmethod
    def load(self, parameters: Arrays) -> None:
        """Take up parameters, canonical names and layouts."""

    @abstractmethod
    def parameters(self) -> Arrays:
        """Copies of the parameters, canonical, float32."""

    @abstractmethod
    def place(self, x: Array, y: Array) -> Any:
        """A batch on the device (data transfer is measured here, and nowhere else)."""

    @abstractmethod
    def forward(self, batch: Any) -> Any:
        """The outputs in evaluation mode, left on the device; maybe they are not there yet."""

    @abstractmethod
    def step(self, batch: Any) -> Any:
        """One training step; the loss, left on the device."""

    @abstractmethod
    def wait(self) -> None:
        """Return when everything that was asked for is done."""

    @abstractmethod
    def fetch(self, outputs: Any) -> Array:
        """What `forward` or `step` gave, in NumPy."""

    def notes(self) -> dict[str, Any]:
        """What a reader of its row must know: the layout it chose, the threads it has."""
        return {}

    def device_memory(self) -> int | None:
        """The most bytes of the device's memory in use at once; None where there is no count."""
        return None
