"""The activations: elementwise functions, and softmax over the last axis. theory/activations.md"""

from __future__ import annotations

import math
from typing import Literal

from brain.errors import UserError
from brain.spec.declaration import NonNegative, Positive, declaration
from brain.spec.layers import Layer, Shape


class Activation(Layer):
    """The base of all activations; the shape stays as it is."""

    operations = 1
    """Floating-point operations for one value."""

    def flops(self, input_shape: Shape) -> int:
        return self.operations * math.prod(input_shape)


@declaration
class Identity(Activation):
    """x"""

    operations = 0


@declaration
class ReLU(Activation):
    """max(x, 0); its derivative at 0 is 0."""


@declaration
class LeakyReLU(Activation):
    """x where x > 0, else slope * x (Maas et al. 2013); its derivative at 0 is the slope."""

    operations = 2
    slope: NonNegative = 0.01


@declaration
class ELU(Activation):
    """x where x > 0, else alpha * (exp(x) - 1) (Clevert et al. 2016)."""

    operations = 4
    alpha: Positive = 1.0


@declaration
class GELU(Activation):
    """x * P(Z <= x), Z standard normal (Hendrycks and Gimpel 2016).

    `form="erf"` is exact; `"tanh"` is the paper's approximation.
    """

    operations = 5
    form: Literal["erf", "tanh"] = "erf"


@declaration
class SiLU(Activation):
    """x * sigmoid(x), also called swish (Elfwing et al. 2018)."""

    operations = 5


@declaration
class Sigmoid(Activation):
    """1 / (1 + exp(-x))"""

    operations = 4


@declaration
class Tanh(Activation):
    """The hyperbolic tangent."""


@declaration
class Softplus(Activation):
    """log(1 + exp(x)), a smooth ReLU whose derivative is the sigmoid (Dugas et al. 2001)."""

    operations = 3


@declaration
class Softmax(Activation):
    """exp(x) / sum(exp(x)) over the last axis, with the maximum subtracted first."""

    operations = 5

    def output_shape(self, input_shape: Shape) -> Shape:
        if not input_shape:
            raise UserError("Softmax needs at least one axis besides the batch.")
        return input_shape

    def sum_length(self, input_shape: Shape) -> int:
        return input_shape[-1]
