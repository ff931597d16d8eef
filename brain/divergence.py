"""A training whose numbers are no longer finite: noticed soon, and traced to where they began.

A training is a function of its recipe and its step. So a copy of all that it changes, taken now and
then, is enough to go back and take the last steps once more, looking at every one of them.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from brain.engine import Network
from brain.errors import UserError
from brain.parameters import Arrays
from brain.passes import Batch, completed

Array = NDArray[Any]

LOOK = 20
"""Steps between two looks at a loss: at that of so many steps ago, which no device still computes,
since each look at a GPU holds up what is queued there."""

KEEP = 100
"""Steps between two copies of all that a training changes."""

LAYERS = 8
"""Layers whose arrays are looked at in one pass: those of all at once may not fit into memory."""


class DivergenceError(UserError):
    """The numbers of a training are no longer finite."""


@dataclass(frozen=True)
class Kept:
    """All that a training changes, as it was after some step."""

    parameters: Arrays
    state: Arrays
    memory: Arrays

    @classmethod
    def of(cls, net: Network) -> Kept:
        return cls(net.parameters(), net.state(), net.optimizer_state())

    def lost(self) -> str:
        """The first array that is not finite, in words; empty where there is none."""
        parts = ("parameter", self.parameters), ("running statistic", self.state)
        for what, arrays in (*parts, ("optimizer's memory", self.memory)):
            if name := _lost(arrays):
                return f"the {what} {name}"
        return ""

    def restore(self, net: Network) -> None:
        net.load_parameters(self.parameters)
        net.load_state(self.state)
        net.load_optimizer_state(self.memory)


class Watch:
    """Looks at a training as it goes on; raises DivergenceError when it is lost.

    The network has `first_step` steps of the training behind it; `batches_from(step)` gives the
    batches after some step, as `net.prepare` makes them. Before it goes back over steps, which may
    take a while, it says so by `told`.
    """

    def __init__(
        self,
        net: Network,
        batches_from: Callable[[int], Iterator[Batch]],
        first_step: int = 0,
        told: Callable[[str], object] = lambda text: None,
    ) -> None:
        self.net, self.batches_from, self.told = net, batches_from, told
        self.kept = deque([(first_step, Kept.of(net))], maxlen=2)
        self.waiting: tuple[SupportsFloat, int] | None = None  # a loss, and its step

    def look(self, loss: SupportsFloat, step: int, epoch: int, now: bool = False) -> None:
        """After each step of the training, with the loss before it; `now`: read it at once."""
        if now or step % LOOK == 0:
            read, self.waiting = [self.waiting, (loss, step)], (loss, step)
            for value, of in filter(None, read if now else read[:1]):
                if not math.isfinite(float(value)):
                    raise self._error(f"the loss is {float(value)} at step {of}", of, epoch)
        if step % KEEP == 0:
            kept = Kept.of(self.net)
            if lost := kept.lost():
                raise self._error(f"{lost} is not finite after step {step}", step, epoch)
            self.kept.append((step, kept))

    def judged(self, loss: float, step: int, epoch: int, x: Array, y: Array) -> None:
        """After an evaluation on the rows `x` and `y`, with their loss."""
        if not math.isfinite(loss):
            what = f"the loss is {loss} on the rows that it is judged by, after step {step}"
            raise self._error(what, step, epoch, self.net.prepare(x[:256], y[:256]))

    def _error(
        self, what: str, step: int, epoch: int, judged: Batch | None = None
    ) -> DivergenceError:
        where = self._traced(step)
        if judged and not where:
            where = first_not_finite(self.net, judged, training=False)
        first = f"; the first that is not finite is {where}" if where else ""
        return DivergenceError(
            f"{what}, in epoch {epoch}: the training diverged{first}; a smaller learning rate, or "
            "a clip_norm, usually mends it."
        )

    def _traced(self, last: int) -> str:
        """Where the numbers up to a step were first not finite; the network is left before it."""
        step, before = next((kept for kept in reversed(self.kept) if kept[0] < last), self.kept[0])
        before.restore(self.net)
        self.told(
            "the numbers are no longer finite: looking for the first step that failed, from step "
            f"{step + 1} to {last} ..."
        )
        for batch in islice(self.batches_from(step), last - step):
            step += 1
            loss = float(self.net.train_step(batch))
            after = Kept.of(self.net)
            lost = after.lost()
            if lost or not math.isfinite(loss):
                before.restore(self.net)
                where = first_not_finite(self.net, batch, training=True) or lost
                return f"{where}, in step {step}"
            before = after
        return ""


def first_not_finite(net: Network, batch: Batch, training: bool) -> str:
    """What is first not finite in a pass there and back, in words; empty where all is finite.

    The layers' outputs in the order in which they become known, the loss, the gradients of the
    outputs in the other order, then the gradients of the parameters.
    """
    kinds = {node.name: node.layer.kind for node in completed(net.model.nodes)}
    order = list(kinds)
    returned, gradients, loss = dict[str, bool](), Arrays(), 0.0
    for first in range(0, len(order), LAYERS):
        part = order[first : first + LAYERS]
        trace = net.trace(batch, training=training, layers=part)
        for name in part:
            if not np.isfinite(trace.outputs[name]).all():
                return f"the output of {name} ({kinds[name]})"
        returned |= {name: bool(np.isfinite(trace.d_outputs[name]).all()) for name in part}
        gradients, loss = trace.d_parameters, trace.loss or 0.0
    if not math.isfinite(loss):
        return "the loss, behind outputs that are finite"
    for name in reversed(order):
        if not returned[name]:
            return f"the gradient that comes back to {name} ({kinds[name]})"
    lost = _lost(gradients)
    return f"the gradient of {lost}" if lost else ""


def _lost(arrays: Arrays) -> str:
    return next((name for name, array in arrays.items() if not np.isfinite(array).all()), "")
