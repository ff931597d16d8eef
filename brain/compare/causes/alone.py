"""One layer by itself, given what the reference gave it: only a fault of its own shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain import spec
from brain.engine import build
from brain.parameters import Arrays

Array = NDArray[Any]


@dataclass(frozen=True)
class Alone:
    """A layer and all that goes into it: input, parameters, cotangent, running statistics.

    `x` is `(N, *shape)`, `dy` has the shape of the output; parameters and statistics are keyed by
    their names inside the layer: `weight`, and in a nest `body.dense1.weight`.
    """

    layer: spec.Layer
    shape: spec.Shape
    x: Array
    dy: Array
    parameters: Arrays = field(default_factory=dict)
    state: Arrays = field(default_factory=dict)
    training: bool = True


def quantities(
    engine: str,
    layer: spec.Layer,
    shape: spec.Shape,
    x: Array,
    dy: Array,
    parameters: Mapping[str, Array],
    state: Mapping[str, Array],
    training: bool = True,
    dtype: str = "float64",
    device: str = "cpu",
) -> Arrays:
    """What comes out of the layer: `output`, `d_input`, `d_weight` ..., `next running_mean` ...

    The gradients are those of `sum(output * dy)`; token ids have none. The statistics are those
    after one step in training.
    """
    model = spec.Model("alone", tuple(shape), (layer,), spec.MeanSquaredError())
    (node,) = model.nodes
    net = build(model, engine, dtype=dtype, device=device, optimizer=spec.SGD(1e-3))
    net.load_parameters({f"{node.name}.{name}": array for name, array in parameters.items()})
    net.load_state({f"{node.name}.{name}": array for name, array in state.items()})
    trace = net.trace(x, dy=dy, training=training)
    found = {"output": trace.outputs[node.name]}
    if trace.d_input is not None and model.ids is None:
        found["d_input"] = trace.d_input
    for name in parameters:
        found[f"d_{name}"] = trace.d_parameters[f"{node.name}.{name}"]
    if state and training:
        net.train_step(x, np.zeros_like(dy))
        found |= {f"next {k.partition('.')[2]}": array for k, array in net.state().items()}
    return found
