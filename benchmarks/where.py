"""Where a training step's time goes in NumPy: function by function, on one thread.

    python -m benchmarks.where resnet-cifar lstm-char

The functions are those of `scratch`, with what they call. "In products" is the time of all calls of
`np.matmul`; "products at the peak" is what the step's operations would take at the speed of large
matrix products, which no implementation that multiplies matrices can beat. Nets of short calls take
longer than without the profile: take their shares, and the times from `brain bench`.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.machine import peak
from brain.compare.examples import example
from brain.engine import build
from brain.names import WORKLOADS, look_up
from scratch.embedding import unread_embedding
from scratch.layers import LAYERS
from scratch.losses import LOSSES
from scratch.optimizers import apply
from scratch.threads import products

NESTS = ("sequential", "d_sequential", "residual", "d_residual", "bidirectional", "d_bidirectional")


@dataclass(frozen=True)
class Found:
    """Seconds of one step: the whole, in `np.matmul`, at the peak, and by function."""

    step: float
    in_products: float
    at_peak: float
    functions: dict[str, float]


def measured(name: str, seconds: float = 2.0) -> Found:
    """A workload's steps for so long, on one thread."""
    workload = look_up("workload", name, WORKLOADS)()
    net = build(workload.model, "numpy", optimizer=workload.optimizer, threads=1)
    values = example(workload.model, workload.batch_size)
    batch = net.prepare(values.x, values.y)
    profiler, clock, steps = cProfile.Profile(), [0.0], 0
    with products(1):
        at_peak = workload.flops("step") / peak("numpy")
        with _timed_products(clock):
            for _ in range(3):
                net.train_step(batch)
            clock[0], start = 0.0, time.perf_counter()
            while time.perf_counter() - start < seconds:
                profiler.runcall(net.train_step, batch)
                steps += 1
            whole = time.perf_counter() - start
    spent: dict[Any, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    functions = {}
    for function in _functions():
        code = function.__code__
        row = spent.get((code.co_filename, code.co_firstlineno, code.co_name))
        if row:  # (calls, calls, its own seconds, with what it calls, callers)
            own = row[2] if function.__name__ in NESTS else row[3]
            functions[function.__name__] = own / steps
    return Found(whole / steps, clock[0] / steps, at_peak, functions)


def _functions() -> Iterator[Callable[..., Any]]:
    yield from dict.fromkeys(f for pair in LAYERS.values() for f in pair)
    yield unread_embedding
    yield from LOSSES.values()
    yield apply


@contextmanager
def _timed_products(clock: list[float]) -> Iterator[None]:
    """Adds the seconds of each call of `np.matmul` to `clock`."""
    matmul = np.matmul

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        found = matmul(*arguments, **options)
        clock[0] += time.perf_counter() - start
        return found

    np.matmul = timed  # type: ignore[assignment]
    try:
        yield
    finally:
        np.matmul = matmul


def table(found: dict[str, Found]) -> Iterator[str]:
    """Markdown, a row for each workload: milliseconds, the largest functions first."""
    yield "| workload | step | in products | products at the peak | the largest, ms |"
    yield "|---|---:|---:|---:|---|"
    for name, one in found.items():
        largest = sorted(one.functions.items(), key=lambda pair: -pair[1])[:6]
        parts = ", ".join(f"`{function}` {_ms(s)}" for function, s in largest)
        times = (one.step, one.in_products, one.at_peak)
        yield f"| {name} | {' | '.join(map(_ms, times))} | {parts} |"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.where",
        description="Where a training step's time goes in NumPy, on one thread (milliseconds).",
    )
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all if none")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each workload (2)")
    asked = parser.parse_args()
    for line in table({n: measured(n, asked.seconds) for n in asked.workloads or WORKLOADS}):
        print(line)


if __name__ == "__main__":
    main()
