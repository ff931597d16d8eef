"""The memory that `brain compare` takes, against that of one training step in a bare process.

    python -m benchmarks.compare_memory --json benchmarks/results/compare_memory.json

Each process's proportional share (PSS) is read every 0.05 s from /proc, which Linux alone has: the
comparison's own and its workers', and that of a process which does no more than build the model and
take one step. The peak of all at a time is the largest sum of one reading.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brain.compare.examples import example
from brain.compare.gather import REFERENCE
from brain.engine import build
from brain.names import ENGINES, usable
from brain.recipes import named_model

EVERY = 0.05
DTYPES = ("float64", "float32")
PARENT, WHOLE = "parent", "all at a time"
PROC = Path("/proc")


def watched(command: list[str]) -> dict[str, Any]:
    """The peaks of a command's processes in MiB, by name; its seconds, and the processors' for it.

    A worker is called by its engine, the command's own process `PARENT`, all together `WHOLE`. The
    processors' seconds tell what the command costs where others compute beside it.
    """
    # one thread, as in the workers of a comparison
    alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    start, spent, peaks = time.perf_counter(), _processors(), {WHOLE: 0.0}
    load = os.getloadavg()[0]
    process = subprocess.Popen(command, env=os.environ | alone, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        now = {_name(pid, process.pid): _share(pid) for pid in _family(process.pid)}
        now[WHOLE] = sum(now.values())
        peaks |= {name: max(size, peaks.get(name, 0.0)) for name, size in now.items()}
        time.sleep(EVERY)
    if process.returncode not in (0, 1):  # 1: the engines differ
        raise SystemExit(process.returncode)
    seconds, processors = time.perf_counter() - start, _processors() - spent
    peaks = {name: round(size) for name, size in peaks.items() if size >= 1}
    found = {"peaks": peaks, "seconds": round(seconds), "processor seconds": round(processors)}
    return found | {"load before": round(load, 1)}


def _processors() -> float:
    """The processors' seconds for all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(pid: int) -> list[int]:
    """A process and its children."""
    try:
        threads = list((PROC / str(pid) / "task").iterdir())
        found = [(thread / "children").read_text().split() for thread in threads]
    except OSError:  # it has ended meanwhile
        return []
    return [pid, *(int(child) for children in found for child in children)]


def _name(pid: int, parent: int) -> str:
    if pid == parent:
        return PARENT
    try:
        words = (PROC / str(pid) / "cmdline").read_text().split("\0")
    except OSError:
        return "ended"
    return words[words.index("brain.worker") + 1] if "brain.worker" in words else "others"


def _share(pid: int) -> float:
    """The proportional share of a process in MiB: what it shares counts in parts."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def step(model: str, batch_size: int, engine: str, dtype: str) -> None:
    """What the comparison is measured by: a model is built, and trained by one step."""
    declared = named_model(model)
    given = example(declared, batch_size)
    net = build(declared, engine, dtype=dtype)
    net.load_parameters(given.parameters)
    float(net.train_step(given.x, given.y))


def measured(model: str, batch_size: int, steps: int, engines: list[str]) -> dict[str, Any]:
    """Peaks in MiB and seconds: of a step of each engine, and of the comparison, by dtype."""
    me = [sys.executable, "-m", "benchmarks.compare_memory", model, "--batch-size", str(batch_size)]
    alone = {
        engine: {
            dtype: watched([*me, "--step", engine, "--dtype", dtype])["peaks"][PARENT]
            for dtype in DTYPES
        }
        for engine in engines
    }
    command = [sys.executable, "-m", "brain.cli", "compare", model, "--engines", ",".join(engines)]
    command += ["--batch-size", str(batch_size), "--steps", str(steps)]
    every = (*DTYPES, ",".join(DTYPES))
    return {"step": alone, "compare": {d: watched([*command, "--dtype", d]) for d in every}}


def shares(found: Mapping[str, Any]) -> list[str]:
    """Each process's peak by that of its engine's step in the widest dtype that it computes in.

    The reference computes in float64, whatever is asked for; so its step is the largest measure.
    """
    lines = []
    for dtypes, run in found["compare"].items():
        spent = f"{run['seconds']} s, of processors {run['processor seconds']} s"
        lines.append(f"compare, {dtypes}: {spent} (load before: {run['load before']})")
        for name, peak in run["peaks"].items():
            engine = name if name in found["step"] else REFERENCE
            dtype = DTYPES[0] if engine == REFERENCE else dtypes.partition(",")[0]
            base = found["step"][engine][dtype]
            step = f"a step of {engine} in {dtype}, {base} MiB"
            lines.append(f"  {name:14} {peak:6} MiB: {peak / base:.2f} of {step}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", nargs="?", default="resnet-20")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--dtype", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step(asked.model, asked.batch_size, asked.step, asked.dtype)
        return
    found = measured(asked.model, asked.batch_size, asked.steps, usable(ENGINES))
    print("\n".join(shares(found)))
    if asked.json:
        about = {"model": asked.model, "batch_size": asked.batch_size, "steps": asked.steps}
        about |= {"machine": platform.machine(), "processors": os.cpu_count()}
        asked.json.write_text(json.dumps(about | found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
