"""Layers over images `(H, W, C)`: convolution and pooling.

One rule for all of them, along each axis: windows of `size` cells, `stride` apart, over `n` cells
with `padding`: "valid" has none; "same" pads so that ceil(n / stride) windows fit, the odd cell at
the end (TensorFlow's rule); a number pads so many cells at either side.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from brain.errors import UserError, shown
from brain.spec.declaration import Count, declaration, plain
from brain.spec.initializers import AnyInitializer, Constant, He
from brain.spec.layers import Layer, ParameterInfo, Shape


def _padding(value: object) -> object:
    value = plain(value)
    if (isinstance(value, str) and value in ("valid", "same")) or (
        type(value) is int and 0 <= value < 2**63
    ):
        return value
    raise ValueError(
        f"it should be 'valid', 'same' or a number of cells from 0 up, but it is {shown(value)}."
    )


Padding = Annotated[Literal["valid", "same"] | int, BeforeValidator(_padding)]


def windows(
    n: int, size: int, stride: int, padding: Padding, dilation: int = 1
) -> tuple[int, int, int]:
    """How many windows fit on `n` cells, and the cells of padding before and after them.

    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016). UserError
    where no window fits.
    """
    reach = (size - 1) * dilation + 1
    if padding == "same":
        count = math.ceil(n / stride)
        total = max((count - 1) * stride + reach - n, 0)
        return count, total // 2, total - total // 2  # theory/conv2d.md (10)
    before = 0 if padding == "valid" else padding
    if n + 2 * before < reach:
        cells = f"{n} cell{'s' * (n > 1)}" + (f", padded to {n + 2 * before}" if before else "")
        raise UserError(f"a window of {reach} does not fit on {cells}.")
    return (n + 2 * before - reach) // stride + 1, before, before  # (9)


def _image(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise UserError(f"{layer.kind} takes images (H, W, C), not {shape}.")
    height, width, channels = shape
    return height, width, channels


def _laid(
    layer: Layer, shape: Shape, size: int, stride: int, padding: Padding, dilation: int = 1
) -> tuple[int, int]:
    """How many rows and columns of windows a layer has on images of `shape`."""
    height, width, _ = _image(layer, shape)
    try:
        rows, columns = (windows(n, size, stride, padding, dilation)[0] for n in (height, width))
    except UserError as error:
        raise UserError(f"{layer.kind} cannot take images {shape}: {error}") from None
    return rows, columns


@declaration
class Conv2D(Layer):
    """Each output is the sum of products over a window, plus b; `weight (kh, kw, in/groups, out)`.

    A cross-correlation, as all frameworks have it: the kernel is not turned. Stride and dilation
    are not both above 1. theory/conv2d.md
    """

    linear: ClassVar[bool] = True

    filters: Count
    kernel: Count = 3
    stride: Count = 1
    padding: Padding = "valid"
    dilation: Count = 1
    groups: Count = 1
    bias: bool = True
    init: AnyInitializer = He()

    def __post_init__(self) -> None:
        if self.stride > 1 and self.dilation > 1:
            raise UserError(
                f"stride {self.stride} and dilation {self.dilation}: one of them must be 1."
            )
        if self.filters % self.groups:
            raise UserError(f"{self.groups} groups do not divide {self.filters} filters.")

    def output_shape(self, input_shape: Shape) -> Shape:
        channels = _image(self, input_shape)[2]
        if channels % self.groups:
            raise UserError(
                f"{self.groups} groups do not divide the {channels} channels of {input_shape}."
            )
        size, stride = self.kernel, self.stride
        return (*_laid(self, input_shape, size, stride, self.padding, self.dilation), self.filters)

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        area, width = self.kernel**2, input_shape[-1] // self.groups
        fans = (area * width, area * self.filters // self.groups)
        shape = (self.kernel, self.kernel, width, self.filters)
        weight = ParameterInfo(shape, self.init, *fans)
        bias = ParameterInfo((self.filters,), Constant(0.0), *fans)
        return {"weight": weight, "bias": bias} if self.bias else {"weight": weight}

    def flops(self, input_shape: Shape) -> int:
        products = self.kernel**2 * input_shape[-1] // self.groups
        return math.prod(self.output_shape(input_shape)) * (2 * products - (not self.bias))

    def sum_length(self, input_shape: Shape) -> int:
        return self.kernel**2 * input_shape[-1] // self.groups + self.bias


class _Pool(Layer):
    """What the two poolings share."""

    size: int
    stride: int | None
    padding: Padding

    def _check(self) -> None:
        if isinstance(self.padding, int) and self.padding >= self.size:
            raise UserError(
                f"a padding of {self.padding} would leave windows of {self.size} "
                "without a real cell."
            )

    @property
    def step(self) -> int:
        """How far apart the windows are: the stride, or the size where none is given."""
        return self.stride or self.size

    def output_shape(self, input_shape: Shape) -> Shape:
        channels = _image(self, input_shape)[2]
        return (*_laid(self, input_shape, self.size, self.step, self.padding), channels)

    def flops(self, input_shape: Shape) -> int:
        return math.prod(self.output_shape(input_shape)) * self.size**2


@declaration
class MaxPool2D(_Pool):
    """The largest value of each window; padding is -inf, a tie goes to the first, row by row.

    theory/pooling.md
    """

    size: Count = 2
    stride: Count | None = None
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        self._check()


@declaration
class AvgPool2D(_Pool):
    """The mean of each window's real cells; padding does not count. theory/pooling.md"""

    size: Count = 2
    stride: Count | None = None
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        self._check()

    def sum_length(self, input_shape: Shape) -> int:
        return self.size**2


@declaration
class GlobalAvgPool2D(Layer):
    """The mean over the whole image: `(H, W, C)` to `(C,)`. theory/pooling.md"""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (_image(self, input_shape)[2],)

    def flops(self, input_shape: Shape) -> int:
        return math.prod(input_shape)

    def sum_length(self, input_shape: Shape) -> int:
        return input_shape[0] * input_shape[1]
