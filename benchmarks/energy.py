"""The energy that a GPU has used, from NVIDIA's management library (extra `gpu`), where it is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable


def meter(device: str) -> Callable[[], float] | None:
    """A function that gives the joules used since the driver was loaded; None where none can.

    It counts the whole GPU, other processes included; so nothing else should compute on it.
    """
    if not device.startswith("cuda"):
        return None
    with contextlib.suppress(Exception):  # no such package, no driver, or too old a GPU
        import pynvml

        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(int(device.partition(":")[2] or 0))
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
        return lambda: pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000
    return None
