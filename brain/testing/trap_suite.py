"""The smallest computations that show where a framework's habit parts from the canonical form.

right, ours = both("torch", of_layer, spec.Softplus(), x)
assert_trap(naive=softplus(x), ours=ours, right=right, off_by=1e-11)

theory/rosetta.md shows what they measure, side by side.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import spec
from brain.compare.examples import example
from brain.compare.tolerances import error
from brain.engine import build
from brain.parameters import Arrays

Array = NDArray[Any]

LINE = spec.Model("line", (5,), (spec.Dense(3),), spec.MeanSquaredError())
"""One layer, two parameters, seven samples: what the optimizers are tried on."""


def assert_trap(
    naive: ArrayLike, ours: Array, right: Array, off_by: float, within: float = 1e-12
) -> None:
    """The naive translation is off by more than `off_by`; ours is right to `within`."""
    measured = {"naive": error(np.asarray(naive), right), "ours": error(ours, right)}
    note(measured)
    assert measured["naive"] > off_by, "the trap is gone: the framework agrees now"
    assert measured["ours"] < within


def note(measured: dict[str, float]) -> None:
    """Add what the running test has measured to the JSON file that BRAIN_TRAPS names, if any."""
    if named := os.environ.get("BRAIN_TRAPS"):
        path, test = Path(named), os.environ["PYTEST_CURRENT_TEST"].removesuffix(" (call)")
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        known.setdefault(test, []).append(measured)
        path.write_text(json.dumps(known, indent=1), encoding="utf-8")


def both(engine: str, compute: Callable[..., Array], *arguments: Any) -> tuple[Array, Array]:
    """What `compute` gives with the NumPy engine, then with `engine`, both in float64."""
    return compute("numpy", *arguments), compute(engine, *arguments)


def of_layer(engine: str, layer: spec.Layer, x: Array) -> Array:
    """The output of one layer without parameters."""
    model = spec.Model("layer", x.shape[1:], (layer,), spec.MeanSquaredError())
    return build(model, engine, dtype="float64").predict(x)


def of_batch(engine: str, layer: spec.Layer, x: Array) -> Array:
    """The output in training of one layer with its parameters as they begin."""
    model = spec.Model("layer", x.shape[1:], (layer,), spec.MeanSquaredError())
    trace = build(model, engine, dtype="float64").trace(x, training=True)
    return trace.outputs[model.nodes[0].name]


def of_statistics(engine: str, layer: spec.Layer, x: Array) -> Array:
    """The running statistics of one layer after one training step, as rows."""
    model = spec.Model("layer", x.shape[1:], (layer,), spec.MeanSquaredError())
    net = build(model, engine, dtype="float64")
    net.train_step(x, x)
    return np.stack([*net.state().values()])


def of_loss(engine: str, loss: spec.Loss, output: Array, y: Array) -> Array:
    """The value of a loss, of an output and targets."""
    model = spec.Model("loss", output.shape[1:], (spec.Identity(),), loss)
    return np.array(build(model, engine, dtype="float64").evaluate(output, y)["loss"])


def of_start(engine: str, layer: spec.Layer, shape: spec.Shape, parameter: str = "weight") -> Array:
    """The start values of a parameter, sorted: of two large ones from one distribution, the same
    but for a percent."""
    model = spec.Model("layer", shape, (layer,), spec.MeanSquaredError())
    parameters = build(model, engine, dtype="float64").parameters()
    return np.sort(parameters[f"{model.nodes[0].name}.{parameter}"].ravel())


def line_data(size: float = 1.0) -> tuple[Arrays, Array, Array]:
    """Parameters, inputs and targets for LINE; gradients are about `size` squared."""
    given = example(LINE)
    small = {"dense1.weight": given.parameters["dense1.weight"]}
    small["dense1.bias"] = size * given.parameters["dense1.bias"]
    return small, size * given.x, size * given.y


def of_training(engine: str, optimizer: spec.Optimizer, steps: int = 1, size: float = 1.0) -> Array:
    """How LINE's parameters have moved after some steps, weight and bias as one vector."""
    parameters, x, y = line_data(size)
    net = build(LINE, engine, dtype="float64", optimizer=optimizer)
    net.load_parameters(parameters)
    for _ in range(steps):
        net.train_step(x, y)
    return movement(net.parameters(), parameters)


def movement(after: Arrays, before: Arrays) -> Array:
    """The difference of LINE's parameters, weight and bias as one vector."""
    return np.concatenate([(after[name] - before[name]).ravel() for name in before])
