"""The runs that a verdict rests on: each asked of its worker once, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Alone
from brain.compare.examples import Example, example, targets
from brain.compare.runs import BATCH_SIZE, layer_inputs
from brain.parameters import Arrays
from brain.randomness import generator
from brain.worker import Worker

REFERENCE = "numpy"
HEAVY = 3_000_000
"""Forward operations a sample above which a model's passes and steps have `FEW` samples."""

FEW = 3

DRAWS = 10
"""Examples that are drawn; the one whose ReLU units are furthest from 0 is taken."""


class Runs:
    """The runs of one model on every engine.

    Parameters and data are numbers that float32 holds exactly, the same in every dtype.
    """

    def __init__(
        self,
        model: spec.Model,
        workers: Mapping[str, Worker],
        optimizer: spec.Optimizer,
        steps: int,
        device: str,
        on_run: Callable[[str], object],
    ) -> None:
        self.model, self.workers, self.optimizer = model, workers, optimizer
        self.steps, self.device, self.on_run = steps, device, on_run
        self.heavy = model.flops() > HEAVY
        self.batch_size = FEW if self.heavy else BATCH_SIZE
        self.samples = 4 * self.batch_size + max(self.batch_size // 2, 2)  # and a fifth, short one
        self.stream = example(model, self.samples, seed=1)
        self._done: dict[tuple[str, str, str], Any] = {}

    @cached_property
    def example(self) -> Example:
        """Numbers with which no ReLU unit is left to rounding (`brain.compare.runs.margin`)."""
        model, samples = self.model, FEW if self.heavy else 7
        if not any(isinstance(n.layer, spec.ReLU | spec.LeakyReLU) for n in model.walk()):
            return example(model, samples)
        self.on_run(f"{model.name}: an example")
        drawn = [example(model, samples, seed) for seed in range(DRAWS)]
        margins = [
            self.workers[REFERENCE].call(
                "brain.compare.runs:margin",
                model=model,
                parameters=given.parameters,
                x=given.x,
                state=given.state,
            )
            for given in drawn
        ]
        return drawn[margins.index(max(margins))]

    def trace(self, engine: str, dtype: str) -> Any:
        """One pass in training mode: `brain.engine.Trace` as a dictionary."""
        return self._once("traced", engine, dtype, x=self.example.x, y=self.example.y)

    def prediction(self, engine: str, dtype: str) -> Any:
        """The outputs in evaluation mode, from a recurrent state on, and the state after them."""
        given = {"x": self.example.x, "carry": self.example.carry, "return_carry": True}
        return self._once("predicted", engine, dtype, **given)

    def evaluation(self, engine: str, dtype: str) -> Any:
        """The outputs of every layer in evaluation mode: a trace, which begins with no state."""
        given = {"x": self.example.x, "training": False}
        return self._ask("traced", engine, dtype, self.example.parameters, **given)

    def alone(self, name: str, dtype: str, training: bool) -> Alone:
        """A layer with what the reference gives it in its trace."""
        trace = self.trace(REFERENCE, dtype)
        (node,) = (node for node in self.model.walk() if node.name == name)
        given = layer_inputs(self.model.nodes, self.example.x, trace["outputs"])[name]
        parameters, state = (
            {k.removeprefix(f"{name}."): a for k, a in arrays.items() if k.startswith(f"{name}.")}
            for arrays in (self.example.parameters, self.example.state)
        )
        dy = trace["d_outputs"][name]
        return Alone(node.layer, node.input_shape, given, dy, parameters, state, training)

    def layer(self, engine: str, alone: Alone, dtype: str) -> Arrays:
        """What a layer gives by itself: `brain.compare.causes.alone.quantities`."""
        found: Arrays = self.workers[engine].call(
            "brain.compare.causes.alone:quantities",
            **{field.name: getattr(alone, field.name) for field in fields(alone)},
            dtype=dtype,
            device="cpu" if engine == REFERENCE else self.device,
        )
        return found

    def in_place(self, engine: str, alone: Alone, name: str, dtype: str) -> Arrays:
        """What a layer gave inside the model: its output, and its parameters' gradients."""
        trace = (self.trace if alone.training else self.evaluation)(engine, dtype)
        gradients = trace["d_parameters"] if alone.training else {}
        own = {f"d_{k}": gradients[f"{name}.{k}"] for k in alone.parameters if gradients}
        return {"output": trace["outputs"][name], **own}

    def mistaken(self, steps: int) -> dict[str, Arrays]:
        """The parameters after some steps with each known mistake in the optimizer."""
        found: dict[str, Arrays] = self.workers[REFERENCE].call(
            "brain.compare.causes.rules:trained",
            model=self.model,
            optimizer=self.optimizer,
            parameters=self.example.parameters,
            state=self.example.state,
            x=self.stream.x,
            y=targets(self.model, self.samples),
            steps=steps,
            batch_size=self.batch_size,
        )
        return found

    def trajectory(self, engine: str, dtype: str) -> Any:
        """Parameters and running statistics after 1, 10, 100 steps."""
        key = ("trajectory", engine, dtype)
        if key not in self._done:
            self._done[key] = self._train(engine, dtype, self.example.parameters)
        return self._done[key]

    def nudged_trajectory(self, number: int) -> Any:
        """The reference's in float32, from a start that is moved by about one rounding."""
        return self._train(REFERENCE, "float32", nudged(self.example.parameters, number))

    def addends(self) -> Any:
        """`brain.compare.runs.addends` of the reference's pass in float64."""
        key = ("addends", REFERENCE, "float64")
        if key not in self._done:
            self._done[key] = self.workers[REFERENCE].call(
                "brain.compare.runs:addends",
                model=self.model,
                parameters=self.example.parameters,
                x=self.example.x,
                trace=self.trace(REFERENCE, "float64"),
            )
        return self._done[key]

    def _once(self, function: str, engine: str, dtype: str, **arguments: Any) -> Any:
        key = (function, engine, dtype)
        if key not in self._done:
            parameters = self.example.parameters
            self._done[key] = self._ask(function, engine, dtype, parameters, **arguments)
        return self._done[key]

    def _train(self, engine: str, dtype: str, parameters: Arrays) -> Any:
        return self._ask(
            *("trajectory", engine, dtype, parameters),
            x=self.stream.x,
            y=targets(self.model, self.samples),
            optimizer=self.optimizer,
            steps=self.steps,
            batch_size=self.batch_size,
        )

    def _ask(
        self, function: str, engine: str, dtype: str, parameters: Arrays, **arguments: Any
    ) -> Any:
        self.on_run(f"{self.model.name} {dtype} {engine}: {function}")
        return self.workers[engine].call(
            f"brain.compare.runs:{function}",
            model=self.model,
            dtype=dtype,
            # the reference computes on the CPU, whatever the others compute on
            device="cpu" if engine == REFERENCE else self.device,
            parameters=parameters,
            state=self.example.state,
            **arguments,
        )


def nudged(parameters: Arrays, number: int) -> Arrays:
    """Each value a float32 away from itself, up, down or not at all."""
    moved = {}
    for name, array in parameters.items():
        signs = generator(number, f"nudge {name}").integers(-1, 2, array.shape)
        moved[name] = array * (1 + signs * float(np.finfo(np.float32).eps))
    return moved
