"""What a worker does for a comparison: the same few runs, whatever its engine.

Each function takes the engine's name first and gives back plain values and arrays; everything
random comes in as an argument or from `brain`, so that equal arguments mean equal work.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import data, spec
from brain.engine import build
from brain.recipes import held_out, start
from brain.training import DivergenceError, batches

Array = NDArray[Any]
CHECKPOINTS = (1, 10, 100)
BATCH_SIZE = 13
"""Divides no number of samples that is used, so that the last batch is a short one."""


def traced(
    engine: str,
    model: spec.Model,
    dtype: str,
    device: str,
    parameters: Mapping[str, Array],
    x: Array,
    y: Array,
) -> dict[str, Any]:
    """One pass in training mode: `brain.engine.Trace` as a dictionary."""
    net = build(model, engine, dtype=dtype, device=device)
    net.load_parameters(parameters)
    return asdict(net.trace(x, y, training=True))


def predicted(
    engine: str,
    model: spec.Model,
    dtype: str,
    device: str,
    parameters: Mapping[str, Array],
    x: Array,
) -> Array:
    """The outputs in evaluation mode."""
    net = build(model, engine, dtype=dtype, device=device)
    net.load_parameters(parameters)
    return net.predict(x)


def trajectory(
    engine: str,
    model: spec.Model,
    dtype: str,
    device: str,
    parameters: Mapping[str, Array],
    x: Array,
    y: Array,
    optimizer: spec.Optimizer,
    steps: int,
) -> dict[str, Any]:
    """Parameters after 1, 10, 100 steps (and after the last), and the loss of each step."""
    net = build(model, engine, dtype=dtype, device=device, optimizer=optimizer)
    net.load_parameters(parameters)
    losses: list[float] = []
    snapshots: dict[str, Any] = {}
    epoch = 0
    while len(losses) < steps:
        for rows in batches(len(x), BATCH_SIZE, 0, epoch):
            losses.append(float(net.train_step(x[rows], y[rows])))
            if len(losses) in CHECKPOINTS or len(losses) == steps:
                snapshots[str(len(losses))] = net.parameters()
            if len(losses) == steps:
                break
        epoch += 1
    return {"losses": losses, "parameters": snapshots}


def addends(
    engine: str,
    model: spec.Model,
    parameters: Mapping[str, Array],
    x: Array,
    trace: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    """For each linear layer, S of its output and its gradients: what its sums add up, unsigned.

    Each layer is run alone, as a model of one layer, with the absolute values of its input, its
    parameters and its output's gradient.
    """
    inputs = layer_inputs(model.nodes, np.asarray(x), trace["outputs"])
    result = {}
    for node in model.walk():
        if not node.layer.linear:
            continue
        alone = spec.Model("alone", node.input_shape, (node.layer,), spec.MeanSquaredError())
        (name,) = (n.name for n in alone.nodes)
        net = build(alone, engine, dtype="float64")
        net.load_parameters(
            {f"{name}.{k}": np.abs(parameters[f"{node.name}.{k}"]) for k in node.parameters}
        )
        d_output = np.abs(trace["d_outputs"][node.name])
        sums = net.trace(np.abs(inputs[node.name]), dy=d_output, layers=[name])
        result[node.name] = {
            "output": float(np.linalg.norm(sums.outputs[name])),
            **{k: float(np.linalg.norm(sums.d_parameters[f"{name}.{k}"])) for k in node.parameters},
            "rows": d_output.size // d_output.shape[-1],
        }
    return result


def layer_inputs(
    nodes: tuple[spec.Node, ...], x: Array, outputs: Mapping[str, Array]
) -> dict[str, Array]:
    """What went into each layer, from what came out of the one before it."""
    inputs = {}
    for node in nodes:
        inputs[node.name] = x
        for inside in node.nests.values():
            inputs |= layer_inputs(inside, x, outputs)
        x = outputs[node.name]
    return inputs


def learned(
    engine: str, recipe: spec.Recipe, device: str
) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """A whole training on real data; yields its progress, returns losses, metrics and seconds.

    The metrics are empty for a training that diverged.
    """
    dataset = data.load(recipe.data)
    _, steps = start(recipe, engine, device, dataset)
    losses: list[float] = []
    metrics: dict[str, float] = {}
    seconds = told = 0.0
    try:
        for step in steps:
            losses.append(float(step.loss))
            metrics, seconds = step.metrics or metrics, step.seconds
            if time.perf_counter() - told > 0.1 or step.step == step.steps:
                told = time.perf_counter()
                yield {"step": step.step, "steps": step.steps, "loss": losses[-1], **metrics}
    except DivergenceError:
        metrics = {}  # it has learned nothing; its losses show how far it came
    judged = len(held_out(dataset, recipe.hold_out, recipe.seed).x_test)
    return {"losses": losses, "metrics": metrics, "seconds": seconds, "samples": judged}
