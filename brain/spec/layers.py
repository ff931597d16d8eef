"""The base of all layers, and the layers that are a matrix product or no arithmetic at all.

A layer is a declaration: its fields say everything that an engine needs to build it, and its
methods everything that follows from an input shape. Shapes leave out the batch axis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from brain.errors import UserError
from brain.spec.declaration import Count, Declaration, Fraction, declaration
from brain.spec.initializers import AnyInitializer, Constant, He, Initializer

Shape = tuple[int, ...]


@dataclass(frozen=True)
class ParameterInfo:
    """What is known of one parameter before it has a value.

    `parts` weights of as many gates lie side by side on the last axis; fans are those of one part.
    """

    shape: Shape
    init: Initializer
    fan_in: int
    fan_out: int
    parts: int = 1


class Layer(Declaration):
    """The base of all layers. All shapes are those of one sample, without the batch axis."""

    linear: ClassVar[bool] = False
    """Whether the output is a sum of products of the input and the parameters, plus a bias."""

    over_batch: ClassVar[bool] = False
    """Whether a pass in training adds up the whole batch, so that one sample moves another."""

    ids: ClassVar[int | None] = None
    """How many token ids the layer takes, 0 and up; None for a layer that takes numbers."""

    @property
    def short_name(self) -> str:
        """What a layer of this kind is called in parameter names, before its number."""
        return self.kind.lower().removesuffix("2d")

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape that comes out; UserError where `input_shape` cannot go in."""
        return input_shape

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        """The layer's own trainable arrays, by local name."""
        return {}

    def state(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        """The layer's running statistics, by local name: kept, not trained."""
        return {}

    def carry(self, input_shape: Shape) -> dict[str, Shape]:
        """The recurrent state of a sample that one window hands to the next, by local name."""
        return {}

    def flops(self, input_shape: Shape) -> int:
        """Floating-point operations of the forward pass, a sample.

        Counted on the direct algorithm: a multiplication and an addition are two, a comparison
        or one value of an elementary function is one, moving numbers about is none.
        """
        return 0

    def sum_length(self, input_shape: Shape) -> int:
        """How many products each output value adds up: what its rounding error grows with."""
        return 1

    def nests(self) -> dict[str, tuple[Layer, ...]]:
        """The layers inside this one, by the name of their place; none for an ordinary layer."""
        return {}


def named(layers: tuple[Layer, ...]) -> Iterator[tuple[str, Layer]]:
    """The layers of one chain with their names: kind and count, `dense1`, `relu1`, `dense2`."""
    counts: dict[str, int] = {}
    for layer in layers:
        count = counts[layer.short_name] = counts.get(layer.short_name, 0) + 1
        yield f"{layer.short_name}{count}", layer


@declaration
class Dense(Layer):
    """Z = X W + b over the last axis: `weight (in, units)`, `bias (units,)`. theory/dense.md"""

    linear: ClassVar[bool] = True

    units: Count
    bias: bool = True
    init: AnyInitializer = He()

    def output_shape(self, input_shape: Shape) -> Shape:
        if not input_shape:
            raise UserError("Dense needs at least one axis besides the batch; put it after one.")
        return (*input_shape[:-1], self.units)

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        width = input_shape[-1]
        weight = ParameterInfo((width, self.units), self.init, width, self.units)
        bias = ParameterInfo((self.units,), Constant(0.0), width, self.units)
        return {"weight": weight, "bias": bias} if self.bias else {"weight": weight}

    def flops(self, input_shape: Shape) -> int:
        # A product and a sum for each weight; the bias takes the place of the first sum's zero.
        per_unit = 2 * input_shape[-1] - (0 if self.bias else 1)
        return math.prod(input_shape[:-1]) * self.units * per_unit

    def sum_length(self, input_shape: Shape) -> int:
        return input_shape[-1] + self.bias


@declaration
class Flatten(Layer):
    """All axes but the batch made one, row-major: `(N, H, W, C)` to `(N, H * W * C)`."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)


@declaration
class Dropout(Layer):
    """In training, each unit is zero with probability `rate`, the others divided by 1 - rate.

    The mask comes from `brain.randomness.dropout_mask`, the same for every engine.
    theory/dropout.md
    """

    rate: Fraction

    def flops(self, input_shape: Shape) -> int:
        return 0  # counted as at prediction, where nothing is dropped
