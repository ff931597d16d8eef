"""The runs that a verdict rests on: each asked of its worker once, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np

from brain import spec
from brain.compare.causes.alone import Alone
from brain.compare.examples import Example, example, targets
from brain.compare.parts import parts, sources
from brain.compare.runs import BATCH_SIZE, layer_inputs
from brain.parameters import Arrays
from brain.passes import completed
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

    Parameters and data are numbers that float32 holds exactly, the same in every dtype. The arrays
    of a pass are fetched layer by layer and never all at a time: `parts` says which of them a
    worker keeps in one pass. `batch_size` is how many samples a pass and each step have, unless
    the model decides.
    """

    def __init__(
        self,
        model: spec.Model,
        workers: Mapping[str, Worker],
        optimizer: spec.Optimizer,
        steps: int,
        device: str,
        on_run: Callable[[str], object],
        batch_size: int | None = None,
    ) -> None:
        self.model, self.workers, self.optimizer = model, workers, optimizer
        self.steps, self.device, self.on_run = steps, device, on_run
        self.heavy = model.flops() > HEAVY
        self.pass_size = batch_size or (FEW if self.heavy else 7)
        self.batch_size = batch_size or (FEW if self.heavy else BATCH_SIZE)
        self.samples = 4 * self.batch_size + max(self.batch_size // 2, 2)  # and a fifth, short one
        if batch_size:  # they may be large: no more than are used
            self.samples = min(self.samples, steps * batch_size)
        self.parts = parts(list(completed(model.nodes)), self.pass_size)
        self.stream = example(model, self.samples, seed=1)
        self._done: dict[tuple[str, str, str], Any] = {}
        self._addends: dict[str, dict[str, Any]] = {}

    @cached_property
    def example(self) -> Example:
        """Numbers with which no ReLU unit is left to rounding (`brain.compare.runs.margin`)."""
        model, samples = self.model, self.pass_size
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

    def walk(
        self,
        engine: str,
        dtype: str,
        layers: list[str],
        hear: Callable[[Any], object],
        training: bool = True,
    ) -> Any:
        """A pass: `hear` is given each of `layers`, as `brain.compare.runs.walked` yields it.

        Returns the pass's loss and `d_input`. In evaluation there are outputs alone, and a
        recurrent layer begins with no state.
        """
        # with the reference's exact pass, the addends come for nothing
        exact = training and (engine, dtype) == (REFERENCE, "float64")
        sums = exact and not self._addends.keys() >= set(layers)
        end = self._call(
            *("walked", engine, dtype, self.example.parameters),
            on_event=hear,
            x=self.example.x,
            y=self.example.y if training else None,
            layers=layers,
            training=training,
            sums=sums,
        )
        summed = end.pop("addends")
        if sums:
            self._addends |= {name: summed.get(name, {}) for name in layers}
        return end

    def part(
        self,
        engine: str,
        dtype: str,
        number: int,
        hear: Callable[[Any], object],
        training: bool = True,
    ) -> Any:
        """The walk over one of the `parts`."""
        count = len(self.parts)
        part = f", part {number + 1} of {count}" if count > 1 else ""
        self.on_run(f"{self.model.name} {dtype} {engine}: traced{part}")
        return self.walk(engine, dtype, self.parts[number], hear, training)

    def trace(
        self, engine: str, dtype: str, layers: Iterable[str] | None = None, training: bool = True
    ) -> Any:
        """One pass as a dictionary like `brain.passes.Trace`, of `layers`, or of all of them.

        For a few layers: a whole trace of a large model takes several times a step's memory.
        """
        names = [node.name for node in completed(self.model.nodes)] if layers is None else layers
        found: dict[str, Any] = {"outputs": {}, "d_outputs": {}, "d_parameters": {}}

        def hear(layer: Any) -> None:
            name = layer["name"]
            found["outputs"][name], found["d_outputs"][name] = layer["output"], layer["d_output"]
            own = layer["parameters"].items()
            found["d_parameters"] |= {f"{name}.{k}": array for k, array in own}

        return found | self.walk(engine, dtype, list(names), hear, training)

    def prediction(self, engine: str, dtype: str) -> Any:
        """The outputs in evaluation mode, from a recurrent state on, and the state after them."""
        given = {"x": self.example.x, "carry": self.example.carry, "return_carry": True}
        return self._once("predicted", engine, dtype, **given)

    def alone(self, name: str, dtype: str, training: bool) -> Alone:
        """A layer with what the reference gives it in its trace."""
        before = sources(self.model.nodes)[name]
        trace = self.trace(REFERENCE, dtype, filter(None, (before, name)))
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
        nest = f"{name}."
        inside = (node.name for node in self.model.walk() if node.name.startswith(nest))
        trace = self.trace(engine, dtype, [name, *inside], alone.training)
        gradients = trace["d_parameters"]
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

    def addends(self, name: str) -> Mapping[str, Any]:
        """`brain.compare.runs.addends` of one layer in the reference's pass in float64."""
        if name not in self._addends:
            part = next(part for part in self.parts if name in part)
            self.walk(REFERENCE, "float64", part, lambda layer: None)
        return self._addends[name]

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
        return self._call(function, engine, dtype, parameters, **arguments)

    def _call(
        self,
        function: str,
        engine: str,
        dtype: str,
        parameters: Arrays,
        on_event: Callable[[Any], object] | None = None,
        **arguments: Any,
    ) -> Any:
        return self.workers[engine].call(
            f"brain.compare.runs:{function}",
            on_event,
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
