"""The machine that something was computed on: its processor, its cores, how busy it is."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
from pathlib import Path


def processor() -> str:
    """The processor's name."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(x for x in lines if x.startswith("model name")).partition(":")[2].strip()
    asked = output("sysctl", "-n", "machdep.cpu.brand_string")
    return asked or platform.processor() or "unknown"


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


def load() -> float:
    """How many processes wanted to compute in the last minute; 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def gpu() -> dict[str, str] | None:
    """The first NVIDIA GPU's name, memory and driver; None where there is none."""
    fields = ("name", "memory.total", "driver_version")
    query = ("nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader")
    line = output(*query).partition("\n")[0]
    parts = [part.strip() for part in line.split(",")]
    return dict(zip(("name", "memory", "driver"), parts, strict=True)) if len(parts) == 3 else None


def output(*command: str) -> str:
    """What a command prints; nothing where it is not here or fails."""
    if not shutil.which(command[0]):
        return ""
    ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return ran.stdout.strip() if ran.returncode == 0 else ""
