"""The NumPy engine: the reference that the other engines are held against."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, SupportsFloat, TypeVar

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import Network
from brain.errors import UserError
from brain.parameters import Arrays
from brain.passes import Batch, Trace
from scratch import threads
from scratch.context import Context, Pass
from scratch.devices import device
from scratch.layers import chain, d_chain, named
from scratch.losses import LOSSES
from scratch.optimizers import apply
from scratch.threads import Team, parts
from scratch.trees import flat, nested

Array = NDArray[Any]
Found = TypeVar("Found")


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
        self._device = device(self.device)
        if self.threads is not None and self.device != "cpu":
            raise UserError(f"threads= is for the device 'cpu', not for {self.device!r}.")
        self._layers = named(self.model.layers)
        self._sooner = pooled_sooner(self._layers)
        self._loss = LOSSES[type(self.model.loss)]
        self._threads = self.threads or self._device.threads
        self._shared = sum(  # operations a sample that threads share
            node.flops for node in self.model.walk() if isinstance(node.layer, spec.Conv2D)
        )
        self._contexts = [Context()]  # one for each thread
        self._flat = {k: self._zeros(shape) for k, shape in self._shapes.items()}
        self._params = nested(self.model.nodes, self._flat)
        self._state: dict[str, dict[str, Array]] = {
            node.name: {k: self._zeros(info.shape) for k, info in node.state.items()}
            for node in self.model.walk()
            if node.state
        }
        self._memory = {
            name: {kept: self._zeros(shape) for kept in self.optimizer.remembers}
            for name, shape in self._shapes.items()
        }

    def _zeros(self, shape: tuple[int, ...]) -> Array:
        return self._place(np.zeros(shape, self.dtype))

    def _read_parameters(self) -> Arrays:
        return self._copied(self._flat)

    def _write_parameters(self, arrays: Arrays) -> None:
        for name, array in arrays.items():
            self._flat[name][...] = self._place(array)

    def _read_state(self) -> Arrays:
        return self._copied({f"{n}.{k}": a for n, s in self._state.items() for k, a in s.items()})

    def _write_state(self, arrays: Arrays) -> None:
        for key, array in arrays.items():
            name, _, kept = key.rpartition(".")
            self._state[name][kept] = self._place(array)

    def _read_memory(self) -> Arrays:
        return self._copied({f"{n}.{k}": a for n, m in self._memory.items() for k, a in m.items()})

    def _write_memory(self, arrays: Arrays) -> None:
        for key, array in arrays.items():
            name, _, kept = key.rpartition(".")
            self._memory[name][kept][...] = self._place(array)

    def _place(self, array: Array) -> Array:
        return self._device.place(array)

    def _fetch(self, placed: Array) -> Array:
        return self._device.fetch(placed)

    def _copied(self, placed: dict[str, Array]) -> Arrays:
        return {name: self._device.copied(array) for name, array in placed.items()}

    def _pass(self, carry: Arrays, **options: Any) -> Pass:
        return Pass(
            **options,
            carry={name: self._place(array) for name, array in carry.items()},
            state=self._state,
            piece_scale=self._device.piece_scale,
        )

    def _share(
        self,
        batch: Batch,
        work: Callable[[Context, Any, Any], Found],
        masks: dict[str, Any],
        carry: Arrays,
        **options: Any,
    ) -> list[tuple[Found, Pass]]:
        """What `work(context, x, y)` returns for the parts of a batch, and the passes it made."""
        cut = parts(
            batch.samples, min(self._threads, self._shared * batch.samples // threads.ENOUGH)
        )
        team = Team(len(cut))
        while len(self._contexts) < len(cut):
            self._contexts.append(Context())

        def one(number: int) -> tuple[Found, Pass]:
            mine, context = cut[number], self._contexts[number]
            context.run = self._pass(
                {name: array[mine] for name, array in carry.items()},
                masks={name: mask[mine] for name, mask in masks.items()},
                team=team,
                part=number,
                samples=batch.samples,
                **options,
            )
            y = None if batch.y is None else batch.y[mine]
            return work(context, batch.x[mine], y), context.run

        with self._device.products(1 if team.size > 1 else self._threads):
            return team.run(one)

    @QUIET
    def _forward(self, batch: Batch, carry: Arrays) -> tuple[Array, SupportsFloat | None, Arrays]:
        def look(context: Context, x: Array, y: Array | None) -> tuple[Array, float]:
            output, _ = chain(self._sooner, self._params, x, context)
            loss = 0.0 if y is None else float(self._loss(output, y)[0])
            return self._device.copied(output), loss * (len(x) / batch.samples)

        found = self._share(batch, look, {}, carry, backward=False)
        loss = None if batch.y is None else sum(loss for (_, loss), _ in found)
        after = [run.after for _, run in found]
        return joined([output for (output, _), _ in found]), loss, joined_all(after)

    @QUIET
    def _train_step(
        self, batch: Batch, masks: dict[str, Any], lr: float, carry: Arrays
    ) -> tuple[SupportsFloat, Arrays]:
        def learn(context: Context, x: Array, y: Array) -> tuple[Any, dict[str, Array]]:
            output, caches = chain(self._sooner, self._params, x, context)
            loss, d_output = self._loss(output, y)
            if len(x) < batch.samples:  # the mean over the whole batch
                loss *= len(x) / batch.samples
                d_output *= len(x) / batch.samples
            context.wants_dx = False
            _, grads = d_chain(self._sooner, self._params, caches, d_output, context)
            return loss, flat(self.model.nodes, grads)

        found = self._share(batch, learn, masks, carry, training=True)
        (loss, gradients), run = found[0]
        for (other, others), _ in found[1:]:
            loss += other
            for name, gradient in gradients.items():
                gradient += others[name]
        apply(self.optimizer, self._flat, gradients, self._memory, lr, self.step)
        self._state |= run.next_state
        return self._device.later(loss), joined_all([run.after for _, run in found])

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
        context = self._contexts[0]
        run = context.run = self._pass(
            training=training, backward=backward, masks=masks, keep=keep, carry=carry
        )
        with self._device.products(self._threads):  # whole: every layer is to be seen
            output, caches = chain(self._layers, self._params, batch.x, context)
            if batch.y is not None:
                loss, dy = self._loss(output, batch.y)
                run.trace.loss = float(loss)
            if dy is not None:
                context.wants_dx = wants_d_input
                dx, grads = d_chain(self._layers, self._params, caches, dy, context)
                run.trace.d_input = None if dx is None else self._device.copied(dx)
                run.trace.d_parameters = self._copied(flat(self.model.nodes, grads))
        for kept in (run.trace.outputs, run.trace.d_outputs):  # copies already
            kept.update({name: self._fetch(array) for name, array in kept.items()})
        return run.trace


def joined(arrays: list[Array]) -> Array:
    """The parts of a batch as one array."""
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0]


def joined_all(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """As `joined`, by name."""
    return {name: joined([part[name] for part in parts]) for name in parts[0]}


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
