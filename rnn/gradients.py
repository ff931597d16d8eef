"""How much of a gradient is left many steps back, measured by the real backward pass.

found = over_time(net, x, y)
found.inputs                      # |dL/dx_t| (N, T), where only the last step's loss counts
at_most(net, found)               # what it can be of a plain RNN, (T,)

S. Hochreiter (1991); Y. Bengio, P. Simard and P. Frasconi, "Learning long-term dependencies with
gradient descent is difficult", IEEE Transactions on Neural Networks 5 (1994).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from brain import checks, spec
from brain.engine import Network
from rnn.reading import read, recurrent_layer
from scratch.losses import LOSSES

Array = NDArray[Any]


@dataclass(frozen=True)
class Norms:
    """Lengths of gradients in float64: of what a layer reads, and of the state it ends with."""

    layer: str
    inputs: Array  # |dL/dx_t|, (N, T)
    end: Array  # |dL/dh_T|, (N,)

    @property
    def mean(self) -> Array:
        """Over the samples, `(T,)`."""
        return self.inputs.mean(axis=0)


def over_time(net: Network, x: ArrayLike, y: ArrayLike) -> Norms:
    """The gradients of each sample's own loss at the last step alone.

    x_t is what the first recurrent layer reads at step t; where that layer lies in a nest, what
    the nest reads. Where the model answers at every step, all answers but the last do not count.
    In evaluation mode, without dropout. UserError for a network without a recurrent layer.
    """
    inside = recurrent_layer(net.model).name
    names = [node.name for node in net.model.nodes]
    name = next(n for n in names if inside == n or inside.startswith(n + "."))
    place = names.index(name)
    trace = net.trace(x, dy=last_loss(net, x, y), layers=names[max(place - 1, 0) : place + 1])
    dx = trace.d_outputs[names[place - 1]] if place else trace.d_input
    dh = trace.d_outputs[name]
    assert dx is not None  # a model that begins with a memory reads numbers, not ids
    end = dh if dh.ndim == 2 else dh[:, -1]
    return Norms(name, lengths(dx), lengths(end))


def last_loss(net: Network, x: ArrayLike, y: ArrayLike) -> Array:
    """The gradient of each sample's own loss at the last step, in the shape of the output."""
    output = net.predict(x)  # (N, K), or (N, T, K)
    target = checks.targets(net.model, y, len(output), net.dtype)
    each_step = output.ndim == 3
    last, wanted = (output[:, -1], target[:, -1]) if each_step else (output, target)
    _, mean = LOSSES[type(net.model.loss)](last, wanted)
    dy = np.zeros_like(output)
    dy[:, -1] = mean * len(output) if each_step else 0
    return dy if each_step else mean * len(output)


def at_most(net: Network, found: Norms) -> Array | None:
    """What the mean of `found.inputs` can be at most, `(T,)`, where theory says it.

    theory/memory.md (1) to (3): for one plain RNN as the only recurrent layer; None for others.
    The largest slope of tanh and of ReLU is 1. R. Pascanu, T. Mikolov and Y. Bengio, "On the
    difficulty of training recurrent neural networks", ICML (2013), section 2.1.
    """
    nodes = [node for node in net.model.walk() if isinstance(node.layer, spec.Recurrent)]
    if len(nodes) > 1 or not isinstance(nodes[0].layer, spec.RNN) or nodes[0].name != found.layer:
        return None
    into, again = (stretch(net, found.layer, w) for w in ("weight", "recurrent_weight"))
    back = np.arange(found.inputs.shape[1])[::-1]  # k, steps before the last one
    return found.end.mean() * into * again**back


def stretch(net: Network, layer: str, weight: str) -> float:
    """The largest singular value of a layer's weight: how much it can lengthen a vector."""
    array = net.parameters()[f"{layer}.{weight}"].astype(np.float64)
    return float(np.linalg.norm(array, ord=2))


def kept(net: Network, x: ArrayLike, layer: str | None = None) -> Array | None:
    """What the gates alone let through from each step to the last, `(N, T, H)`: 1 is everything.

    The product of an LSTM's forget gates f, of a GRU's z, over the steps after t; None for an RNN,
    which has no such way. theory/memory.md (4), (5)
    """
    gates = read(net, x, layer).gates
    keeping = gates.get("f", gates.get("z"))
    if keeping is None:
        return None
    after = np.ones_like(keeping, dtype=np.float64)
    after[:, :-1] = np.cumprod(keeping[:, :0:-1].astype(np.float64), axis=1)[:, ::-1]
    return after


def span(kept_each_step: float) -> float:
    """After how many steps 1/e is left where each keeps the same share. theory/memory.md (6)"""
    return float(-1 / np.log(kept_each_step))


def lengths(gradients: Array) -> Array:
    """Of the vectors on the last axis."""
    return np.linalg.norm(gradients.astype(np.float64), axis=-1)
