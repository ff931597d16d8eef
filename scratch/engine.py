"""The NumPy engine: the reference that the other engines are held against."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network
from brain.errors import UserError, shown
from brain.parameters import Arrays
from brain.passes import Batch, Trace
from scratch.context import Context, Pass
from scratch.layers import Params, chain, d_chain, named
from scratch.losses import LOSSES
from scratch.optimizers import apply
from scratch.threads import available

Array = NDArray[Any]


QUIET = np.errstate(over="ignore", invalid="ignore", divide="ignore")
"""A run that diverges says so by its loss; NumPy's warning would name a line instead."""


class NumpyNetwork(Network):
    """A network whose every operation can be read in `scratch`.

    The way of one batch: `chain` walks the layers forward, the loss gives the output's gradient,
    `d_chain` walks back, `apply` moves the weights.
    """

    engine = "numpy"
    takes_threads = True

    def _make(self) -> None:
        if self.device != "cpu":
            asked = shown(self.device)
            raise UserError(f"the numpy engine computes on 'cpu' only, not on {asked}.")
        self._layers = named(self.model.layers)
        self._sooner = pooled_sooner(self._layers)
        self._loss = LOSSES[type(self.model.loss)]
        self._context = Context()
        self._threads = self.threads or available()
        self._flat = {k: np.zeros(shape, self.dtype) for k, shape in self._shapes.items()}
        self._params = nested(self.model.nodes, self._flat)
        self._state: dict[str, dict[str, Array]] = {
            node.name: {k: np.zeros(i.shape, self.dtype) for k, i in node.state.items()}
            for node in self.model.walk()
            if node.state
        }
        self._memory = {
            name: {kept: np.zeros(shape, self.dtype) for kept in self.optimizer.remembers}
            for name, shape in self._shapes.items()
        }

    def _read_parameters(self) -> Arrays:
        return {name: array.copy() for name, array in self._flat.items()}

    def _write_parameters(self, arrays: Arrays) -> None:
        for name, array in arrays.items():
            self._flat[name][...] = array

    def _read_state(self) -> Arrays:
        return {f"{n}.{k}": a.copy() for n, kept in self._state.items() for k, a in kept.items()}

    def _write_state(self, arrays: Arrays) -> None:
        for key, array in arrays.items():
            name, _, kept = key.rpartition(".")
            self._state[name][kept] = array

    def _read_memory(self) -> Arrays:
        return {f"{n}.{k}": a.copy() for n, kept in self._memory.items() for k, a in kept.items()}

    def _write_memory(self, arrays: Arrays) -> None:
        for key, array in arrays.items():
            name, _, kept = key.rpartition(".")
            self._memory[name][kept][...] = array

    def _place(self, array: Array) -> Array:
        return array

    def _fetch(self, placed: Array) -> Array:
        return placed

    def _pass(self, **options: Any) -> Pass:
        return Pass(**options, state=self._state, threads=self._threads)

    @QUIET
    def _forward(self, batch: Batch, carry: Arrays) -> tuple[Array, SupportsFloat | None, Arrays]:
        run = self._context.run = self._pass(backward=False, carry=carry)
        output, _ = chain(self._sooner, self._params, batch.x, self._context)
        loss = None if batch.y is None else float(self._loss(output, batch.y)[0])
        return output.copy(), loss, run.after

    @QUIET
    def _train_step(
        self, batch: Batch, masks: dict[str, Any], lr: float, carry: Arrays
    ) -> tuple[SupportsFloat, Arrays]:
        run = self._context.run = self._pass(training=True, masks=masks, carry=carry)
        output, caches = chain(self._sooner, self._params, batch.x, self._context)
        loss, d_output = self._loss(output, batch.y)
        self._context.wants_dx = False
        _, grads = d_chain(self._sooner, self._params, caches, d_output, self._context)
        gradients = flat(self.model.nodes, grads)
        apply(self.optimizer, self._flat, gradients, self._memory, lr, self.step)
        self._state |= run.next_state
        return float(loss), run.after

    @QUIET
    def _trace(
        self,
        batch: Batch,
        dy: Array | None,
        masks: dict[str, Any],
        training: bool,
        keep: frozenset[str],
        wants_d_input: bool,
    ) -> Trace:
        carry = self._carry({}, batch.samples)
        backward = batch.y is not None or dy is not None
        run = self._context.run = self._pass(
            training=training, backward=backward, masks=masks, keep=keep, carry=carry
        )
        output, caches = chain(self._layers, self._params, batch.x, self._context)
        if batch.y is not None:
            loss, dy = self._loss(output, batch.y)
            run.trace.loss = float(loss)
        if dy is not None:
            self._context.wants_dx = wants_d_input
            dx, grads = d_chain(self._layers, self._params, caches, dy, self._context)
            run.trace.d_input = None if dx is None else dx.copy()
            gradients = flat(self.model.nodes, grads)
            run.trace.d_parameters = {name: array.copy() for name, array in gradients.items()}
        return run.trace


def pooled_sooner(layers: list[tuple[str, spec.Layer]]) -> list[tuple[str, spec.Layer]]:
    """The layers with each ReLU behind the MaxPool2D that follows it: the same numbers.

    The largest of several is what it was, since ReLU keeps their order; and of numbers there are
    few left behind a pooling. Only a trace, which shows every layer, keeps to the order.
    """
    order = list(layers)
    for i, ((_, one), (_, other)) in enumerate(pairwise(layers)):
        if isinstance(one, spec.ReLU) and isinstance(other, spec.MaxPool2D):
            order[i], order[i + 1] = order[i + 1], order[i]
    return order


def nested(nodes: tuple[spec.Node, ...], arrays: dict[str, Array]) -> Params:
    """Arrays by canonical name as the layers see them: `{"residual1": {"body": {"dense1": ...}}}`.

    The arrays are not copied.
    """
    tree: Params = {}
    for node in nodes:
        inner = tree[node.name.rpartition(".")[2]] = {
            name: arrays[f"{node.name}.{name}"] for name in node.parameters
        }
        for place, inside in node.nests.items():
            if place:
                inner[place] = nested(inside, arrays)
            else:
                inner.update(nested(inside, arrays))
    return tree


def flat(nodes: tuple[spec.Node, ...], tree: Params) -> dict[str, Array]:
    """The inverse of `nested`: arrays by canonical name, parameters in the model's order."""
    arrays: dict[str, Array] = {}
    for node in nodes:
        inner = tree[node.name.rpartition(".")[2]]
        arrays.update({f"{node.name}.{name}": inner[name] for name in node.parameters})
        for place, inside in node.nests.items():
            arrays.update(flat(inside, inner[place] if place else inner))
    return arrays
