"""What goes with `x` through the layers, and what they leave behind besides the output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import keras
import tensorflow as tf

Record = Callable[[str, tf.Tensor], tf.Tensor]


class InPass(keras.layers.Layer):
    """The base of layers that take more than `x` from a pass, or leave more in it than `y`."""

    def walk(self, x: tf.Tensor, name: str, run: Pass) -> tf.Tensor:
        """The output; `name` is the layer's canonical name, for what is in `run`."""
        raise NotImplementedError


@dataclass
class Pass:
    """One walk through the layers: what it is given, and what it leaves besides the output.

    `record` sees, and may replace, the output of every layer. `carry` and `after` are recurrent
    states by canonical name; `state` is what running statistics are to become.
    """

    training: bool = False
    masks: Mapping[str, tf.Tensor] = field(default_factory=dict)
    carry: Mapping[str, tf.Tensor] = field(default_factory=dict)
    record: Record = lambda name, y: y
    after: dict[str, tf.Tensor] = field(default_factory=dict)
    state: dict[str, tf.Tensor] = field(default_factory=dict)
