"""Where things can be timed: which devices are there, what fits on them, how fast products are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks import machine, memory
from benchmarks.workloads import Workload
from brain.errors import UserError, WorkerError
from brain.names import CONTENDERS
from brain.worker import Worker

MADE = "benchmarks.timing:make"
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}


def places(devices: Sequence[str], precisions: Sequence[str]) -> list[tuple[str, str]]:
    """Devices and precisions; coarser products are a GPU's alone."""
    pairs = [(device, precision) for device in devices for precision in precisions]
    found = [(d, p) for d, p in pairs if p == "float32" or d == "cuda"]
    if not found:
        raise UserError(f"{precisions[0]} is timed on cuda alone: add --device cuda.")
    return found


def engine_of(contender: str) -> str:
    """In which engine's process it computes."""
    return CONTENDERS[contender].needs or "numpy"


def check_memory(workload: Workload, device: str, contenders: int) -> None:
    """Raise UserError where a workload does not fit; all contenders hold it at once."""
    free = memory.free() if device == "cpu" else machine.gpu_free()
    needed = workload.memory() * contenders
    if free is not None and needed > free:
        each = f" for {contenders} contenders" if contenders > 1 else ""
        raise UserError(
            f"{workload.name} with batch {workload.batch_size} needs about {needed / 2**30:.1f} GiB"
            f"{each}, and {free / 2**30:.1f} GiB of {device} memory are free: give a smaller "
            "--batch-size, or fewer --engines."
        )


def check_device(device: str, contenders: Sequence[str], workload: Workload) -> None:
    """Raise UserError for a device that none of the contenders has."""
    if device == "cpu":
        return
    said = ""
    for contender in {engine_of(name): name for name in contenders}.values():
        given: dict[str, Any] = {"contender": contender, "workload": workload}
        given |= {"device": device, "precision": "float32", "cold": True}
        try:
            with Worker(engine_of(contender), environment=QUIET) as worker:
                worker.call(MADE, **given)
            return
        except UserError as error:
            said = str(error)
    raise UserError(f"there is no {device} here for any of {', '.join(contenders)}: {said}")


def peak(device: str, precision: str, threads: int) -> dict[str, float]:
    """The most operations a second of a matrix product there; nothing where none can tell."""
    environment = QUIET | machine.pinned(threads)
    if device == "cpu":
        with Worker("numpy", environment=environment) as worker:
            return {"cpu float32": worker.call("benchmarks.machine:peak")}
    try:
        with Worker("torch", environment=environment) as worker:
            given: dict[str, Any] = {"device": device, "precision": precision}
            given |= {"size": 8192, "seconds": 2.0}
            found = worker.call("benchmarks.plain_torch:matmul_peak", **given)
            return {f"{device} {precision}": found}
    except (UserError, WorkerError):
        return {}
