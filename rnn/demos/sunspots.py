"""A GRU foretells the sunspots of the next year, where no simple rule knows when the cycle turns.

Monthly means since 1749: a cycle of about eleven years, never twice the same length or height.
"""

from __future__ import annotations

from brain.alone import main
from brain.stage import Stage
from rnn.demos.forecast import present


def run(stage: Stage) -> None:
    """Backtest a GRU, recursive and direct, beside naive rules and a linear autoregression."""
    present(stage, "sunspots", "sunspots", "mackey_glass")


if __name__ == "__main__":
    main(run)
