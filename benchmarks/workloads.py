"""The workloads by name: what is timed. `brain.names.WORKLOADS` lists them.

They are chosen to be unlike: from so small that only an engine's overhead is measured (mlp-tiny) to
mostly matrix products (mlp-wide), from one channel (cnn-mnist) to many thin layers (resnet-cifar),
from one short product a time step (rnn-char) to wide gates over a hundred steps (lstm-wide).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from brain import spec
from brain.names import MODELS, look_up
from brain.spec.declaration import Count, Declaration, declaration
from brain.spec.optimizers import AnyOptimizer

FLOAT32 = 4  # bytes

CHARACTERS = 65


@declaration
class Workload(Declaration):
    """A model, a batch size, an optimizer; and the data set of which an epoch is timed, if any.

    `family` says which factory of the plain code builds it; those read the sizes from the model, so
    that a workload can be made wider or narrower (`scaled`). `width` is the factor by which it was.
    """

    model: spec.Model
    batch_size: Count
    family: Literal["mlp", "cnn", "resnet", "recurrent"]
    optimizer: AnyOptimizer = spec.SGD(0.01, momentum=0.9)
    data: str | None = None
    width: float = 1.0

    @property
    def name(self) -> str:
        return self.model.name

    def flops(self, phase: str) -> int:
        """Floating-point operations of one call, of the direct algorithm.

        A pass back costs two passes forward, one for the gradient of the input and one for that of
        the weights; the first layer needs no gradient of its input.
        """
        forward = self.model.flops()
        if phase == "forward":
            return forward * self.batch_size
        first = next((node.flops for node in self.model.walk() if node.parameters), 0)
        return (3 * forward - first) * self.batch_size

    def memory(self) -> int:
        """Bytes that a training step needs at least, roughly: an estimate from the spec.

        Parameters, gradients and velocities; the input, every output and their gradients; the
        columns of the widest convolution, a copy that lowering to a matrix product makes.
        """
        parameters = sum(math.prod(info.shape) for info in self.model.parameters().values())
        shapes = [self.model.input_shape, *(node.output_shape for node in self.model.walk())]
        outputs = sum(map(math.prod, shapes))
        columns = max(
            math.prod(node.output_shape[:-1]) * node.layer.sum_length(node.input_shape)
            if isinstance(node.layer, spec.Conv2D)
            else 0
            for node in self.model.walk()
        )
        return FLOAT32 * (3 * parameters + self.batch_size * (2 * outputs + columns))


def scaled(workload: Workload, batch_size: int | None = None, width: float = 1.0) -> Workload:
    """The same workload with another batch, or with `width` times its hidden units and filters.

    The last layer stays as wide as there are classes.
    """
    *hidden, last = workload.model.layers
    layers = (*(_wider(layer, width) for layer in hidden), last)
    model = replace(workload.model, layers=layers)
    size = batch_size or workload.batch_size
    return replace(workload, model=model, batch_size=size, width=width * workload.width)


def _wider(layer: spec.Layer, factor: float) -> spec.Layer:
    match layer:
        case spec.Dense() | spec.RNN() | spec.LSTM() | spec.GRU():
            return replace(layer, units=max(round(layer.units * factor), 1))
        case spec.Conv2D():
            return replace(layer, filters=max(round(layer.filters * factor), 1))
        case spec.Residual():
            body, shortcut = (
                tuple(_wider(inside, factor) for inside in part)
                for part in (layer.body, layer.shortcut)
            )
            return replace(layer, body=body, shortcut=shortcut)
    return layer


def _workload(
    name: str,
    family: Literal["mlp", "cnn", "resnet", "recurrent"],
    input_shape: spec.Shape,
    layers: tuple[spec.Layer, ...],
    batch_size: int,
    data: str | None = None,
) -> Workload:
    model = spec.Model(name, input_shape, layers, spec.SoftmaxCrossEntropy())
    return Workload(model, batch_size, family, data=data)


def _mlp(name: str, widths: tuple[int, ...], batch_size: int, data: str | None = None) -> Workload:
    first, *hidden, classes = widths
    layers = [part for units in hidden for part in (spec.Dense(units), spec.ReLU())]
    return _workload(name, "mlp", (first,), (*layers, spec.Dense(classes)), batch_size, data)


def mlp_tiny() -> Workload:
    """2-8-2, batch 4: nothing but overhead."""
    return _mlp("mlp-tiny", (2, 8, 2), 4)


def mlp_small() -> Workload:
    """784-128-10, batch 32: so small that what is measured is mostly an engine's overhead."""
    return _mlp("mlp-small", (784, 128, 10), 32, "mnist")


def mlp_wide() -> Workload:
    """784-512-512-10, batch 128: matrix products."""
    return _mlp("mlp-wide", (784, 512, 512, 10), 128, "mnist")


def _cnn(
    name: str, shape: spec.Shape, filters: tuple[int, ...], batch_size: int, data: str
) -> Workload:
    stages = [
        layer
        for count in filters
        for layer in (spec.Conv2D(count, padding="same"), spec.ReLU(), spec.MaxPool2D(2))
    ]
    layers = (*stages, spec.Flatten(), spec.Dense(10))
    return _workload(name, "cnn", shape, layers, batch_size, data)


def cnn_mnist() -> Workload:
    """Two 3x3 convolutions on 28x28x1, of 16 and 32 filters, each pooled; batch 32."""
    return _cnn("cnn-mnist", (28, 28, 1), (16, 32), 32, "mnist")


def cnn_cifar() -> Workload:
    """Three 3x3 convolutions on 32x32x3, of 32, 64 and 128 filters, each pooled; batch 64."""
    return _cnn("cnn-cifar", (32, 32, 3), (32, 64, 128), 64, "cifar10")


def resnet_cifar() -> Workload:
    """ResNet-8 with BatchNorm, batch 64: many thin layers."""
    model = look_up("model", "resnet-8", MODELS)()
    return Workload(replace(model, name="resnet-cifar"), 64, "resnet", data="cifar10")


def _recurrent(name: str, reading: spec.Layer, steps: int, batch_size: int) -> Workload:
    layers = (spec.Embedding(CHARACTERS, CHARACTERS), reading, spec.Dense(CHARACTERS))
    return _workload(name, "recurrent", (steps,), layers, batch_size)


def rnn_char() -> Workload:
    """Embedding 65 to 65, RNN of 128 units over 64 characters, logits at each; batch 32."""
    return _recurrent("rnn-char", spec.RNN(128, return_sequences=True), 64, 32)


def lstm_char() -> Workload:
    """The same with an LSTM."""
    return _recurrent("lstm-char", spec.LSTM(128, return_sequences=True), 64, 32)


def gru_char() -> Workload:
    """The same with a GRU."""
    return _recurrent("gru-char", spec.GRU(128, return_sequences=True), 64, 32)


def lstm_wide() -> Workload:
    """An LSTM of 256 units over 100 characters, batch 64."""
    return _recurrent("lstm-wide", spec.LSTM(256, return_sequences=True), 100, 64)
