"""The runs that a verdict rests on: each asked of its worker once, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from brain import spec
from brain.compare.cases import example, targets
from brain.parameters import Arrays
from brain.randomness import generator
from brain.worker import Worker

REFERENCE = "numpy"
SAMPLES = 58
"""Samples in the trajectory's data: five batches, the last one short."""


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
        self.example = example(model)
        self.stream = example(model, SAMPLES, seed=1)
        self._done: dict[tuple[str, str, str], Any] = {}

    def trace(self, engine: str, dtype: str) -> Any:
        """One pass in training mode: `brain.engine.Trace` as a dictionary."""
        return self._once("traced", engine, dtype, x=self.example.x, y=self.example.y)

    def prediction(self, engine: str, dtype: str) -> Any:
        """The outputs in evaluation mode."""
        return self._once("predicted", engine, dtype, x=self.example.x)

    def trajectory(self, engine: str, dtype: str) -> Any:
        """Parameters after 1, 10, 100 steps."""
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
        x, y = self.stream.x, targets(self.model, SAMPLES)
        rule, steps = self.optimizer, self.steps
        return self._ask(
            "trajectory", engine, dtype, parameters, x=x, y=y, optimizer=rule, steps=steps
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
            **arguments,
        )


def nudged(parameters: Arrays, number: int) -> Arrays:
    """Each value a float32 away from itself, up, down or not at all."""
    moved = {}
    for name, array in parameters.items():
        signs = generator(number, f"nudge {name}").integers(-1, 2, array.shape)
        moved[name] = array * (1 + signs * float(np.finfo(np.float32).eps))
    return moved
