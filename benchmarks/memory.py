"""What a process holds of the host's memory, and what is free; in bytes."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

PROC = Path("/proc")


def resident() -> int:
    """What this process holds now; where the system does not tell, the most it ever has held."""
    return _status("VmRSS") or _most_ever()


def peak() -> int:
    """The most that this process has held since `reset_peak`; without /proc, ever."""
    return _status("VmHWM") or _most_ever()


def reset_peak() -> None:
    """Begin anew with `peak`, where the system can (Linux)."""
    with contextlib.suppress(OSError):
        (PROC / "self" / "clear_refs").write_text("5")


def free() -> int | None:
    """What the system can still give without swapping; None where it does not tell."""
    with contextlib.suppress(OSError, StopIteration):
        lines = (PROC / "meminfo").read_text().splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * 1024
    return None


def _status(field: str) -> int:
    with contextlib.suppress(OSError):
        for line in (PROC / "self" / "status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0


def _most_ever() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024
