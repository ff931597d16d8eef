"""The time of one training step: each engine in a process of its own, measured in turns.

Turns, because the machine is shared: what slows one engine in a round slows the others in it, so
the ratio within a round is steadier than any time. Medians over the rounds, with the quartiles.
"""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

from rich import box
from rich.table import Table

from brain import spec
from brain.compare.examples import example
from brain.engine import Network, build
from brain.passes import Batch
from brain.worker import Worker

PLAIN_TORCH = "plain torch"
STEPS = 500
REST = 0.15
"""Seconds between two engines: a thread pool spins for a while when its work is done."""


@dataclass(frozen=True)
class Workload:
    """A model, a batch size and an optimizer to time."""

    model: spec.Model
    batch_size: int
    optimizer: spec.Optimizer


def measure(workload: Workload, engines: list[str], rounds: int) -> dict[str, list[float]]:
    """Seconds of one training step, a number a round, for each of the engines.

    Where torch is among them, so is a plain PyTorch loop, as a yardstick. One round more than is
    counted warms everything up.
    """
    seconds: dict[str, list[float]] = {}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(name)) for name in engines}
        if "torch" in engines:
            workers[PLAIN_TORCH] = stack.enter_context(Worker("torch"))
        for number in range(rounds + 1):
            for name, worker in workers.items():
                time.sleep(REST)
                if name == PLAIN_TORCH:
                    spent = worker.call(
                        "benchmarks.plain_torch:seconds_per_step",
                        name=workload.model.name,
                        steps=STEPS,
                    )
                else:
                    spent = worker.call(
                        "benchmarks.steps:seconds_per_step",
                        model=workload.model,
                        batch_size=workload.batch_size,
                        optimizer=workload.optimizer,
                        steps=STEPS,
                    )
                if number:
                    seconds.setdefault(name, []).append(spent)
    return seconds


@cache
def _made(
    engine: str, model: spec.Model, batch_size: int, optimizer: spec.Optimizer
) -> tuple[Network, Batch]:
    values = example(model, batch_size)
    net = build(model, engine, optimizer=optimizer)
    return net, net.prepare(values.x, values.y)


def seconds_per_step(
    engine: str, model: spec.Model, batch_size: int, optimizer: spec.Optimizer, steps: int
) -> float:
    """The mean time of one training step from a prepared batch; for a worker."""
    net, batch = _made(engine, model, batch_size, optimizer)
    start = time.perf_counter()
    for _ in range(steps):
        loss = net.train_step(batch)
    float(loss)
    return (time.perf_counter() - start) / steps


def table(workload: Workload, seconds: dict[str, list[float]]) -> Table:
    """Median, quartiles, and the median ratio to the first engine, round by round."""
    first = next(iter(seconds))
    rows = Table(title=f"{workload.model.name}: one training step, float32", box=box.SIMPLE_HEAD)
    for heading in ("engine", "median", "quartiles", f"against {first}"):
        rows.add_column(heading, justify="left" if heading == "engine" else "right")
    for engine, spent in seconds.items():
        low, _, high = statistics.quantiles(spent, n=4)
        ratio = statistics.median(a / b for a, b in zip(spent, seconds[first], strict=True))
        rows.add_row(
            engine,
            f"{statistics.median(spent) * 1e6:.0f} us",
            f"{low * 1e6:.0f}-{high * 1e6:.0f}",
            f"{ratio:.2f}x",
        )
    return rows
