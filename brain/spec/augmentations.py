"""How training pictures are varied from step to step: declared here, done by `brain.data`.

What is drawn depends on the seed, the step, the augmentation and its place in the recipe alone
(brain/data/augmentation.py), so that every engine sees the same pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from brain.spec.declaration import Count, Declaration, declaration


class Augmentation(Declaration):
    """The base of all augmentations; the label of a picture never changes."""


@declaration
class Shift(Augmentation):
    """Each picture moved by up to `pixels` in either direction, the gap filled with zeros.

    Every move is as likely: -pixels to pixels down, and, drawn apart, across.
    """

    pixels: Count = 2


@declaration
class Flip(Augmentation):
    """Left and right exchanged, in every other picture or so: with probability 1/2."""


@declaration
class Crop(Augmentation):
    """A window of the original size, anywhere in the picture after `padding` zeros on each side.

    The usual recipe for CIFAR-10: He, Zhang, Ren and Sun, "Deep residual learning for image
    recognition" (2015), section 4.2. The window moves over the picture as `Shift(padding)` moves
    the picture.
    """

    padding: Count = 4


@declaration
class Cutout(Augmentation):
    """A square of `size` pixels set to 0, its centre anywhere in the picture.

    Near an edge a part of the square lies outside: DeVries and Taylor, "Improved regularization of
    convolutional neural networks with cutout" (2017), section 3.2.
    """

    size: Count = 8


if TYPE_CHECKING:
    AnyAugmentation = Augmentation
else:
    AnyAugmentation = Annotated[
        Union[Shift, Flip, Crop, Cutout],  # noqa: UP007
        Field(discriminator="kind"),
    ]
