"""Automatic differentiation of numbers: each remembers what it was made of. theory/autodiff.md

    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b + 10).tanh()
    y.backward()
    a.grad                      # dy/da

This is what PyTorch and TensorFlow do with arrays. After A. Griewank and A. Walther, *Evaluating
Derivatives* (2008), section 3.2, and A. Karpathy's micrograd (2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real

from brain.errors import UserError


class Value:
    """A number, and whence it came: `parents` has what it was made of, each with a local slope.

    The slope beside a parent is the derivative of this number with respect to that parent alone.
    After `y.backward()`, every number that y was made of has dy/d(itself) as its `grad`.
    """

    def __init__(
        self,
        data: float,
        parents: tuple[tuple[Value, float], ...] = (),
        made_by: str = "",
        name: str = "",
    ) -> None:
        self.data, self.grad = plain("a Value", data), 0.0
        self.parents, self.made_by, self.name = parents, made_by, name
        if not math.isfinite(self.data):
            raise UserError(f"{made_by or 'a Value'} gives {data}, which is no finite number.")

    def __add__(self, other: Value | float) -> Value:
        other = value(other)
        slopes = ((self, 1.0), (other, 1.0))
        return Value(self.data + other.data, slopes, "+")  # theory/autodiff.md (1)

    def __sub__(self, other: Value | float) -> Value:
        other = value(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)), "−")

    def __mul__(self, other: Value | float) -> Value:
        other = value(other)
        slopes = ((self, other.data), (other, self.data))
        return Value(self.data * other.data, slopes, "×")  # (2)

    def __pow__(self, exponent: float) -> Value:
        """To a power that is a plain number: no slope is asked for it."""
        exponent = plain("an exponent", exponent)
        data = real(math.pow, self.data, exponent)
        slope = exponent * real(math.pow, self.data, exponent - 1) if exponent else 0.0
        return Value(data, ((self, slope),), f"^{exponent:g}")  # (3)

    def exp(self) -> Value:
        """e to this power."""
        data = real(math.exp, self.data)
        return Value(data, ((self, data),), "exp")  # (4)

    def log(self) -> Value:
        """The natural logarithm."""
        return Value(real(math.log, self.data), ((self, 1 / self.data),), "log")  # (5)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        data = math.tanh(self.data)
        return Value(data, ((self, 1 - data**2),), "tanh")  # (6)

    def relu(self) -> Value:
        """The number where it is positive, else 0; at 0 the slope is 0."""
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),), "relu")  # (7)

    def backward(self) -> None:
        """Give every number behind this one its `grad`, the derivative of this one."""
        order = in_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0  # (8)
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad  # (9)

    def __neg__(self) -> Value:
        return self * -1

    def __truediv__(self, other: Value | float) -> Value:
        return self * value(other) ** -1

    def __rsub__(self, other: float) -> Value:
        return value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return value(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __repr__(self) -> str:
        return f"Value({self.data:g}, grad={self.grad:g})"


def value(number: Value | float) -> Value:
    """A plain number becomes a Value that is made of nothing."""
    return number if isinstance(number, Value) else Value(number)


def plain(what: str, number: object) -> float:
    """`number` as a float; UserError where it is none."""
    try:
        if isinstance(number, Real):
            return float(number)
    except OverflowError:
        pass  # a whole number that is too long for a float
    raise UserError(f"{what} must be a plain number, not {number!r}.")


def in_order(result: Value) -> list[Value]:
    """Every number behind `result`, and itself last: each one after all that it was made of."""
    order: list[Value] = []
    seen: set[Value] = set()
    waiting = [(result, False)]
    while waiting:
        node, parents_done = waiting.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((parent, False) for parent, _ in node.parents)
    return order


def real(f: Callable[..., float], *arguments: float) -> float:
    """f(*arguments); UserError where that is no finite number."""
    try:
        return f(*arguments)
    except (OverflowError, ValueError):
        told = ", ".join(f"{argument:g}" for argument in arguments)
        raise UserError(
            f"{f.__name__}({told}) is no finite number: keep the arguments where it has a value."
        ) from None
