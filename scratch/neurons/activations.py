"""The four bends of the compact network: each a value and a slope. theory/activations.md"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scratch.activations import sigmoid_of

Array = NDArray[np.float64]


class Identity:
    """f(z) = z: a sum that is left as it is. The base of the others."""

    def value(self, z: Array) -> Array:
        """a = f(z)."""
        return z

    def slope(self, a: Array) -> Array:
        """f'(z), which for each of the four can be told from a = f(z)."""
        return np.ones_like(a)


class Sigmoid(Identity):
    """f(z) = 1 / (1 + exp(-z)), between 0 and 1."""

    def value(self, z: Array) -> Array:
        return sigmoid_of(z)  # theory/activations.md (7)

    def slope(self, a: Array) -> Array:
        return a * (1 - a)  # (8)


class Tanh(Identity):
    """f(z) = tanh(z), between -1 and 1."""

    def value(self, z: Array) -> Array:
        return np.tanh(z)  # (9)

    def slope(self, a: Array) -> Array:
        return 1 - a**2  # (10)


class ReLU(Identity):
    """f(z) = z where that is positive, else 0."""

    def value(self, z: Array) -> Array:
        return np.maximum(z, 0)  # (1)

    def slope(self, a: Array) -> Array:
        return (a > 0).astype(np.float64)  # (2)
