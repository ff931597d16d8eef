"""RNN, LSTM and GRU around Keras's, with a state that comes from outside and is left behind."""

from __future__ import annotations

import keras
import tensorflow as tf

from brain import spec
from tf_nn.passes import InPass, Pass


class Recurrent(InPass):
    """A recurrent layer of Keras's that begins with the pass's `carry` and ends in its `after`.

    What `carry` leaves out is zero; and what it leaves out is not left behind.
    """

    def __init__(self, stock: keras.layers.RNN, keys: tuple[str, ...], node: spec.Node) -> None:
        super().__init__(dtype=stock.dtype)
        self.stock, self.keys = stock, keys
        stock.build((None, *node.input_shape))

    def walk(self, x: tf.Tensor, name: str, run: Pass) -> tf.Tensor:
        zero = tf.zeros((tf.shape(x)[0], self.stock.cell.units), x.dtype)
        names = [f"{name}.{key}" for key in self.keys]
        y, *states = self.stock(x, initial_state=[run.carry.get(n, zero) for n in names])
        run.after.update((n, a) for n, a in zip(names, states, strict=True) if n in run.carry)
        return y  # (N, T, H) or (N, H)


class GRUCell(keras.layers.Layer):
    """One step of GRU, with the canonical arrays.

    Keras's own has the gates in the order z, r, n and both biases in one variable, of which the
    optimizer would see one memory, one share of the norm and one name.
    """

    def __init__(self, units: int, dtype: str) -> None:
        super().__init__(dtype=dtype)
        self.units = self.state_size = self.output_size = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        wide = 3 * self.units
        for name, shape in (
            ("weight", (input_shape[-1], wide)),
            ("recurrent_weight", (self.units, wide)),
            ("bias", (wide,)),
            ("recurrent_bias", (wide,)),
        ):
            # the values come from brain.parameters
            setattr(self, name, self.add_weight(name=name, shape=shape, initializer="zeros"))

    def call(self, x: tf.Tensor, states: list[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        (h,) = states  # (N, H)
        a = tf.split(tf.matmul(x, self.weight) + self.bias, 3, axis=-1)
        s = tf.split(tf.matmul(h, self.recurrent_weight) + self.recurrent_bias, 3, axis=-1)
        r, z = tf.sigmoid(a[0] + s[0]), tf.sigmoid(a[1] + s[1])
        n = tf.tanh(a[2] + r * s[2])
        h = (1 - z) * n + z * h
        return h, [h]


def rnn(layer: spec.RNN, node: spec.Node, dtype: str) -> keras.layers.Layer:
    stock = keras.layers.SimpleRNN(
        layer.units,
        activation=layer.activation,
        use_bias=True,
        kernel_initializer="zeros",  # the values come from brain.parameters
        recurrent_initializer="zeros",
        bias_initializer="zeros",
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=layer.return_sequences,
        return_state=True,
        go_backwards=False,
        stateful=False,
        unroll=False,
        dtype=dtype,
    )
    return Recurrent(stock, ("hidden",), node)


def lstm(layer: spec.LSTM, node: spec.Node, dtype: str) -> keras.layers.Layer:
    stock = keras.layers.LSTM(
        layer.units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="zeros",
        recurrent_initializer="zeros",
        bias_initializer="zeros",
        unit_forget_bias=False,  # by default the bias of f would begin at 1
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=layer.return_sequences,
        return_state=True,
        go_backwards=False,
        stateful=False,
        unroll=False,
        use_cudnn=False,  # "auto" takes any GPU that is there, also for a network on the CPU
        dtype=dtype,
    )
    return Recurrent(stock, ("hidden", "cell"), node)


def gru(layer: spec.GRU, node: spec.Node, dtype: str) -> keras.layers.Layer:
    stock = keras.layers.RNN(
        GRUCell(layer.units, dtype),
        return_sequences=layer.return_sequences,
        return_state=True,
        go_backwards=False,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        dtype=dtype,
    )
    return Recurrent(stock, ("hidden",), node)


STOCK = {
    "weight": "stock.cell.kernel",
    "recurrent_weight": "stock.cell.recurrent_kernel",
    "bias": "stock.cell.bias",
}
OWN = {
    name: f"stock.cell.{name}" for name in ("weight", "recurrent_weight", "bias", "recurrent_bias")
}
"""Where the variables are."""
