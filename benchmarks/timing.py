"""What a worker does: make one contender, and time it in turns. One process holds one contender.

Every function here is called by `brain.worker`, its first argument the engine of the process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from benchmarks import memory
from benchmarks.contender import Contender
from benchmarks.energy import meter
from benchmarks.engines import Engine
from benchmarks.workloads import Workload
from brain.compare.examples import Example, example
from brain.errors import UserError
from brain.names import CONTENDERS, ENGINES, WORKLOADS, look_up
from brain.training import batches

BLOCK = 0.005
"""Seconds: calls are counted together until they last so long, that the clock costs nothing."""
LEAST = 5
"""Samples before a turn may end early."""
STEADY = 0.01
"""A turn ends early when the interquartile range of its median is below this share of it."""
WARM_UP = 0.15
"""The share of a turn that is not counted: another process has had the caches meanwhile."""


@dataclass
class Held:
    """The contender of this process, and the batch in its place."""

    made: Contender
    given: Example
    batch: Any


_held: list[Held] = []


def make(
    engine: str,
    contender: str,
    workload: Workload,
    device: str,
    precision: str,
    seed: int = 0,
    cold: bool = False,
) -> dict[str, Any]:
    """Build it, place a batch, predict and learn once, from the canonical start of `seed`.

    Unless `cold`, the framework computes something small before, so that what it loads at its first
    use is not taken for what the workload costs.

    `outputs` and `parameters` (after the step) are what the agreement is judged by. `seconds` has
    the first time of each: import, build, place, forward, step. `memory` has the bytes that the
    process has grown by: now, at most, and those of the device at most (None: no count).
    """
    seconds, clock = {}, Clock()
    kind = look_up("contender", contender, CONTENDERS)
    if issubclass(kind, Engine):
        look_up("engine", kind.engine, ENGINES)  # its framework is imported here, not later
    if not cold:
        _wake(engine)
    seconds["import"] = clock()
    model = workload.model
    given = example(model, workload.batch_size, seed)
    before = memory.resident()
    memory.reset_peak()
    clock()
    made: Contender = kind(workload, device, precision)
    made.load(given.parameters)
    seconds["build"] = clock()
    batch = made.place(given.x, given.y)
    made.wait()
    seconds["place"] = clock()
    outputs = made.fetch(made.forward(batch))
    seconds["forward"] = clock()
    made.step(batch)
    made.wait()
    seconds["step"] = clock()
    parameters = made.parameters()
    for _ in range(2):  # what is kept from step to step is there after the second
        made.step(batch)
    made.wait()
    _held[:] = [Held(made, given, batch)]
    grown = {"now": memory.resident() - before, "most": memory.peak() - before}
    return {
        "outputs": np.asarray(outputs, np.float64),
        "parameters": parameters,
        "seconds": seconds,
        "memory": {**grown, "device": made.device_memory()},
        "notes": made.notes(),
    }


def _wake(engine: str) -> None:
    """A step of the smallest workload, in plain code of this process's framework."""
    kind = look_up("contender", FIRST[engine], CONTENDERS)
    small = look_up("workload", "mlp-tiny", WORKLOADS)()
    given = example(small.model, small.batch_size)
    made = kind(small, "cpu", "float32")
    made.fetch(made.step(made.place(given.x, given.y)))


def turn(engine: str, phase: str, seconds: float) -> dict[str, list[float]]:
    """Time `phase` (forward, step, place) again and again: seconds of one call, one a block.

    A training begins from the canonical start in each turn. Ends when `seconds` are used up, or
    when the samples are steady. `joules` has a number for the whole of a turn, a call, where the
    device can tell.
    """
    held = _held[0]
    made, joules = held.made, meter(held.made.device)
    if phase == "step":
        made.load(held.given.parameters)
    calls_of: dict[str, Callable[[Any], Any]] = {
        "forward": made.forward,
        "step": made.step,
        "place": lambda _: made.place(held.given.x, held.given.y),
    }
    call = calls_of[phase]

    def block(calls: int) -> float:
        start = time.perf_counter()
        for _ in range(calls):
            call(held.batch)
        made.wait()
        return (time.perf_counter() - start) / calls

    end = time.perf_counter() + seconds
    once = block(1)
    while time.perf_counter() < end - (1 - WARM_UP) * seconds:
        once = min(once, block(1))
    calls, used = max(round(BLOCK / once), 1), joules() if joules else 0.0
    samples: list[float] = []
    while not samples or (time.perf_counter() < end and not steady(samples)):
        samples.append(block(calls))
    spent = [(joules() - used) / (calls * len(samples))] if joules else []
    return {"seconds": samples, "joules": spent}


def steady(samples: list[float]) -> bool:
    """Whether the median is known: its quartiles, of the samples' by sqrt(n), are near."""
    if len(samples) < LEAST:
        return False
    low, middle, high = statistics.quantiles(samples, n=4)
    return (high - low) / len(samples) ** 0.5 < STEADY * middle


def epoch(engine: str, seed: int, number: int, steps: int | None = None) -> dict[str, Any]:
    """Train on one epoch of the workload's data set: its seconds, steps and last loss.

    Every batch is drawn and placed as in a training, which counts too; the last, short one is left
    out. The first call loads the data, which does not count. `steps` ends it earlier.
    """
    held, workload = _held[0], _held[0].made.workload
    x, y = rows(workload)
    held.made.load(held.given.parameters)
    size = workload.batch_size
    whole = len(x) // size
    done, loss = min(steps or whole, whole), None
    start = time.perf_counter()
    for chosen in islice(batches(len(x), size, seed, number), done):
        loss = held.made.step(held.made.place(x[chosen], y[chosen]))
    held.made.wait()
    spent = time.perf_counter() - start
    return {"seconds": spent, "steps": done, "of": whole, "loss": float(held.made.fetch(loss))}


_rows: dict[str, tuple[Any, Any]] = {}


def rows(workload: Workload) -> tuple[Any, Any]:
    """The training rows of a workload's data set, in the shape that its model takes."""
    if workload.data is None:
        raise UserError(f"{workload.name} has no data set, and so no epoch.")
    if workload.data not in _rows:
        from brain import data

        found = data.load(workload.data)
        x = found.x_train.reshape(len(found.x_train), *workload.model.input_shape)
        _rows[workload.data] = (np.ascontiguousarray(x, np.float32), found.y_train)
    return _rows[workload.data]


class Clock:
    """Seconds since it was last read."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def __call__(self) -> float:
        now = time.perf_counter()
        spent, self.last = now - self.last, now
        return spent


FIRST = {"numpy": "numpy", "torch": "torch-eager", "tensorflow": "tf-graph"}
"""By whose code each engine's process computes its first step."""
