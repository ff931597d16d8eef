"""The losses: what an output is compared with, and by which rule. theory/losses.md

All are means over every target position; targets are never broadcast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Union

from pydantic import Field

from brain.errors import UserError
from brain.spec.declaration import Declaration, declaration
from brain.spec.layers import Shape


class Loss(Declaration):
    """The base of all losses."""

    metric: ClassVar[str] = "accuracy"
    """The name of what `Network.score` gives: a share of right answers, or R^2."""

    labels: ClassVar[bool] = True
    """Whether targets are classes, integers, or numbers."""

    def target_shape(self, output_shape: Shape) -> Shape:
        """The shape of one sample's targets; UserError where the output cannot be judged."""
        raise NotImplementedError

    def classes(self, output_shape: Shape) -> int:
        """Labels go from 0 to this, exclusive; 0 where targets are not labels."""
        return 0


@declaration
class SoftmaxCrossEntropy(Loss):
    """-log softmax(output)[label], from logits: output `(N, ..., K)`, labels `(N, ...)`."""

    def target_shape(self, output_shape: Shape) -> Shape:
        if not output_shape or output_shape[-1] < 2:
            raise UserError(
                f"SoftmaxCrossEntropy needs at least 2 outputs, one a class, but the last layer "
                f"gives {output_shape}; for two classes and one output, BinaryCrossEntropy."
            )
        return output_shape[:-1]

    def classes(self, output_shape: Shape) -> int:
        return output_shape[-1]


@declaration
class BinaryCrossEntropy(Loss):
    """-[y log p + (1 - y) log(1 - p)], p = sigmoid(output), from logits; labels 0 or 1."""

    def target_shape(self, output_shape: Shape) -> Shape:
        return output_shape

    def classes(self, output_shape: Shape) -> int:
        return 2


@declaration
class MeanSquaredError(Loss):
    """(output - target)^2, the mean over all elements."""

    metric = "r2"
    labels = False

    def target_shape(self, output_shape: Shape) -> Shape:
        return output_shape


if TYPE_CHECKING:
    AnyLoss = Loss
else:
    AnyLoss = Annotated[
        Union[SoftmaxCrossEntropy, BinaryCrossEntropy, MeanSquaredError],  # noqa: UP007
        Field(discriminator="kind"),
    ]
