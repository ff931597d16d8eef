"""Layers made of layers, and the table of every layer there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from brain.errors import UserError
from brain.spec.activations import (
    ELU,
    GELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from brain.spec.declaration import Loose, declaration
from brain.spec.images import AvgPool2D, Conv2D, GlobalAvgPool2D, MaxPool2D
from brain.spec.layers import Dense, Dropout, Flatten, Layer, Shape, named
from brain.spec.norms import BatchNorm, LayerNorm
from brain.spec.recurrent import GRU, LSTM, RNN, Embedding, Recurrent


def chain_shape(layers: tuple[Layer, ...], input_shape: Shape, path: str = "") -> Shape:
    """The shape that leaves a chain of layers; a UserError names the layer that refuses."""
    for name, layer in named(layers):
        try:
            input_shape = layer.output_shape(input_shape)
        except UserError as error:
            # A nest has already named the layer inside it.
            text = str(error) if layer.nests() else f": {error}"
            raise UserError(f"{path}{name}{'.' if layer.nests() else ''}{text}") from None
    return input_shape


@declaration
class Sequential(Layer):
    """A chain of layers that counts as one; `sequential1.dense1.weight`."""

    layers: Annotated[tuple[AnyLayer, ...], Loose]

    def output_shape(self, input_shape: Shape) -> Shape:
        return chain_shape(self.layers, input_shape)

    def nests(self) -> dict[str, tuple[Layer, ...]]:
        return {"": self.layers}


@declaration
class Residual(Layer):
    """body(x) + shortcut(x), where an empty shortcut is the identity (He et al. 2016, eq. 1-2).

    theory/residual.md. `residual1.body.dense1.weight`, `residual1.shortcut.dense1.weight`.
    """

    body: Annotated[tuple[AnyLayer, ...], Loose]
    shortcut: Annotated[tuple[AnyLayer, ...], Loose] = ()

    def output_shape(self, input_shape: Shape) -> Shape:
        body = chain_shape(self.body, input_shape, "body.")
        shortcut = chain_shape(self.shortcut, input_shape, "shortcut.")
        if body != shortcut:
            raise UserError(
                f"body: it gives {body} for {input_shape}, the shortcut {shortcut}; "
                "they are added, so the two shapes must be the same."
            )
        return body

    def flops(self, input_shape: Shape) -> int:
        size = 1
        for length in self.output_shape(input_shape):
            size *= length
        return size  # the addition; the layers inside count for themselves

    def nests(self) -> dict[str, tuple[Layer, ...]]:
        return {"body": self.body, "shortcut": self.shortcut}


@declaration
class Bidirectional(Layer):
    """A recurrent layer, and a twin that reads backwards, side by side on the last axis.

    Schuster and Paliwal (1997). `bidirectional1.forward.lstm1.weight`, `...backward.lstm1.weight`;
    with `return_sequences` the twin's outputs are turned back, so that step t is of x[t] in both.
    No state can be carried into it: the twin begins at the end.
    """

    layer: AnyLayer

    def __post_init__(self) -> None:
        if not isinstance(self.layer, Recurrent):
            raise UserError(f"it takes a recurrent layer (RNN, LSTM, GRU), not {self.layer.kind}.")

    def output_shape(self, input_shape: Shape) -> Shape:
        one = chain_shape((self.layer,), input_shape, "forward.")
        return (*one[:-1], 2 * one[-1])

    def nests(self) -> dict[str, tuple[Layer, ...]]:
        return {"forward": (self.layer,), "backward": (self.layer,)}


if TYPE_CHECKING:
    AnyLayer = Layer
else:
    AnyLayer = Annotated[
        Union[  # noqa: UP007
            Dense,
            Flatten,
            Dropout,
            Identity,
            ReLU,
            LeakyReLU,
            ELU,
            GELU,
            SiLU,
            Sigmoid,
            Tanh,
            Softplus,
            Softmax,
            Conv2D,
            MaxPool2D,
            AvgPool2D,
            GlobalAvgPool2D,
            BatchNorm,
            LayerNorm,
            Embedding,
            RNN,
            LSTM,
            GRU,
            Sequential,
            Residual,
            Bidirectional,
        ],
        Field(discriminator="kind"),
    ]
