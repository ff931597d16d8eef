"""Layers that bring what passes through them to mean 0 and variance 1."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from brain.errors import UserError
from brain.spec.declaration import Positive, declaration
from brain.spec.initializers import Constant
from brain.spec.layers import Layer, ParameterInfo, Shape

Momentum = Annotated[float, Field(gt=0, le=1)]


def _scale_and_shift(layer: Layer, shape: Shape) -> dict[str, ParameterInfo]:
    if not shape:
        raise UserError(f"{layer.kind} needs at least one axis besides the batch.")
    one, zero = (ParameterInfo(shape[-1:], Constant(v), shape[-1], shape[-1]) for v in (1.0, 0.0))
    return {"gamma": one, "beta": zero}


@declaration
class BatchNorm(Layer):
    """(x - mean) / sqrt(var + eps) * gamma + beta over all axes but the last. theory/batchnorm.md

    In training, mean and biased variance are those of the batch, and running = (1 - momentum) *
    running + momentum * batch; in evaluation they are the running ones. Ioffe and Szegedy (2015).
    """

    over_batch: ClassVar[bool] = True

    momentum: Momentum = 0.1
    eps: Positive = 1e-5

    def output_shape(self, input_shape: Shape) -> Shape:
        _scale_and_shift(self, input_shape)
        return input_shape

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        return _scale_and_shift(self, input_shape)

    def state(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        one, zero = _scale_and_shift(self, input_shape).values()
        return {"running_mean": zero, "running_var": one}

    def flops(self, input_shape: Shape) -> int:
        return 4 * math.prod(input_shape)  # as in evaluation: subtract, divide, times, plus


@declaration
class LayerNorm(Layer):
    """(x - mean) / sqrt(var + eps) * gamma + beta over the last axis. theory/layernorm.md

    The variance is the biased one. Ba, Kiros and Hinton (2016).
    """

    eps: Positive = 1e-5

    def output_shape(self, input_shape: Shape) -> Shape:
        _scale_and_shift(self, input_shape)
        return input_shape

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        return _scale_and_shift(self, input_shape)

    def flops(self, input_shape: Shape) -> int:
        return 8 * math.prod(input_shape)  # two means, a square, and the four of BatchNorm

    def sum_length(self, input_shape: Shape) -> int:
        return input_shape[-1]
