"""What a worker does for a comparison: the same few runs, whatever its engine.

Each function takes the engine's name first and gives back plain values and arrays; everything
random comes in as an argument or from `brain`, so that equal arguments mean equal work.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Generator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.compare.parts import sources
from brain.engine import Network, build
from brain.recipes import data_of, held_out, start
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
    y: Array | None = None,
    state: Mapping[str, Array] | None = None,
    training: bool = True,
    layers: Collection[str] | None = None,
) -> dict[str, Any]:
    """One pass, in training mode unless told otherwise: `brain.passes.Trace` as a dictionary."""
    net = _made(engine, model, dtype, device, parameters, state)
    return dict(vars(net.trace(x, y, training=training, layers=layers)))


def walked(
    engine: str,
    model: spec.Model,
    parameters: Mapping[str, Array],
    x: Array,
    layers: list[str],
    sums: bool = False,
    **given: Any,
) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """A pass, `traced`, of which `layers` alone are kept, and handed over one by one.

    Yields `name`, `output`, `d_output` and the gradients of the layer's own `parameters` (None and
    none in a pass without `y`); returns the pass's `loss` and `d_input`, and with `sums` the
    `addends` of `layers`.
    """
    before = sources(model.nodes) if sums else {}
    keep = {*layers, *(before[name] for name in layers if sums)} - {""}
    trace = traced(engine, model, parameters=parameters, x=x, layers=keep, **given)
    own = {node.name: node.parameters for node in model.walk()}
    gradients = trace["d_parameters"]
    for name in layers:
        yield {
            "name": name,
            "output": trace["outputs"][name],
            "d_output": trace["d_outputs"].get(name),
            "parameters": {k: gradients[f"{name}.{k}"] for k in own[name] if gradients},
        }
    end = {"loss": trace["loss"], "d_input": trace["d_input"]}
    summed = addends(engine, model, parameters, x, trace, layers) if sums else {}
    return end | {"addends": summed}


def predicted(
    engine: str,
    model: spec.Model,
    dtype: str,
    device: str,
    parameters: Mapping[str, Array],
    x: Array,
    state: Mapping[str, Array] | None = None,
    carry: Mapping[str, Array] | None = None,
    return_carry: bool = False,
) -> Any:
    """What `Network.predict` gives: the outputs, and with `return_carry` the state after them."""
    net = _made(engine, model, dtype, device, parameters, state)
    outputs, after = net.predict(x, carry=carry, return_carry=True)
    return (outputs, after) if return_carry else outputs


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
    state: Mapping[str, Array] | None = None,
    batch_size: int = BATCH_SIZE,
) -> dict[str, Any]:
    """Parameters after 1, 10, 100 steps (and after the last), and the loss of each step.

    Running statistics stand among the parameters: training moves them too.
    """
    net = _made(engine, model, dtype, device, parameters, state, optimizer)
    losses: list[float] = []
    snapshots: dict[str, Any] = {}
    epoch = 0
    while len(losses) < steps:
        for rows in batches(len(x), batch_size, 0, epoch):
            losses.append(float(net.train_step(x[rows], y[rows])))
            if len(losses) in CHECKPOINTS or len(losses) == steps:
                snapshots[str(len(losses))] = {**net.parameters(), **net.state()}
            if len(losses) == steps:
                break
        epoch += 1
    return {"losses": losses, "parameters": snapshots}


def _made(
    engine: str,
    model: spec.Model,
    dtype: str,
    device: str,
    parameters: Mapping[str, Array],
    state: Mapping[str, Array] | None,
    optimizer: spec.Optimizer | None = None,
) -> Network:
    """A network with these values; running statistics as they begin unless they are given."""
    net = build(model, engine, dtype=dtype, device=device, optimizer=optimizer)
    net.load_parameters(parameters)
    if state is not None:
        net.load_state(state)
    return net


def addends(
    engine: str,
    model: spec.Model,
    parameters: Mapping[str, Array],
    x: Array,
    trace: Mapping[str, Any],
    layers: Collection[str] | None = None,
) -> dict[str, dict[str, Any]]:
    """For each linear layer, S of its output and its gradients: what its sums add up, unsigned.

    Of `layers` alone, where they are given. Each layer is run alone, as a model of one layer, with
    the absolute values of its input, its parameters and its output's gradient. Of a normalisation,
    S of its gradients alone.
    """
    inputs = layer_inputs(model.nodes, np.asarray(x), trace["outputs"])
    result = {}
    for node in (node for node in model.walk() if layers is None or node.name in layers):
        given = inputs[node.name], np.abs(trace["d_outputs"][node.name])
        if node.layer.linear:
            own = {k: parameters[f"{node.name}.{k}"] for k in node.parameters}
            result[node.name] = _linear_addends(engine, node, own, *given)
        if isinstance(node.layer, spec.BatchNorm | spec.LayerNorm):
            result[node.name] = _norm_addends(engine, node, *given)
    return result


def _linear_addends(
    engine: str, node: spec.Node, own: Mapping[str, Array], x: Array, d_output: Array
) -> dict[str, Any]:
    """S of the output and of the gradients; `own` are the layer's parameters by local name."""
    alone = spec.Model("alone", node.input_shape, (node.layer,), spec.MeanSquaredError())
    (name,) = (n.name for n in alone.nodes)
    net = build(alone, engine, dtype="float64")
    net.load_parameters({f"{name}.{k}": np.abs(array) for k, array in own.items()})
    sums = net.trace(np.abs(x), dy=d_output, layers=[name])
    return {
        "output": float(np.linalg.norm(sums.outputs[name])),
        **{k: float(np.linalg.norm(sums.d_parameters[f"{name}.{k}"])) for k in own},
        "rows": d_output.size // d_output.shape[-1],
    }


