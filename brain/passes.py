"""What goes into a pass through a network, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from brain import spec
from brain.parameters import Arrays

Array = NDArray[Any]


@dataclass(frozen=True)
class Batch:
    """Inputs and targets that `prepare` has checked and put where the engine computes.

    `made_for` says what they fit: engine, device, dtype and the model's shapes.
    """

    x: Any
    y: Any
    samples: int
    made_for: tuple[object, ...]


class DeferredLoss:
    """A loss still on the device; it is fetched when `float` first reads it, and then kept."""

    def __init__(self, fetch: Callable[[], float]) -> None:
        self._fetch: Callable[[], float] | None = fetch
        self._value = 0.0

    def __float__(self) -> float:
        if self._fetch is not None:
            self._value, self._fetch = float(self._fetch()), None
        return self._value

    def __format__(self, form: str) -> str:
        return format(float(self), form)

    def __repr__(self) -> str:
        return repr(float(self))


@dataclass
class Trace:
    """What one pass through a network left behind, by layer name; all arrays are copies.

    `outputs[layer]` and `d_outputs[layer]` have the shape of the layer's output; `d_input` that of
    the input; `d_parameters` is keyed by canonical name. The gradients are those of the loss (when
    `y` was given) or of `sum(output * dy)` (when `dy` was), and empty when neither was. What
    belongs to the backward twin in a Bidirectional is in its own order, the last step first.
    """

    outputs: dict[str, Array] = field(default_factory=dict)
    d_outputs: dict[str, Array] = field(default_factory=dict)
    d_input: Array | None = None
    d_parameters: Arrays = field(default_factory=dict)
    loss: float | None = None


def completed(nodes: tuple[spec.Node, ...]) -> Iterator[spec.Node]:
    """The nodes in the order in which their outputs become known: a nest after its layers."""
    for node in nodes:
        for inside in node.nests.values():
            yield from completed(inside)
        yield node
