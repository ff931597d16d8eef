"""A learner's network, as the checks of days 6 and 7 look at it."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable
from typing import Any

NAMES = ("W1", "b1", "W2", "b2")
"""The arrays that a network learns."""


def network_class() -> Any:
    """The class `NeuralNetwork` that the exercises import: the learner's, or the solution's."""
    return importlib.import_module("exercises.scratch.day6.neural_net").NeuralNetwork


def arrays_of(network: Any) -> dict[str, Any]:
    """Copies of what a network has learned, by their names."""
    return {name: getattr(network, name).copy() for name in NAMES}


def remember_starts() -> None:
    """From here on each new network has a copy of itself as it began, `network.start`."""
    made = network_class()
    initialise = made.__init__

    def with_a_copy(self: Any, *sizes: Any, **named: Any) -> None:
        initialise(self, *sizes, **named)
        self.start = copy.deepcopy(self)

    made.__init__ = with_a_copy


def watch_steps(see: Callable[[Any, Any], None]) -> None:
    """From here on `see(network, X)` is called before each backward pass."""
    made = network_class()
    backward = made.backward

    def watched(self: Any, X: Any, *rest: Any, **named: Any) -> None:
        see(self, X)
        backward(self, X, *rest, **named)

    made.backward = watched