def _norm_addends(engine: str, node: spec.Node, x: Array, d_output: Array) -> dict[str, Any]:
    """S of the gradients of gamma, sums of dy * x_hat, and of beta, sums of dy."""
    alone = spec.Model("alone", node.input_shape, (node.layer,), spec.MeanSquaredError())
    (name,) = (n.name for n in alone.nodes)
    # as it is initialised, gamma 1 and beta 0, the output is x_hat
    x_hat = build(alone, engine, dtype="float64").trace(x, training=True).outputs[name]
    axes = tuple(range(x.ndim - 1))
    return {
        "gamma": float(np.linalg.norm((d_output * np.abs(x_hat)).sum(axis=axes))),
        "beta": float(np.linalg.norm(d_output.sum(axis=axes))),
        "rows": d_output.size // d_output.shape[-1],
    }


def margin(
    engine: str,
    model: spec.Model,
    parameters: Mapping[str, Array],
    x: Array,
    state: Mapping[str, Array] | None = None,
) -> float:
    """How near a number that goes into a ReLU comes to 0, by the root mean square of all that do.

    Where rounding could decide on which side it falls, two right engines differ in a whole share of
    the gradient. An exact 0 (what another ReLU gave) is one in every engine. Infinite for a model
    without ReLU or LeakyReLU.
    """
    net = _made(engine, model, "float64", "cpu", parameters, state)
    names = [n.name for n in model.walk() if isinstance(n.layer, spec.ReLU | spec.LeakyReLU)]
    before = sources(model.nodes)
    keep = {before[name] for name in names} - {""}
    outputs = net.trace(x, training=True, layers=keep).outputs
    inputs = layer_inputs(model.nodes, np.asarray(x), outputs)
    bent = (inputs[name] for name in names)
    near = (np.abs(z[z != 0]).min(initial=math.inf) / np.sqrt(np.mean(z**2)) for z in bent)
    return float(min(near, default=math.inf))


def layer_inputs(
    nodes: tuple[spec.Node, ...], x: Array | None, outputs: Mapping[str, Array]
) -> dict[str, Array]:
    """What went into each layer, from what came out of the one before it, where that was kept."""
    inputs: dict[str, Array] = {}
    for node in nodes:
        if x is not None:
            inputs[node.name] = x
        for place, inside in node.nests.items():
            # the twin in Bidirectional reads, and shows, the last step first
            turned = isinstance(node.layer, spec.Bidirectional) and place == "backward"
            given = x[:, ::-1] if turned and x is not None else x
            inputs |= layer_inputs(inside, given, outputs)
        x = outputs.get(node.name)
    return inputs


def learned(
    engine: str, recipe: spec.Recipe, device: str
) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """A whole training on real data; yields its progress, returns losses, metrics and seconds.

    The metrics are empty for a training that diverged.
    """
    dataset = data_of(recipe)
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
