"""Results that nobody measured, for the tests of what is made from results."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from benchmarks.results import Phase, Results, Row

MACHINE: dict[str, Any] = {
    "project": "1",
    "revision": "0123456789abcdef",
    "changed": False,
    "python": "3.12.1",
    "system": "Linux x86_64",
    "cpu": "A Processor",
    "cores": 2,
    "threads": 2,
    "blas": "openblas 0.3",
    "gpu": None,
    "packages": {"numpy": "2.4"},
}


def row(
    contender: str,
    rounds: Iterable[float],
    workload: str = "mlp-wide",
    batch_size: int = 128,
    width: float = 1.0,
    device: str = "cpu",
    agrees: bool = True,
) -> Row:
    """A row whose step took `rounds` seconds, one sample a round; 10^9 operations each."""
    return Row(
        workload,
        batch_size,
        width,
        device,
        "float32",
        contender,
        flops={"step": 10**9},
        agrees=agrees,
        verdict="agrees" if agrees else "off by 2.0e-01 in the outputs, where 1.0e-05 is rounding",
        memory={"now": 2**20, "most": 3 * 2**20, "device": None},
        phases={"step": Phase([[seconds] for seconds in rounds])},
    )


def results(*rows: Row) -> Results:
    """A whole run of these rows; the peak is 10^11 operations a second."""
    settings = {"seed": 0, "rounds": 3, "turn": 0.5, "pause": 0.1}
    found = Results("brain bench", "2026-01-01T00:00:00+00:00", dict(MACHINE), settings)
    found.peaks = {"cpu float32": 1e11}
    found.rows = list(rows)
    found.complete = True
    return found


def packages(engine: str) -> list[str]:
    """The packages in memory; for a worker."""
    return sorted({name.partition(".")[0] for name in sys.modules})
