"""What a result was measured on: versions, processor, threads, BLAS, GPU; and its peak."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from brain import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("numpy", "torch", "tensorflow", "tensorflow-cpu", "keras", "cupy-cuda13x")
SIZES = (512, 1024, 1536, 2048)
"""Sides of the square products by which the peak is measured."""

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def pinned(threads: int) -> dict[str, str]:
    """The environment in which every library has so many threads; when they sleep is left to them.

    Making idle threads sleep at once (OMP_WAIT_POLICY=passive) would slow the library that waits
    for its own; a pause between two turns does instead (`benchmarks.suite.PAUSE`).
    """
    return dict.fromkeys(THREAD_VARIABLES, str(threads))


def cores() -> int:
    """Physical cores that this process may use."""
    with contextlib.suppress(OSError):
        pairs, here = set(), {}
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = (part.strip() for part in line.partition(":"))
            here[key] = value
            if key == "core id" and int(here["processor"]) in _allowed():
                pairs.add((here.get("physical id", "0"), value))
        if pairs:
            return len(pairs)
    return len(_allowed())


def _allowed() -> set[int]:
    ask = getattr(os, "sched_getaffinity", None)
    return set(ask(0)) if ask else set(range(os.cpu_count() or 1))


def facts(threads: int) -> dict[str, Any]:
    """Everything that a result must say about where it comes from."""
    return {
        "project": __version__,
        "revision": _output("git", "-C", str(ROOT), "rev-parse", "HEAD"),
        "changed": bool(_output("git", "-C", str(ROOT), "status", "--porcelain", "-uno")),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": cores(),
        "threads": threads,
        "blas": _blas(),
        "gpu": gpu(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def same(mine: dict[str, Any], other: dict[str, Any]) -> str | None:
    """What differs, of what a time depends on and a new revision does not change; None: nothing."""
    for key in ("cpu", "cores", "threads", "system", "gpu"):
        if mine[key] != other.get(key):
            return f"{key} {_told(other.get(key))} there and {_told(mine[key])} here"
    return None


def _told(value: Any) -> str:
    return str(value["name"] if isinstance(value, dict) else value)


def gpu() -> dict[str, str] | None:
    """The first NVIDIA GPU's name, memory and driver; None where there is none."""
    fields = ("name", "memory.total", "driver_version")
    query = ("nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader")
    line = _output(*query).partition("\n")[0]
    parts = [part.strip() for part in line.split(",")]
    return dict(zip(("name", "memory", "driver"), parts, strict=True)) if len(parts) == 3 else None


def gpu_free() -> int | None:
    """Bytes of the first NVIDIA GPU's memory that nobody uses; None where there is none."""
    query = ("nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits")
    line = _output(*query).partition("\n")[0].strip()
    return int(line) * 2**20 if line.isdigit() else None


def load() -> float:
    """How many processes wanted to compute in the last minute; 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def peak(engine: str, seconds: float = 0.3) -> float:
    """The most operations a second of a float32 matrix product in NumPy; for a worker."""
    best = 0.0
    for size in SIZES:
        a, b = np.ones((2, size, size), np.float32)
        c = a @ b
        end = time.perf_counter() + seconds / len(SIZES)
        while True:
            start = time.perf_counter()
            np.matmul(a, b, out=c)
            best = max(best, 2 * size**3 / (time.perf_counter() - start))
            if time.perf_counter() > end:
                break
    return best


def _cpu() -> str:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(x for x in lines if x.startswith("model name")).partition(":")[2].strip()
    return _output("sysctl", "-n", "machdep.cpu.brand_string") or platform.processor() or "unknown"


def _blas() -> str:
    """NumPy's library of matrix products, and which of its kernels it takes here."""
    found: Any = np.show_config(mode="dicts")
    blas = found["Build Dependencies"]["blas"]
    loaded = ThreadpoolController().select(user_api="blas").info()
    kernels = {of for one in loaded if (of := one.get("architecture"))}
    return ", ".join([f"{blas['name']} {blas['version']}", *(f"{of} kernels" for of in kernels)])


def _version(package: str) -> str | None:
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version(package)
    return None


def _output(*command: str) -> str:
    """What a command prints; nothing where it is not here or fails."""
    if not shutil.which(command[0]):
        return ""
    ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return ran.stdout.strip() if ran.returncode == 0 else ""
