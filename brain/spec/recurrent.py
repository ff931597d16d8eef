"""Layers over sequences: `(T,)` token ids into vectors, and `(T, D)` read step by step."""

from __future__ import annotations

from typing import ClassVar, Literal

from brain.errors import UserError
from brain.spec.declaration import Count, declaration
from brain.spec.initializers import AnyInitializer, Constant, Glorot, Normal, Orthogonal
from brain.spec.layers import Layer, ParameterInfo, Shape


@declaration
class Embedding(Layer):
    """Row x[t] of `weight (vocab, dim)` for each token id: `(T,)` to `(T, dim)`.

    theory/embedding.md. It takes ids, so it comes first in a model.
    """

    vocab: Count
    dim: Count
    init: AnyInitializer = Normal(1.0)

    @property
    def ids(self) -> int:  # type: ignore[override]
        return self.vocab

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise UserError(f"Embedding takes token ids (T,), not {input_shape}.")
        return (*input_shape, self.dim)

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        return {"weight": ParameterInfo((self.vocab, self.dim), self.init, self.vocab, self.dim)}


class Recurrent(Layer):
    """What RNN, LSTM and GRU share: a hidden state `(H,)`, handed from step to step."""

    gates: ClassVar[int] = 1

    units: int
    return_sequences: bool
    init: AnyInitializer
    recurrent_init: AnyInitializer

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 2:
            raise UserError(f"{self.kind} takes sequences (T, D), not {input_shape}.")
        return (input_shape[0], self.units) if self.return_sequences else (self.units,)

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        width, units, wide = input_shape[-1], self.units, self.gates * self.units
        return {
            "weight": ParameterInfo((width, wide), self.init, width, units, self.gates),
            "recurrent_weight": ParameterInfo(
                (units, wide), self.recurrent_init, units, units, self.gates
            ),
            "bias": ParameterInfo((wide,), Constant(0.0), width, units),
        }

    def carry(self, input_shape: Shape) -> dict[str, Shape]:
        return {"hidden": (self.units,)}

    def flops(self, input_shape: Shape) -> int:
        time, width = input_shape
        # products and sums of both weights, then elementary functions and gates
        return time * self.gates * self.units * (2 * width + 2 * self.units + 4)

    def sum_length(self, input_shape: Shape) -> int:
        time, width = input_shape
        return time * (width + self.units + 1)


@declaration
class RNN(Recurrent):
    """h = f(x W + h U + b), f tanh or relu, from h = 0. Elman (1990). theory/rnn.md"""

    units: Count
    activation: Literal["tanh", "relu"] = "tanh"
    return_sequences: bool = False
    init: AnyInitializer = Glorot()
    recurrent_init: AnyInitializer = Orthogonal()


@declaration
class LSTM(Recurrent):
    """Gates i, f, g, o, each `units` wide in the arrays: c = f * c + i * g, h = o * tanh(c).

    Hochreiter and Schmidhuber (1997); Gers et al. (2000) for f. theory/lstm.md
    """

    gates: ClassVar[int] = 4

    units: Count
    return_sequences: bool = False
    init: AnyInitializer = Glorot()
    recurrent_init: AnyInitializer = Orthogonal()

    def carry(self, input_shape: Shape) -> dict[str, Shape]:
        return {"hidden": (self.units,), "cell": (self.units,)}


@declaration
class GRU(Recurrent):
    """Gates r, z, n: n = tanh(x Wn + bn + r * (h Un + cn)), h = (1 - z) * n + z * h.

    Cho et al. 2014 apply the reset gate before the product; here it comes after, as in cuDNN,
    hence a `recurrent_bias` besides `bias`. theory/gru.md
    """

    gates: ClassVar[int] = 3

    units: Count
    return_sequences: bool = False
    init: AnyInitializer = Glorot()
    recurrent_init: AnyInitializer = Orthogonal()

    def parameters(self, input_shape: Shape) -> dict[str, ParameterInfo]:
        own = super().parameters(input_shape)
        return {**own, "recurrent_bias": own["bias"]}
