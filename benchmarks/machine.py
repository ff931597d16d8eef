"""What a result was measured on: versions, processor, threads, BLAS, GPU; and its peak."""

from __future__ import annotations

import contextlib
import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from brain import __version__
from brain.machine import cores, gpu, load, output, processor

__all__ = ["cores", "facts", "gpu", "gpu_free", "load", "peak", "pinned", "same"]

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


def facts(threads: int) -> dict[str, Any]:
    """Everything that a result must say about where it comes from."""
    return {
        "project": __version__,
        "revision": output("git", "-C", str(ROOT), "rev-parse", "HEAD"),
        "changed": bool(output("git", "-C", str(ROOT), "status", "--porcelain", "-uno")),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": processor(),
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


def gpu_free() -> int | None:
    """Bytes of the first NVIDIA GPU's memory that nobody uses; None where there is none."""
    query = ("nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits")
    line = output(*query).partition("\n")[0].strip()
    return int(line) * 2**20 if line.isdigit() else None


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
