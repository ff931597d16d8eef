"""The loss of a user's models, computed alike for both."""

from __future__ import annotations

from typing import Any

from brain import spec
from brain.compare.own.leaves import Array
from brain.engine import build


def loss_of(
    engine: str, loss: spec.Loss, output: Array, targets: Array, dtype: str
) -> dict[str, Any]:
    """The loss of an output, and its gradient; UserError for targets that do not fit."""
    model = spec.Model("loss", tuple(output.shape[1:]), (spec.Identity(),), loss)
    trace = build(model, engine, dtype=dtype).trace(output, targets, training=True)
    return {"loss": trace.loss, "d_output": trace.d_input}
